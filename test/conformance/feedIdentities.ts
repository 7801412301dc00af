import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/app/eventIdentity.ts';
import type { Census, FeedIdentities } from '../../src/app/feedIdentities.ts';

interface IdentitiesUnderTest {
  readonly identities: FeedIdentities;
  readonly dispose: () => Promise<void>;
}

/** What every store of feed identities must do. `make` answers a new, empty one each time. */
export function testFeedIdentities(name: string, make: () => Promise<IdentitiesUnderTest>): void {
  describe(`${name} feed identities`, () => {
    let under: IdentitiesUnderTest;
    let store: FeedIdentities;

    beforeEach(async () => {
      under = await make();
      store = under.identities;
    });
    afterEach(() => under.dispose());

    it('know nothing of a stream that they were not told of', async () => {
      expect(await store.covered('north')).toEqual({ revision: -1, identity: null });
      expect(await store.hashes([of('a').identity])).toEqual(new Map());
      expect(await store.hashes([])).toEqual(new Map());
    });

    it('keep what each identity holds, and how far they cover the stream', async () => {
      await store.cover('north', 0, [of('a'), of('b')]);
      await store.cover('north', 2, [of('c')]);
      await store.cover('south', 0, [of('d')]);
      expect(await store.covered('north')).toEqual({ revision: 2, identity: of('c').identity });
      expect(await store.covered('south')).toEqual({ revision: 0, identity: of('d').identity });
      expect(await store.hashes([of('a'), of('x'), of('d')].map(({ identity }) => identity))).toEqual(
        new Map([of('a'), of('d')].map(({ identity, hash }) => [identity, hash])),
      );
    });

    it('change nothing when they are told again, and take what goes on from there', async () => {
      await store.cover('north', 0, [of('a'), of('b')]);
      await store.cover('north', 0, [of('a'), of('b')]);
      await store.cover('north', 0, []);
      expect((await store.covered('north')).revision).toBe(1);
      await store.cover('north', 1, [of('b'), of('c')]);
      expect(await store.covered('north')).toEqual({ revision: 2, identity: of('c').identity });
    });

    it('keep the first of two contents of one identity', async () => {
      await store.cover('north', 0, [of('a', 'first'), of('a', 'second')]);
      await store.cover('north', 2, [of('a', 'third')]);
      expect((await store.hashes([of('a').identity])).get(of('a').identity)).toBe(of('a', 'first').hash);
      expect((await store.covered('north')).revision).toBe(2);
    });

    it('refuse to leave a revision out, and keep nothing of what came with it', async () => {
      await store.cover('north', 0, [of('a')]);
      await expect(store.cover('north', 2, [of('c')])).rejects.toThrow(/up to revision 0; 2 does not follow/);
      await expect(store.cover('south', 1, [of('d')])).rejects.toThrow(/up to revision -1/);
      expect((await store.covered('north')).revision).toBe(0);
      expect(await store.hashes([of('c').identity, of('d').identity])).toEqual(new Map());
    });

    it('forget one stream and leave the others', async () => {
      await store.cover('north', 0, [of('a')]);
      await store.cover('south', 0, [of('b')]);
      await store.forget('north');
      await store.forget('never-there');
      expect(await store.covered('north')).toEqual({ revision: -1, identity: null });
      expect([...(await store.hashes([of('a').identity, of('b').identity])).keys()]).toEqual([of('b').identity]);
      await store.cover('north', 0, [of('a', 'other')]);
      expect((await store.hashes([of('a').identity])).get(of('a').identity)).toBe(of('a', 'other').hash);
    });

    it('forget all streams and censuses', async () => {
      await store.cover('north', 0, [of('a')]);
      await store.keepCensus('one', { ordinal: 1, last: null, seen: null });
      await store.clear();
      expect(await store.covered('north')).toEqual({ revision: -1, identity: null });
      expect(await store.hashes([of('a').identity])).toEqual(new Map());
      expect(await store.census('one')).toBeNull();
      await store.cover('north', 0, [of('b')]);
      expect((await store.covered('north')).revision).toBe(0);
    });

    it('take 12,000 at once, and the same from two sides at once', async () => {
      const many = Array.from({ length: 12_000 }, (_, index) => of(`e${index}`));
      await Promise.all([store.cover('north', 0, many), store.cover('north', 0, many)]);
      expect(await store.covered('north')).toEqual({ revision: 11_999, identity: of('e11999').identity });
      expect((await store.hashes(many.map(({ identity }) => identity))).size).toBe(12_000);
    });

    it('keep the latest census of each log', async () => {
      const census: Census = { ordinal: 7, last: { position: '07', id: 'x' }, seen: { position: '09', id: 'y' } };
      expect(await store.census('one')).toBeNull();
      await store.keepCensus('one', { ordinal: 0, last: null, seen: null });
      expect(await store.census('one')).toEqual({ ordinal: 0, last: null, seen: null });
      await store.keepCensus('one', census);
      expect(await store.census('one')).toEqual(census);
      expect(await store.census('two')).toBeNull();
    });
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
const of = (id: string, content = 'content'): Identity => ({ identity: digest(id), hash: digest(content) });
