import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedRegister } from '../../src/app/feedRegister.ts';
import type { Checkpoint } from '../../src/app/ports.ts';
import { newFeed, type FeedState } from '../../projections/feedRegister/feedState.ts';

interface RegisterUnderTest {
  readonly register: FeedRegister;
  /** Opens the same store again. Left out where nothing outlives the process. */
  readonly reopen?: () => Promise<FeedRegister>;
  readonly dispose: () => Promise<void>;
}

const at = (ordinal: number): Checkpoint => ({ ordinal, position: `p${ordinal}`, fingerprint: `f${ordinal}` });

/** Everything that a state can hold, with what text of others may do to a store. */
const full = (source: string): FeedState => ({
  source,
  events: 3,
  received: { first: '2024-01-01T00:00:00.000Z', last: '2024-02-01T00:00:00.000Z' },
  days: [['visits.counted', [[648, 2 ** 31 - 1]]]],
  numbers: { runs: [{ first: 1, last: 9e15 }], beyond: { count: 2, highest: 9_007_199_254_740_991 }, repeats: 1, repeated: [7] }, // prettier-ignore
  expectation: {
    cadence: 'monthly',
    graceDays: 14,
    kinds: ['visits.counted'],
    from: '2024-01-01',
    said: { time: '2024-01-01T00:00:00Z', source: 'urn:library:a:office', id: "o'clock" },
  },
});

/** What every store of the register of feeds must do. `make` answers a new, empty one each time. */
export function testFeedRegister(name: string, make: () => Promise<RegisterUnderTest>): void {
  describe(`${name} register of feeds`, () => {
    let under: RegisterUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.dispose());

    const [a, b, c] = ['urn:library:a', 'urn:library:B', 'urn:library:c'] as const;

    it('is empty at first', async () => {
      expect(await under.register.checkpoint()).toBeNull();
      expect([...(await under.register.find([a]))]).toEqual([]);
      expect(await under.register.list(null, 10)).toEqual([]);
    });

    it('gives back what was stored, to the byte, and where it stands', async () => {
      await under.register.commit(null, at(3), [full(a), newFeed(b)]);
      const found = await under.register.find([b, a, c]);
      expect(JSON.stringify(found.get(a))).toBe(JSON.stringify(full(a)));
      expect(JSON.stringify(found.get(b))).toBe(JSON.stringify(newFeed(b)));
      expect(found.size).toBe(2);
      expect(await under.register.checkpoint()).toEqual(at(3));
      expect((await under.register.find([])).size).toBe(0);
    });

    it('puts a state in the place of the one before, and leaves the others', async () => {
      await under.register.commit(null, at(1), [newFeed(a), newFeed(b)]);
      await under.register.commit(at(1), at(4), [full(a)]);
      expect(await under.register.list(null, 10)).toEqual([newFeed(b), full(a)]);
    });

    it('lists by the bytes of the source, after one and so many at a time', async () => {
      await under.register.commit(null, at(1), [newFeed(c), newFeed(a), newFeed(b)]);
      const listed = async (after: string | null, limit: number) =>
        (await under.register.list(after, limit)).map(({ source }) => source);
      expect(await listed(null, 2)).toEqual([b, a]);
      expect(await listed(a, 2)).toEqual([c]);
      expect(await listed('urn:library:b', 2)).toEqual([c]);
      expect(await listed(c, 2)).toEqual([]);
    });

    it('takes thousands of states in one commit, and finds them', async () => {
      const many = Array.from({ length: 2_500 }, (_, n) => newFeed(`urn:library:${String(n).padStart(5, '0')}`));
      await under.register.commit(null, at(2_500), many);
      expect((await under.register.find(many.map(({ source }) => source))).size).toBe(2_500);
      expect(await under.register.list(null, 5_000)).toEqual(many);
    });

    it.each([
      ['from the start', null],
      ['from another ordinal', at(2)],
      ['from another event at the same ordinal', { ...at(3), fingerprint: 'other' }],
    ])('refuses a commit %s, and stores nothing of it', async (_, previous) => {
      await under.register.commit(null, at(3), [newFeed(a)]);
      await expect(under.register.commit(previous, at(9), [full(a), newFeed(b)])).rejects.toMatchObject({
        code: 'checkpoint-moved',
      });
      expect(await under.register.checkpoint()).toEqual(at(3));
      expect(await under.register.list(null, 10)).toEqual([newFeed(a)]);
    });

    it('of two that commit at once lets one', async () => {
      const both = await Promise.allSettled([
        under.register.commit(null, at(1), [newFeed(a)]),
        under.register.commit(null, at(2), [newFeed(b)]),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await under.register.list(null, 10)).toHaveLength(1);
    });

    it('forgets all when it is told to, the checkpoint too', async () => {
      await under.register.commit(null, at(3), [full(a)]);
      await under.register.clear();
      expect(await under.register.checkpoint()).toBeNull();
      expect(await under.register.list(null, 10)).toEqual([]);
      await under.register.commit(null, at(1), []);
      expect(await under.register.checkpoint()).toEqual(at(1));
    });

    it('survives being closed and opened again', async () => {
      if (under.reopen === undefined) return;
      await under.register.commit(null, at(3), [full(a)]);
      const again = await under.reopen();
      expect(await again.list(null, 10)).toEqual([full(a)]);
      expect(await again.checkpoint()).toEqual(at(3));
    });
  });
}
