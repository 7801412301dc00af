/**
 * The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): a request sent again under its key is answered
 * as it was the first time. It may be left out, because an event sent again is a duplicate and harmless.
 *
 * | the key | answered |
 * |---|---|
 * | is new, or older than a day | as without one; a receipt is kept |
 * | came with the same body | the receipt that was answered first |
 * | came with another body | 422 `idempotency-key-reused` |
 * | is that of a request still under way | 409 `idempotency-key-in-use` |
 *
 * A receipt counts for the log that it was given for: where that was restored from an older copy since, the request is
 * taken as new. Where a request failed as a whole, nothing is kept: sent again, it is taken as new.
 */
import { z } from 'zod';
import type { KeptReceipts } from '../app/keptReceipts.ts';
import type { Ledger } from '../app/ledger.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Receipt } from './receipt.ts';

/** A string in quotes, as the draft has it (RFC 8941), or the same without them. */
const KEY = /^(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(KEY, 'must be 1 to 255 printable characters without quotation marks or backslashes within')
    .optional()
    .describe('A new one for each request, such as a UUID; the same again for the same request sent again'),
});

/** The key itself, null where there is none. */
export function keyIn(header: string | undefined): string | null {
  const found = header === undefined ? null : KEY.exec(header);
  return found?.[1] ?? found?.[2] ?? null;
}

/** A request as far as its key is concerned. */
interface Keyed {
  readonly key: string;
  /** Does what is asked; the body is read by then. */
  readonly work: () => Promise<Receipt>;
  /** Reads the body and does nothing. */
  readonly readOnly: () => Promise<void>;
  /** Of the body that was read. */
  readonly fingerprint: () => string;
}

/** Runs requests by their keys. Throws LedgerError `idempotency-key-reused` and `idempotency-key-in-use`. */
export function oncePerKey(
  kept: KeptReceipts,
  ledger: Pick<Ledger, 'mark' | 'holds'>,
): (request: Keyed) => Promise<Receipt> {
  const underWay = new Set<string>();
  return async ({ key, work, readOnly, fingerprint }) => {
    if (underWay.has(key)) {
      throw new LedgerError('idempotency-key-in-use', 'A request with this Idempotency-Key is still under way.', {
        hint: 'Wait for its answer, or send the same again a little later.',
      });
    }
    underWay.add(key);
    try {
      const found = await kept.find(key);
      const stands = found === null || found.mark === null || (await ledger.holds(found.mark));
      if (!stands) await kept.forget(key);
      if (found === null || !stands) {
        const receipt = await work();
        const mark = await ledger.mark();
        await kept.keep(key, { fingerprint: fingerprint(), receipt: JSON.stringify(receipt), mark });
        return receipt;
      }
      await readOnly();
      if (found.fingerprint === fingerprint()) return JSON.parse(found.receipt) as Receipt;
      throw new LedgerError('idempotency-key-reused', 'This Idempotency-Key came with another request before.', {
        hint: 'Use a new key for a new request.',
      });
    } finally {
      underWay.delete(key);
    }
  };
}
