import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEPT_MS, type KeptReceipts } from '../../src/app/keptReceipts.ts';

interface ReceiptsUnderTest {
  readonly receipts: KeptReceipts;
  /** Opens the same store again. Left out where nothing outlives the process. */
  readonly reopen?: () => Promise<KeptReceipts>;
  readonly dispose: () => Promise<void>;
}

/** What every store of kept receipts must do. `make` answers a new, empty one each time, which is to use the clock. */
export function testKeptReceipts(
  name: string,
  make: (effects: { now: () => Date }) => Promise<ReceiptsUnderTest>,
): void {
  describe(`${name} kept receipts`, () => {
    let under: ReceiptsUnderTest;
    let now: Date;

    beforeEach(async () => {
      now = new Date('2026-11-01T12:00:00Z');
      under = await make({ now: () => now });
    });
    afterEach(() => under.dispose());

    const mark = { position: '0007', fingerprint: 'ab' };
    const first = { fingerprint: 'f1', receipt: '{"accepted":1}', mark };
    const later = (ms: number): void => void (now = new Date(now.getTime() + ms));

    it('know nothing of a key that was not kept', async () => {
      await under.receipts.keep('a', first);
      expect(await under.receipts.find('b')).toBeNull();
    });

    it('keep the first receipt of a key', async () => {
      await under.receipts.keep('a', first);
      await under.receipts.keep('a', { fingerprint: 'f2', receipt: '{}', mark: null });
      expect(await under.receipts.find('a')).toEqual(first);
    });

    it('keep it for a day, after which the key is free', async () => {
      await under.receipts.keep('a', first);
      later(KEPT_MS);
      expect(await under.receipts.find('a')).toEqual(first);
      later(1);
      expect(await under.receipts.find('a')).toBeNull();
      const second = { fingerprint: 'f2', receipt: '{}', mark: null };
      await under.receipts.keep('a', second);
      expect(await under.receipts.find('a')).toEqual(second);
    });

    it('forget the receipt of a key, and no other, when they are told to', async () => {
      await under.receipts.keep('a', first);
      await under.receipts.keep('b', first);
      await under.receipts.forget('a');
      expect([await under.receipts.find('a'), await under.receipts.find('b')]).toEqual([null, first]);
    });

    it('forget all when they are told to', async () => {
      await under.receipts.keep('a', first);
      await under.receipts.clear();
      expect(await under.receipts.find('a')).toBeNull();
    });

    it('survive being closed and opened again', async () => {
      if (under.reopen === undefined) return;
      await under.receipts.keep('a', first);
      expect(await (await under.reopen()).find('a')).toEqual(first);
    });
  });
}
