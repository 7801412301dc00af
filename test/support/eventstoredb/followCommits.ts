/**
 * The live buffer of a subscription. Real servers hold 32 events for it and pass on while a commit is still being
 * published: single bursts of 100 passed and bursts of 200 did not always; 1,000 events a second in batches of 50
 * were dropped 4 times in 8 s, in batches of 200 17 times, and nearly every batch of 1,000. The numbers below give
 * those rates: now and then nothing is passed on in time, else 70 to 320 events are.
 */
import type { Faults } from './faults.ts';
import type { ReadCall } from './readCalls.ts';
import type { Indexed, Store } from './store.ts';

const LIVE_BUFFER = 32;
const NOTHING_PASSED_ON = 0.02;
const PASSED_ON = { least: 70, more: 250 };
const PAGE = 64;

interface Following {
  readonly store: Store;
  readonly faults: Faults;
  readonly call: ReadCall;
  /** Whether an event belongs to what is subscribed to. */
  readonly includes: (event: Indexed) => boolean;
  /** Whether it is sent, and so takes room in the buffer. */
  readonly matches: (event: Indexed) => boolean;
}

export interface Follower {
  /** The next events in order; none when the buffer has overflowed and is empty, or the call is over. */
  take(): Promise<readonly Indexed[]>;
  stop(): void;
}

/** Holds what is committed from now on until it is taken. */
export function followCommits({ store, faults, call, includes, matches }: Following): Follower {
  const held: Indexed[] = [];
  let overflowed = false;
  let wake = (): void => {};

  /** How many events of a burst are held; all of them, unless it is dropped. */
  const roomFor = (burst: number): number => {
    const free = LIVE_BUFFER - held.filter(matches).length;
    if (faults.isSet('liveDrop')) return burst > free && faults.fires('liveDrop') ? Math.max(0, free) : burst;
    const passedOn = faults.draw() < NOTHING_PASSED_ON ? 0 : PASSED_ON.least + faults.draw() * PASSED_ON.more;
    const room = Math.max(0, Math.floor(free + passedOn));
    if (burst > room) faults.count('liveDrop');
    return Math.min(burst, room);
  };
  const unfollow = store.onCommit((events) => {
    const mine = events.filter(includes);
    if (overflowed || mine.length === 0) return;
    const matching = mine.filter(matches);
    const firstLeftOut = matching[roomFor(matching.length)];
    overflowed = firstLeftOut !== undefined;
    held.push(...(firstLeftOut === undefined ? mine : mine.slice(0, mine.indexOf(firstLeftOut))));
    wake();
  });
  const wakeUp = (): void => wake();
  call.on('cancelled', wakeUp);

  return {
    async take() {
      while (held.length === 0 && !overflowed && !call.cancelled) await new Promise<void>((go) => (wake = go));
      return call.cancelled ? [] : held.splice(0, PAGE);
    },
    stop() {
      unfollow();
      call.off('cancelled', wakeUp);
    },
  };
}
