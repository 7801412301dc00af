/** One indicator for one place along time, with its baseline, target and graded progress: what every reader gets. */
import { notesOf, type Definition } from '../../contracts/definition.ts';
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import type { Basis, Granularity } from '../../contracts/vocabulary.ts';
import { NOTES } from '../domain/conclude.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Observation } from '../domain/observation.ts';
import { granularityOfInterval, intervalOf, isoOf, periodLabel, windowOf } from '../domain/periods.ts';
import { isMadeUp, placeAt, placeName } from '../domain/places.ts';
import { progressOf, type BaselineValue } from '../domain/progress.ts';
import type { Catalogue, Indicator } from './catalogue.ts';
import { parkedFor, type ParkedEvent } from './parked.ts';
import type { HeldSeries, ProjectionName, ReadModels, SeriesQuery } from './ports.ts';

export interface SeriesRequest {
  readonly indicator: string;
  readonly place?: string | undefined;
  readonly granularity?: Granularity | undefined;
  readonly basis?: Basis | undefined;
  readonly breakdown?: string | undefined;
  /** First and last day wanted, ISO dates, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface SeriesPorts {
  readonly readModels: ReadModels;
  readonly catalogue: Catalogue;
  /** Events up to a knowledge position that no fact could be made from and that nobody has settled. */
  readonly parked: (ordinal: number) => readonly ParkedEvent[];
}

/** What is read where the request leaves it open, best first. */
const GRANULARITY_ORDER: readonly Granularity[] = ['financial-year', 'window', 'month', 'quarter', 'half-year'];

/**
 * The series asked for. Left open, the place is the one with a baseline, else the widest; the basis is the computed one
 * where there is one. Throws `not-found` for an unknown indicator or a series that holds nothing.
 */
export async function readSeries(
  { readModels, catalogue, parked: parkedNow }: SeriesPorts,
  request: SeriesRequest,
): Promise<Series> {
  const indicator = catalogue.find(request.indicator);
  const { definition, projection } = indicator;
  const { place, granularity, basis, breakdown = '' } = request;
  const fits = await readModels.held(projection, {
    breakdown,
    ...(place !== undefined && { place }),
    ...(granularity !== undefined && { granularity }),
    ...(basis !== undefined && { basis }),
  });
  const choice = bestOf(indicator, fits);
  if (choice === null) throw notHeld(indicator, request, await readModels.held(projection));
  const { position, everything } = await readAtOnePosition(readModels, { projection, ...choice });
  const parked = parkedFor(indicator.plan, parkedNow(position));
  const baseline = baselineOf(indicator, choice, everything);
  const wanted = everything.filter(
    (o) =>
      (request.from === undefined || isoOf(windowOf(o.period).last) >= request.from) &&
      (request.to === undefined || o.period.slice(0, 10) <= request.to),
  );
  // A target and a stated baseline are of the whole, and of one length of period.
  const target =
    definition.targets.find(
      (t) =>
        (t.place ?? choice.place) === choice.place &&
        choice.breakdown === '' &&
        granularityOfInterval(t.period) === choice.granularity,
    ) ?? null;
  const progress = progressOf(definition, everything, baseline, request.to ?? null);
  return {
    indicator: {
      id: definition.id,
      version: definition.version,
      definition: indicator.hash,
      title: definition.title,
      question: definition.question,
      outcome: definition.outcome,
      unit: definition.unit.label,
      decimals: definition.unit.decimals,
      direction: definition.direction,
    },
    place: { code: choice.place, name: await nameOf(choice, projection, readModels) },
    granularity: choice.granularity,
    basis: choice.basis,
    breakdown: choice.breakdown,
    position,
    madeUp: isMadeUp(choice.place),
    parked,
    status: `${incompleteText(parked)}${statusOf(choice)}`,
    source: sourceOf(choice, wanted.length > 0 ? wanted : everything),
    notes: [...statusNotes(definition, choice, everything), ...notesOf(definition, choice.basis)],
    points: wanted.map(pointOf),
    baseline: baseline === null ? null : shownBaseline(baseline, choice.basis),
    target:
      target === null
        ? null
        : { value: target.value, period: target.period, label: periodLabel(target.period), source: target.source },
    progress,
  };
}

/**
 * Rows and the knowledge position they belong to, as the store has them: read again where a commit fell in between. A
 * commit is seldom, and reading one series quick.
 */
async function readAtOnePosition(readModels: ReadModels, query: SeriesQuery) {
  for (let before = (await readModels.checkpoint())?.ordinal ?? 0; ;) {
    const everything = await readModels.series(query);
    const after = (await readModels.checkpoint())?.ordinal ?? 0;
    if (after === before) return { position: before, everything };
    before = after;
  }
}

/** A computed total of a nation is one of those who report: the name says how many they are. */
async function nameOf(choice: Choice, projection: ProjectionName, readModels: ReadModels): Promise<string> {
  const { place, granularity, basis, breakdown } = choice;
  const name = placeName(place);
  if (basis !== 'computed' || placeAt('nation', place) !== place) return name;
  const held = await readModels.held(projection, { granularity, basis, breakdown });
  const authorities = new Set(
    held.map((h) => placeAt('authority', h.place)).filter((a) => a !== null && placeAt('nation', a) === place),
  ).size;
  return `${name} (${authorities} ${authorities === 1 ? 'authority' : 'authorities'} reporting)`;
}

type FoundBaseline = BaselineValue & { readonly source: string | null; readonly state: Observation['state'] };

const shownBaseline = (
  { period, value, state, scope, source, coverage, notes }: FoundBaseline,
  basis: Basis,
): NonNullable<Series['baseline']> => ({
  period,
  label: periodLabel(period),
  value,
  state,
  scope,
  source,
  coverage,
  notes: [...notes],
  basis,
});

type Choice = HeldSeries;

/** The series that a reader wants most, of those that fit the request; null where there are none. */
function bestOf({ definition }: Indicator, fits: readonly HeldSeries[]): Choice | null {
  const rank = (h: HeldSeries): readonly number[] => [
    definition.baselines.some((b) => b.basis === h.basis && b.place === h.place) ? 0 : 1,
    isMadeUp(h.place) ? 1 : 0,
    h.basis === 'computed' ? 0 : 1,
    h.place.length,
    definition.baselines.some((b) => b.basis === h.basis && granularityOfInterval(b.period) === h.granularity) ? 0 : 1,
    GRANULARITY_ORDER.indexOf(h.granularity),
  ];
  return fits.toSorted((a, b) => compare(rank(a), rank(b)) || (a.place < b.place ? -1 : 1))[0] ?? null;
}

function notHeld({ definition }: Indicator, request: SeriesRequest, held: readonly HeldSeries[]): LedgerError {
  const asked = [request.place, request.granularity, request.basis, request.breakdown].filter(
    (text) => text !== undefined,
  );
  return new LedgerError(
    'not-found',
    asked.length === 0
      ? `Nothing has been reported for "${definition.id}" yet.`
      : `"${definition.id}" holds no series for ${asked.join(', ')}.`,
    { hint: held.length === 0 ? 'Send events or import a file that it reads.' : `It holds: ${summary(held)}.` },
  );
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};

function summary(held: readonly HeldSeries[]): string {
  const list = (values: readonly string[]): string => {
    const some = [...new Set(values)].filter((value) => value !== '');
    return some.slice(0, 6).join(', ') + (some.length > 6 ? ` and ${some.length - 6} more` : '');
  };
  const cuts = list(held.map((h) => h.breakdown));
  return `places ${list(held.map((h) => h.place))}; by ${list(held.map((h) => h.granularity))}${cuts === '' ? '' : `; breakdowns ${cuts}`}`;
}

function baselineOf({ definition }: Indicator, choice: Choice, series: readonly Observation[]): FoundBaseline | null {
  const stated = baselineFor(definition, choice);
  if (stated === null) return null;
  const caution = stated.caution ?? null;
  if (stated.value !== undefined) {
    return {
      period: stated.period,
      value: stated.value,
      state: stated.value === 0 ? 'zero' : 'observed',
      scope: stated.scope ?? null,
      source: stated.source ?? null,
      coverage: null,
      low: null,
      high: null,
      notes: [],
      caution,
    };
  }
  // A year may be written P1Y or P12M: what counts is from when to when it lasts.
  const period = intervalOf(windowOf(stated.period));
  const found = series.find((o) => o.period === period);
  if (found === undefined) {
    return {
      period,
      value: null,
      state: 'not-reported',
      scope: null,
      source: null,
      coverage: null,
      low: null,
      high: null,
      notes: [],
      caution,
    };
  }
  return {
    period: found.period,
    value: found.value,
    state: found.state,
    scope: found.scope,
    source: found.source,
    coverage: found.coverage,
    low: found.low,
    high: found.high,
    notes: found.notes,
    caution,
  };
}

const baselineFor = (definition: Definition, choice: Choice): Definition['baselines'][number] | null => {
  const fitting = definition.baselines.filter(
    (b) => b.basis === choice.basis && (b.place ?? choice.place) === choice.place,
  );
  // A baseline is of one kind of period: it is not the baseline of the months in it.
  return (
    fitting.find(
      (b) =>
        granularityOfInterval(b.period) === choice.granularity && (b.value === undefined || choice.breakdown === ''),
    ) ?? null
  );
};

function pointOf(o: Observation): SeriesPoint {
  const { first, last } = windowOf(o.period);
  return {
    period: o.period,
    start: isoOf(first),
    end: isoOf(last),
    label: periodLabel(o.period),
    granularity: o.granularity,
    breakdown: o.breakdown,
    basis: o.basis,
    state: o.state,
    value: o.value,
    numerator: o.numerator,
    denominator: o.denominator,
    n: o.n,
    low: o.low,
    high: o.high,
    coverage: o.coverage,
    partial: (o.coverage !== null && o.coverage.reported < o.coverage.expected) || o.notes.includes(NOTES.partMonth),
    events: o.events,
    scope: o.scope,
    source: o.source,
    notes: [...o.notes],
  };
}

/** A status holds on after the last period shown: where the series ends is where the last event is, not where it stopped. */
function statusNotes({ measure }: Definition, { basis }: Choice, everything: readonly Observation[]): string[] {
  const last = everything.at(-1);
  const numerator = measure !== undefined && 'ratio' in measure ? measure.ratio.numerator : measure;
  if (basis !== 'computed' || last === undefined || numerator === undefined || !('latest' in numerator)) return [];
  return [`A status holds until the next one. The last was sent in ${periodLabel(last.period)}; later periods are not shown.`]; // prettier-ignore
}

const incompleteText = (parked: number): string =>
  parked === 0
    ? ''
    : parked === 1
      ? 'Incomplete: 1 event that these figures may depend on could not be read. '
      : `Incomplete: ${parked} events that these figures may depend on could not be read. `;

const statusOf = ({ place, basis }: Choice): string =>
  isMadeUp(place)
    ? 'Made-up data for demonstration: no library reported these figures.'
    : basis === 'published'
      ? 'Figures published by others, quoted as stated. Management information, not official statistics.'
      : 'Computed from activity events. Management information, not official statistics.';

/** Sources named in the line under a chart; the rest stand with their figures. */
const SOURCES_NAMED = 3;

function sourceOf({ basis, place }: Choice, points: readonly Observation[]): string {
  if (basis === 'computed')
    return isMadeUp(place) ? 'Demonstration events' : 'Activity events reported by the library service';
  const sources = [...new Set(points.map((o) => o.source).filter((source) => source !== null))];
  const more = sources.length - SOURCES_NAMED;
  return sources.slice(0, SOURCES_NAMED).join('; ') + (more > 0 ? `; and ${more} more, each with its figure` : '');
}
