/** What is stored in the register of feeds against what the log gives. */
import type { FeedRegister, FeedState } from './feedRegister.ts';
import { PAGE_FEEDS } from './readFeeds.ts';
import type { Difference } from './verify.ts';

export interface StoredFeeds {
  /** Events that are in the register. */
  readonly ordinal: number;
  readonly states: readonly FeedState[];
}

/** All that is stored. Whoever asks sees to it that nothing moves the register meanwhile. */
export async function storedFeeds(register: FeedRegister): Promise<StoredFeeds> {
  const states: FeedState[] = [];
  for (let page = await register.list(null, PAGE_FEEDS); page.length > 0;) {
    states.push(...page);
    page = await register.list(page.at(-1)?.source ?? null, PAGE_FEEDS);
  }
  return { ordinal: (await register.checkpoint())?.ordinal ?? 0, states };
}

/** Differences from what the same events give again; `events` are those that it should hold. */
export function feedDifferences(
  stored: StoredFeeds,
  rebuilt: ReadonlyMap<string, FeedState>,
  events: number,
): Difference[] {
  const differences: Difference[] = [];
  const tell = (where: string, what: string): void => void differences.push({ where, what });
  if (stored.ordinal !== events) tell('feeds', `stand at event ${stored.ordinal}, not at ${events}`);
  const left = new Map(rebuilt);
  for (const state of stored.states) {
    const other = left.get(state.source);
    left.delete(state.source);
    const where = `feeds ${state.source}`;
    if (other === undefined) tell(where, 'stored, but not in a rebuild');
    else if (JSON.stringify(state) !== JSON.stringify(other)) tell(where, 'is not as a rebuild gives it');
  }
  for (const source of left.keys()) tell(`feeds ${source}`, 'only in a rebuild');
  return differences;
}
