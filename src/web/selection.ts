/** Which series a page shows: what the reader asked for, else the nearest that there is. */
import { z } from 'zod';
import { dateField, placeField } from '../../contracts/fields.ts';
import type { Series } from '../../contracts/series.ts';
import type { HeldSeries } from '../app/ports.ts';
import type { SeriesRequest } from '../app/readSeries.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { BASES, GRANULARITIES } from '../domain/observation.ts';

const selectionSchema = z.strictObject({
  place: placeField.optional(),
  by: z.enum(GRANULARITIES, `must be one of ${GRANULARITIES.join(', ')}`).optional(),
  basis: z.enum(BASES, `must be one of ${BASES.join(', ')}`).optional(),
  breakdown: z.string().max(100).optional(),
  from: dateField.optional(),
  to: dateField.optional(),
});
export type Selection = z.infer<typeof selectionSchema>;

/** Reads the query of a page. A form sends fields that were left empty too: those say nothing. */
export function readSelection(query: unknown): Selection {
  const given = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== '');
  const parsed = selectionSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ message: 'is not a parameter here', pointer: `/${key}` }))
      : [{ message: issue.message, pointer: `/${issue.path.join('/')}` }],
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
  const { by, ...rest } = without(names);
  return {
    request: { indicator, ...rest, granularity: by },
    givenUp: names.filter((name) => selection[name] !== undefined),
  };
}

/** The query that leads to a series again, whatever is reported later. */
export function selectionQuery(series: Series, span: Pick<Selection, 'from' | 'to'> = {}): string {
  const query = new URLSearchParams({ place: series.place.code, by: series.granularity, basis: series.basis });
  if (series.breakdown !== '') query.set('breakdown', series.breakdown);
  if (span.from !== undefined) query.set('from', span.from);
  if (span.to !== undefined) query.set('to', span.to);
  return query.toString();
}
