/**
 * A definition made ready to run: frozen, and plain JSON, so that it can be hashed, sent
 * to a thread, or compiled to SQL.
 */
import type { FactKind } from '../../contracts/activityEvent.ts';
import type { Definition, PlaceLevel } from '../../contracts/definition.ts';
import type { Dimension } from '../../contracts/dimensions.ts';
import { CALENDAR_GRANULARITIES, type CalendarGranularity } from '../../contracts/vocabulary.ts';

export type Where = readonly { readonly dimension: Dimension; readonly values: readonly string[] }[];

/** One fold over facts. */
export type Part =
  | { readonly fold: 'count'; readonly kinds: readonly FactKind[]; readonly where: Where }
  | { readonly fold: 'distinct'; readonly kinds: readonly FactKind[]; readonly where: Where }
  | {
      readonly fold: 'sum';
      readonly kinds: readonly FactKind[];
      readonly field: 'quantity' | 'seconds';
      readonly where: Where;
    }
  | { readonly fold: 'latest'; readonly where: Where };

/** What the numerator is divided by: another fold, cut alike, or the people who live in the place. */
export type Divisor = Part | { readonly fold: 'population'; readonly ages: string };

export interface Plan {
  readonly id: string;
  readonly version: number;
  readonly measure: {
    readonly numerator: Part;
    readonly denominator: Divisor | null;
    /** The value is numerator × multiplier ÷ divisor (÷ denominator). Two whole numbers, so that nothing is rounded twice. */
    readonly multiplier: number;
    readonly divisor: number;
  } | null;
  readonly published: { readonly statistic: string; readonly prefer: readonly string[] } | null;
  readonly coverage: boolean;
  readonly chooseOne: boolean;
  readonly places: readonly PlaceLevel[];
  readonly granularities: readonly CalendarGranularity[];
  readonly breakdowns: readonly Dimension[];
}

/**
 * How many events stand behind a ratio of two folds: those of the one that holds all events of the other, where one does,
 * for they are not twice as many by being counted on both sides; else those of both.
 */
export function eventsBehind(numerator: Part, denominator: Divisor, own: number, others: number): number {
  if (denominator.fold === 'population') return own;
  if (holdsAllOf(denominator, numerator)) return others;
  return holdsAllOf(numerator, denominator) ? own : own + others;
}

/** Whether every event of a part is certainly one of the whole too. */
function holdsAllOf(whole: Part, part: Part): boolean {
  // The latest status of every service point is looked at, whatever it is asked for.
  if (whole.fold === 'latest' || part.fold === 'latest') return whole.fold === part.fold;
  const alike = whole.fold === 'sum' ? part.fold === 'sum' && part.field === whole.field : whole.fold === 'count' || part.fold === whole.fold; // prettier-ignore
  return (
    alike &&
    part.kinds.every((kind) => whole.kinds.includes(kind)) &&
    whole.where.every(({ dimension, values }) =>
      part.where.some((own) => own.dimension === dimension && own.values.every((value) => values.includes(value))),
    )
  );
}

type Single = NonNullable<Exclude<Definition['measure'], { ratio: unknown }>>;

function partOf(single: Single): Part {
  if ('count' in single) return { fold: 'count', kinds: single.count.of, where: whereOf(single.count.where) };
  if ('distinct' in single)
    return { fold: 'distinct', kinds: single.distinct.of, where: whereOf(single.distinct.where) };
  if ('latest' in single) return { fold: 'latest', where: whereOf(single.latest.where) };
  const field = single.sum.field === 'hours' ? 'seconds' : 'quantity';
  return { fold: 'sum', kinds: single.sum.of, field, where: whereOf(single.sum.where) };
}

const whereOf = (where: Partial<Record<Dimension, string[]>> | undefined): Where =>
  Object.entries(where ?? {})
    .map(([dimension, values]) => ({ dimension: dimension as Dimension, values: [...values].sort() }))
    .sort((a, b) => (a.dimension < b.dimension ? -1 : 1));

const inHours = (part: Divisor): boolean => part.fold === 'sum' && part.field === 'seconds';

/** The frozen plan of a definition, of which the contract has seen to it that its parts fit together. */
export function planIndicator(definition: Definition): Plan {
  const { measure } = definition;
  let planned: Plan['measure'] = null;
  if (measure !== undefined) {
    if ('ratio' in measure) {
      const numerator = partOf(measure.ratio.numerator);
      const denominator: Divisor =
        'population' in measure.ratio.denominator
          ? { fold: 'population', ages: measure.ratio.denominator.population.ages }
          : partOf(measure.ratio.denominator);
      const multiplier = measure.ratio.per * (inHours(denominator) ? 3600 : 1);
      planned = { numerator, denominator, multiplier, divisor: inHours(numerator) ? 3600 : 1 };
    } else {
      const numerator = partOf(measure);
      planned = { numerator, denominator: null, multiplier: 1, divisor: inHours(numerator) ? 3600 : 1 };
    }
  }
  const plan: Plan = {
    id: definition.id,
    version: definition.version,
    measure: planned,
    published:
      definition.published === undefined
        ? null
        : { statistic: definition.published.statistic, prefer: definition.published.prefer ?? [] },
    coverage: definition.coverage === 'service-point-months',
    chooseOne: definition.overlap === 'choose-one',
    places: [...definition.places],
    granularities: CALENDAR_GRANULARITIES.filter((g) => definition.granularities.includes(g)),
    breakdowns: [...definition.breakdowns],
  };
  // A copy is frozen: the definition stays as its owner made it.
  return deepFreeze(structuredClone(plan));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
