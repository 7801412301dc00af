/** Which representation a client gets, and whether it has it already. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The offer that an Accept header likes best; of equals, the first offered. Where it likes none of them, the first:
 * an answer in another form says more than a refusal.
 */
export function preferred<Form extends string>(
  accept: string | undefined,
  offers: Readonly<Record<Form, string>>,
): Form {
  const ranges = (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  });
  const qualityOf = (media: string): number => {
    const [kind] = media.split('/');
    // The most specific range decides, as RFC 9110 has it.
    for (const wanted of [media, `${kind}/*`, '*/*']) {
      const range = ranges.find(({ type }) => type === wanted);
      if (range !== undefined) return range.quality;
    }
    return 0;
  };
  const forms = Object.keys(offers) as [Form, ...Form[]];
  return forms.reduce((best, form) => (qualityOf(offers[form]) > qualityOf(offers[best]) ? form : best), forms[0]);
}

/** A strong entity tag of everything that decides the bytes of an answer. */
export function entityTag(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Answers with a representation, or 304 where the client has this very one; then it need not be made. */
export async function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  { tag, type, make }: { tag: string; type: string; make: () => string | Uint8Array | Promise<string | Uint8Array> },
): Promise<FastifyReply> {
  reply.header('etag', tag).header('cache-control', 'no-cache').header('vary', 'accept');
  const held = request.headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  if (held.includes(tag) || held.includes('*')) return reply.code(304).send();
  // As bytes: no serialiser comes between.
  return reply.type(type).send(Buffer.from(await make()));
}
