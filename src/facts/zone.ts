/** What a fold can know of some rows without reading them: the days and kinds in them, and whether they are plain numbers. */
import { FACT_KINDS, isActivity } from '../../contracts/activityEvent.ts';
import { METHODS } from '../domain/fact.ts';
import { GRAINS, STATES, wordsOf, type Dictionaries, type FactColumns } from './columns.ts';

export interface Zone {
  /** Days that rows kept month by month speak of; the last before the first where there are no such rows. */
  readonly minDay: number;
  readonly maxDay: number;
  /** Codes of the kinds in it, ascending. */
  readonly kinds: readonly number[];
  /** Every row is a number for a span within one month, not grossed up: the fast path. */
  readonly plain: boolean;
}

/** Kinds that are not kept month by month: a population of 1961 is no reason for tables that begin then. */
const UNDATED: ReadonlySet<string> = new Set([
  ...FACT_KINDS.filter((kind) => !isActivity(kind)),
  'retraction',
  'expectation',
  'parked',
]);

/** The zone of some rows, coded with `dictionaries`. */
export function zoneOf({ rows, columns }: FactColumns, dictionaries: Dictionaries): Zone {
  const { day, kind, state, grain, method } = columns;
  const isDated = wordsOf(dictionaries, 'kind').values.map((word) => !UNDATED.has(word));
  let minDay = Infinity;
  let maxDay = -Infinity;
  for (let row = 0; row < rows; row++) {
    if (isDated[kind?.[row] ?? 0] !== true) continue;
    const value = day?.[row] ?? 0;
    if (value < minDay) minDay = value;
    if (value > maxDay) maxDay = value;
  }
  if (maxDay < minDay) [minDay, maxDay] = [0, -1];
  const kinds = kind === undefined ? [0] : [...new Set(kind)].sort((a, b) => a - b);
  const estimates = [METHODS.indexOf('sample-week'), METHODS.indexOf('estimate')];
  const counted = STATES.indexOf('counted');
  const month = GRAINS.indexOf('month');
  const plain =
    (state === undefined || state.every((code) => code === counted)) &&
    (grain === undefined || grain.every((code) => code === month)) &&
    (method === undefined || !method.some((code) => estimates.includes(code)));
  return { minDay, maxDay, kinds, plain };
}
