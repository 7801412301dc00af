/** What a client of the fault tests sends: loans of some branches, sent again at times, amended, and contradicted. */
import type { ClientLedger, Sent } from './clientLedger.ts';
import type { Draw } from './seeded.ts';

const AUTHORITY = 'E08000021';
const SOURCE = `urn:library:${AUTHORITY}:lms`;
export const BRANCHES = [0, 1, 2, 3].map((number) => `${AUTHORITY}/branch-${number}`);
const MONTHS = Array.from(
  { length: 30 },
  (_, at) => `${2018 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`,
);

/** An event of the contract for what a client sent. */
export function eventOf({ id, branch, month, count, amends, withdraws }: Sent): object {
  const body = {
    type: 'org.outcome-ledger.loans.counted.v1',
    subject: branch,
    data: { window: `${month}/P1M`, method: 'system', counts: 'issues', format: 'e-book', count },
  };
  const envelope = { specversion: '1.0', id, source: SOURCE };
  if (amends === undefined) return { ...envelope, ...body };
  const target = { source: SOURCE, id: amends };
  const time = '2024-06-03T22:10:00Z';
  return withdraws === true
    ? { ...envelope, time, type: 'org.outcome-ledger.fact.retracted.v1', data: { target, by: 'data-officer', why: 'sent-by-mistake' } } // prettier-ignore
    : { ...envelope, time, type: 'org.outcome-ledger.fact.corrected.v1', data: { target, by: 'data-officer', why: 'miscounted', replacement: body } }; // prettier-ignore
}

/**
 * Makes batches of up to `most` events. About a tenth of the events were acknowledged before and are sent again; a few
 * amend one that was acknowledged, or bring other content under its id.
 */
export function batchMaker(draw: Draw, ledger: ClientLedger): (most: number) => Sent[] {
  let made = 0;
  const amended = new Set<string>();
  const fresh = (): Sent => ({
    id: `e${made++}`,
    branch: draw.of(BRANCHES),
    month: draw.of(MONTHS),
    count: 1 + draw.below(1_000),
  });
  return (most) => {
    const recorded = ledger.recorded();
    const batch: Sent[] = [];
    const named = new Set<string>();
    for (let wanted = 1 + draw.below(most); batch.length < wanted;) {
      const known = recorded.length > 0 && draw.chance(0.15) ? draw.of(recorded) : undefined;
      if (known === undefined || named.has(known.id)) {
        batch.push(fresh());
        continue;
      }
      named.add(known.id);
      const dice = draw.below(15);
      if (dice === 0 && known.withdraws !== true) batch.push({ ...known, count: known.count + 1 });
      else if (dice < 4 && known.amends === undefined && !amended.has(known.id)) {
        amended.add(known.id);
        const amendment = { ...fresh(), amends: known.id };
        batch.push(dice === 1 ? { ...amendment, withdraws: true } : amendment);
      } else batch.push(known);
    }
    return batch;
  };
}
