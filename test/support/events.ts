import { createHash } from 'node:crypto';
import type { NewEvent } from '../../src/app/ports.ts';

/** An event of which a log must keep id and content; the rest does not matter to it. */
export function event(id: string, content = 'content'): NewEvent {
  const body = JSON.stringify({ data: { content }, id, specversion: '1.0', type: 'test.content.v1' });
  return { id, body, hash: createHash('sha256').update(body).digest('hex') };
}
