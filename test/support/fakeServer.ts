/** A server of a few lines for tests of the client: it takes everything, and keeps what it was asked. */
import type { Answer, Effects } from '../../src/client/effects.ts';
import type { Receipt } from '../../src/client/wire.ts';

export interface Asked {
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly events: readonly { readonly id: string; readonly source: string; readonly subject?: string }[];
}

/** An answer with a body of JSON. */
export const answerOf = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { get: (name) => headers[name] ?? null },
  text: async () => JSON.stringify(body),
});

/** A problem as the server answers it. */
export const problemOf = (status: number, code: string, hint = 'Do this.'): Answer =>
  answerOf(status, { type: `urn:x:${code}`, code, title: code, status, detail: `It was ${code}.`, hint });

/** All accepted. */
export const receiptOf = ({ events }: Asked): Receipt => ({
  outcomes: events.map(({ id }, index) => ({ index, id, outcome: 'accepted' })),
});

/** `fetch` that keeps what it was asked in `asked`. */
export function fakeServer(answer: (request: Asked, at: number) => Answer | Promise<Answer>): {
  asked: Asked[];
  fetch: Effects['fetch'];
} {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: async (_, { headers, body }) => {
      const events = body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Asked['events'][number]);
      const request = { key: headers['idempotency-key'], authorization: headers['authorization'], events };
      asked.push(request);
      return answer(request, asked.length - 1);
    },
  };
}
