import type { EventLog, Position, StoredEvent } from './ports.ts';

/**
 * Pages of a log after a position up to its head, each of at most `limit` events. The next page is read while the last
 * is worked on, because reading is mostly the work of another process.
 */
export async function* pagesAfter(
  log: Pick<EventLog, 'read'>,
  after: Position | null,
  limit: number,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  let next = log.read(after, limit);
  try {
    for (;;) {
      const page = await next;
      const last = page.at(-1);
      if (last === undefined) return;
      next = log.read(last.position, limit);
      // A failure is told when the page's turn comes, not before.
      next.catch(() => undefined);
      yield page;
    }
  } finally {
    await next.catch(() => undefined);
  }
}
