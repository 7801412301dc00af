/** Two forms that state the same figures, compared over all that the log holds of them now. */
import { typeOf, type ActivityEvent, type FactBody } from '../../contracts/activityEvent.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { meaningOf, type Readings } from '../domain/readings.ts';
import { reconcile, type Reconciliation, type StatedCell } from '../domain/reconcile.ts';
import type { FactStore } from '../facts/factStore.ts';
import { pagesAfter } from './pagesAfter.ts';
import type { EventLog } from './ports.ts';
import type { Progress } from './progress.ts';

const PAGE_EVENTS = 20_000;
const STATED = typeOf('return.stated');
const CORRECTED = typeOf('fact.corrected');
type StatedBody = Extract<FactBody, { type: typeof STATED }>;

/**
 * Compares what two forms state, as their readings say it is meant, by the facts that count up to the ordinal. The log is
 * read, because facts hold what a line was read as, and no longer its words.
 * @throws LedgerError `usage` where both forms are the same, `not-found` where nothing was stated on one of them
 */
export async function reconcileForms(
  { log, facts, ordinal }: { log: EventLog; facts: FactStore; ordinal: number },
  forms: readonly [string, string],
  progress?: Progress,
): Promise<Reconciliation> {
  const [first, second] = forms;
  if (first === second) throw new LedgerError('usage', `"${first}" cannot be compared with itself.`);
  const cells = new Map<string, StatedCell[]>();
  const superseded = facts.superseded(ordinal);
  const parked = new Set(facts.parked(ordinal).map(({ row }) => row));
  let row = 0;
  for await (const page of pagesAfter(log, null, PAGE_EVENTS)) {
    for (const { event } of page) {
      if (row >= ordinal) break;
      const body = superseded.has(row) || parked.has(row) ? null : statedIn(event);
      row += 1;
      if (body === null) continue;
      const own = cells.get(body.data.form);
      const cell = cellOf(body, facts.readings);
      if (own === undefined) cells.set(body.data.form, [cell]);
      else own.push(cell);
    }
    progress?.('reading events', row, ordinal);
    if (row >= ordinal) break;
  }
  const cellsOf = (form: string): StatedCell[] => {
    const own = cells.get(form);
    if (own !== undefined) return own;
    const known = [...cells.keys()].sort().join(', ');
    throw new LedgerError('not-found', `Nothing was stated on a form "${form}".`, {
      hint: known === '' ? 'Import a return first.' : `Forms that something was stated on: ${known}.`,
    });
  };
  return reconcile({ form: first, cells: cellsOf(first) }, { form: second, cells: cellsOf(second) });
}

/** The line that an event states, also where it does so in the place of another. */
function statedIn(event: ActivityEvent): StatedBody | null {
  if (event.type === STATED) return event;
  if (event.type !== CORRECTED || event.data.replacement.type !== STATED) return null;
  return event.data.replacement;
}

function cellOf(body: StatedBody, readings: Readings): StatedCell {
  const { line, window, value } = body.data;
  return { line, place: body.subject, window, value: value ?? null, meaning: meaningOf(body, readings) };
}
