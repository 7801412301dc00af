/** Which series a page shows: what the reader asked for, else the nearest that there is. */
import { z } from 'zod';
import { pointerOf } from '../../contracts/pointer.ts';
import { selectionFields, type Selection } from '../../contracts/selection.ts';
import type { HeldSeries } from '../app/ports.ts';
import type { SeriesRequest } from '../app/readSeries.ts';
import { requestOf } from '../app/selection.ts';
import { LedgerError } from '../domain/ledgerError.ts';

const selectionSchema = z.strictObject({ ...selectionFields, breakdown: z.string().max(100).optional() });

/** Reads the query of a page. A form sends fields that were left empty too: those say nothing. */
export function readSelection(query: unknown): Selection {
  const given = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== '');
  const parsed = selectionSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ message: 'is not a parameter here', pointer: pointerOf([key]) }))
      : [{ message: issue.message, pointer: pointerOf(issue.path) }],
  );
  const detail = faults.map(({ pointer, message }) => `"${pointer.slice(1)}" ${message}`).join('; ');
  throw new LedgerError('invalid-query', `${detail}.`, { faults });
}

/** What is given up first where a reader combines what does not exist, such as months of published figures. */
const LOOSER: readonly (readonly (keyof Selection)[])[] = [
  [],
  ['breakdown'],
  ['by'],
  ['by', 'breakdown'],
  ['by', 'breakdown', 'basis'],
];

/** The request for the series nearest to a selection, and what had to be given up for it. */
export function nearestHeld(
  indicator: string,
  selection: Selection,
  held: readonly HeldSeries[],
): { request: SeriesRequest; givenUp: readonly (keyof Selection)[] } {
  const fits = (wanted: Selection): boolean =>
    held.some(
      (each) =>
        (wanted.place === undefined || each.place === wanted.place) &&
        (wanted.by === undefined || each.granularity === wanted.by) &&
        (wanted.basis === undefined || each.basis === wanted.basis) &&
        each.breakdown === (wanted.breakdown ?? ''),
    );
  const without = (names: readonly (keyof Selection)[]): Selection =>
    Object.fromEntries(Object.entries(selection).filter(([name]) => !names.includes(name as keyof Selection)));
  const names = LOOSER.find((each) => fits(without(each))) ?? [];
  return {
    request: requestOf(indicator, without(names)),
    givenUp: names.filter((name) => selection[name] !== undefined),
  };
}
