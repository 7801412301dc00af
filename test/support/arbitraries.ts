/** Random events and definitions, made by applying the contracts backwards: everything generated is valid. */
import fc from 'fast-check';
import {
  activityEvent,
  FACT_KINDS,
  typeOf,
  type ActivityEvent,
  type FactBody,
  type FactKind,
} from '../../contracts/activityEvent.ts';
import { definitionSchema, type Definition } from '../../contracts/definition.ts';
import type { Dimension } from '../../contracts/dimensions.ts';
import { impossibleCuts } from '../../contracts/possibleCuts.ts';
import { isoOf } from '../../src/domain/periods.ts';
import { planIndicator } from '../../src/domain/plan.ts';

const LIBRARIES = ['E08000021/city', 'E08000021/walker', 'E08000021', 'E10000014/andover', 'W06000015/central'];
/** What is published and how many live there may be said of nations too. */
const placesOf = (kind: FactKind): readonly string[] =>
  OF_ANY_PLACE.has(kind) ? [...LIBRARIES, 'K02000001'] : LIBRARIES;
const OF_ANY_PLACE: ReadonlySet<FactKind> = new Set([
  'figure.published',
  'reference.population',
  'place.described',
  'place.succeeded',
  'reference.deprivation',
  'action.reported',
]);
export const SOURCES = ['urn:library:a', 'urn:library:b', 'urn:library:c'];

const dayIn = (first: number, days: number): fc.Arbitrary<number> => fc.integer({ min: first, max: first + days });
/** 2017-01-01 and about two and a half years on: every edge of the financial year is crossed. */
const day = dayIn(17_167, 900);
const dateText = day.map(isoOf);
const time = fc
  .tuple(day, fc.integer({ min: 0, max: 86_399 }))
  .map(([d, s]) => `${isoOf(d)}T${new Date(s * 1000).toISOString().slice(11, 19)}Z`);
const person = fc.integer({ min: 1, max: 6 }).map((n) => n.toString(16).padStart(32, '0'));
const monthStart = fc
  .tuple(fc.integer({ min: 2017, max: 2019 }), fc.integer({ min: 1, max: 12 }))
  .map(([y, m]) => `${y}-${String(m).padStart(2, '0')}-01`);
/** Some days of one month: weeks and halves that overlap, or follow one another. */
const daysOfMonth = fc
  .tuple(monthStart, fc.constantFrom('01', '02', '08', '11', '15'), fc.constantFrom(7, 10, 14))
  .map(([start, date, days]) => `${start.slice(0, 8)}${date}/P${days}D`);
const quarterStart = fc
  .tuple(fc.integer({ min: 2017, max: 2019 }), fc.constantFrom('01', '04', '07', '10'))
  .map(([y, m]) => `${y}-${m}-01`);
const window = fc.oneof(
  { weight: 5, arbitrary: monthStart.map((start) => `${start}/P1M`) },
  { weight: 2, arbitrary: dateText.map((start) => `${start}/P1D`) },
  { weight: 2, arbitrary: daysOfMonth },
  { weight: 1, arbitrary: quarterStart.map((start) => `${start}/P3M`) },
  { weight: 1, arbitrary: quarterStart.map((start) => `${start}/P2M`) },
  { weight: 1, arbitrary: fc.constantFrom('2017-04-01/P6M', '2017-10-01/P6M', '2018-04-01/P6M') },
  { weight: 1, arbitrary: fc.constantFrom('2017-04-01/P1Y', '2018-04-01/P1Y') },
);
const absence = fc.constantFrom('not-reported', 'not-open', 'suppressed', 'not-applicable', 'not-available');
const quantity = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** A count over a window: a number, a reason, or a sample week. */
const counted = (number: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(window, fc.constantFrom('automatic-counter', 'manual', 'estimate'), number)
        .map(([w, method, n]) => ({ window: w, method, ...n })),
    },
    { weight: 2, arbitrary: fc.tuple(window, absence).map(([w, absent]) => ({ window: w, method: 'manual', absent })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(dateText, number)
        .map(([start, n]) => ({ window: `${start}/P7D`, method: 'sample-week', ...n })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(dateText, absence)
        .map(([start, absent]) => ({ window: `${start}/P7D`, method: 'sample-week', absent })),
    },
  );

const format = fc.constantFrom('physical-book', 'e-book', 'device');
const contentAge = maybe(fc.constantFrom('under-12', '12-17', '18-plus'));
const outcome = fc.constantFrom('cultural-enrichment', 'healthier-lives');
const founder = {
  centre: fc.constantFrom('newcastle', 'leeds'),
  sex: fc.constantFrom('female', 'male', 'unknown'),
  ethnicity: fc.constantFrom('asian', 'white'),
  disability: fc.constantFrom('yes', 'no'),
  ageBand: fc.constantFrom('25-34', '35-49'),
  inRegion: fc.constantFrom('yes', 'no'),
  imdDecile: fc.constantFrom('1', '10'),
};
const joined = fc.record({
  challenge: fc.constant('summer-reading-challenge'),
  year: fc.constant(2018),
  ageBand: fc.constantFrom('4-7', '8-11'),
  participant: person,
});

/** A count with other fields beside it. */
const withCount = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc
    .tuple(counted(quantity.map((count) => ({ count }))), fc.record(fields))
    .map(([count, rest]) => ({ ...count, ...rest }));

const DATA: Readonly<Record<FactKind, fc.Arbitrary<object>>> = {
  'visits.counted': fc
    .tuple(counted(quantity.map((count) => ({ count }))), maybe(fc.constantFrom('library-only', 'co-located')))
    .map(([c, site]) => ({ ...c, site })),
  'loan.issued': fc.record({ format, contentAge, person: maybe(person) }),
  'loan.renewed': fc.record({ format, contentAge, person: maybe(person) }),
  'loans.counted': fc
    .tuple(
      counted(quantity.map((count) => ({ count }))),
      fc.record({ format, contentAge, counts: fc.constant('issues') }),
    )
    .map(([a, b]) => ({ ...a, ...b })),
  'digital-session.ended': fc.record({
    channel: fc.constantFrom('public-pc', 'wifi'),
    durationSeconds: maybe(fc.integer({ min: 0, max: 9000 })),
  }),
  'digital-sessions.counted': fc
    .tuple(
      counted(
        fc.oneof(
          quantity.map((sessions) => ({ sessions })),
          fc.integer({ min: 0, max: 900 }).map((h) => ({ hours: h / 4 })),
          fc.tuple(quantity, quantity).map(([sessions, hours]) => ({ sessions, hours })),
        ),
      ),
      fc.constantFrom('public-pc', 'wifi'),
    )
    .map(([c, channel]) => ({ ...c, channel })),
  'challenge.joined': joined,
  'challenge.completed': joined,
  'bipc.support-given': fc.record({ ...founder, channel: fc.constantFrom('webinar', 'stream'), person }),
  'bipc.business-created': fc.record(founder),
  'activity.held': fc
    .tuple(
      fc.oneof(
        quantity.map((attendance) => ({ attendance })),
        absence.map((absent) => ({ absent })),
      ),
      outcome,
      maybe(dateText),
    )
    .map(([n, mainOutcome, on]) => ({ ...n, mainOutcome, on })),
  'figure.published': fc.record({
    statistic: fc.constantFrom('adults-who-used-a-library', 'visits'),
    window: fc.oneof(fc.constantFrom('2016-01-01/P3Y', '2017-04-01/P1Y'), window),
    value: fc.integer({ min: 0, max: 1000 }).map((n) => n / 10),
    unit: fc.constant('percent'),
    scope: fc.constantFrom('England', 'UK'),
    survey: fc.boolean(),
    source: fc.constant('A survey'),
    reference: maybe(fc.constantFrom('PF1', 'PF2')),
  }),
  'service-point.status': fc.record({
    on: dateText,
    open: fc.constantFrom('open', 'closed'),
    wifi: maybe(fc.constantFrom('yes', 'no', 'unknown')),
  }),
  'reference.population': fc.record({
    on: fc.constantFrom('2017-06-30', '2018-06-30', '2015-06-30'),
    population: fc.integer({ min: 1, max: 400_000 }),
    ages: fc.constantFrom('all', '0-11'),
    source: fc.constant('Mid-year estimates'),
  }),
  'activities.counted': withCount({ mode: maybe(fc.constantFrom('in-person', 'online')) }),
  'attendances.counted': withCount({ audience: maybe(fc.constantFrom('adults', 'under-12')) }),
  'resource-use.counted': withCount({
    resource: fc.constantFrom('ancestry', 'theory-test-pro'),
    metric: fc.constantFrom('sessions', 'total-item-requests'),
  }),
  'enquiries.counted': withCount({}),
  'volunteering.counted': counted(
    fc.oneof(
      quantity.map((volunteers) => ({ volunteers })),
      fc.integer({ min: 0, max: 900 }).map((h) => ({ hours: h / 4 })),
    ),
  ),
  'money.stated': fc
    .tuple(
      counted(quantity.map((pence) => ({ pence }))).filter(({ method }) => method !== 'sample-week'),
      fc.record({
        flow: fc.constantFrom('expenditure', 'income'),
        category: fc.constantFrom('employees', 'materials'),
        currency: fc.constant('GBP'),
      }),
    )
    .map(([a, b]) => ({ ...a, ...b })),
  'survey.answered': fc.record({
    window,
    survey: fc.constant('work-club'),
    question: fc.constantFrom('helpful', 'confident'),
    answer: fc.constantFrom('yes', 'no'),
    wave: fc.constantFrom('only', 'before', 'after'),
    form: fc.constantFrom('r3', 'r4'),
  }),
  'return.stated': fc
    .tuple(
      counted(quantity.map((value) => ({ value }))),
      fc.record({ form: fc.constantFrom('a-return', 'another'), line: fc.constantFrom('Line 93', 'Total loans') }),
    )
    .map(([a, b]) => ({ ...a, ...b })),
  'membership.counted': fc.record({
    on: dateText,
    members: quantity,
    area: maybe(fc.constantFrom('E01014382', 'unknown')),
    membership: fc.constantFrom('registered', 'active'),
  }),
  'stock.counted': fc.record({ on: dateText, items: quantity, format, contentAge }),
  'staff.counted': fc.record({
    on: dateText,
    role: fc.constantFrom('professional', 'all'),
    fte: fc.integer({ min: 0, max: 400 }).map((n) => n / 4),
  }),
  'survey.asked': fc.record({
    on: dateText,
    survey: fc.constant('work-club'),
    question: fc.constantFrom('helpful', 'confident'),
    wording: fc.constant('Did you find it helpful?'),
    scale: fc.constant('choice'),
    answers: fc.constant(['yes', 'no']),
  }),
  'mobile-stop.scheduled': fc.record({
    on: dateText,
    route: fc.constant('A'),
    stop: fc.constantFrom('Village hall', 'School'),
    day: fc.constantFrom('monday', 'friday'),
    arrival: fc.constant('09:30'),
    departure: fc.constant('10:00'),
    frequency: fc.constant('FREQ=WEEKLY;INTERVAL=2'),
  }),
  'action.reported': fc.record({
    on: dateText,
    action: fc.constantFrom('apa01', 'apa02'),
    group: fc.constant('priority action'),
    title: fc.constant('Set baselines'),
    status: fc.constantFrom('achieved', 'partly'),
    statusAsStated: fc.constant('Yes'),
    outcomes: fc.subarray(['cultural-enrichment', 'healthier-lives']),
  }),
  'place.described': fc.record({
    on: dateText,
    name: fc.constantFrom('City Library', 'Walker'),
    level: fc.constantFrom('service-point', 'authority'),
  }),
  'place.succeeded': fc.record({
    on: dateText,
    by: fc.constant(['E06000063', 'E06000064']),
    change: fc.constant('split'),
  }),
  'reference.deprivation': fc.record({
    on: dateText,
    index: fc.constant('imd-2015'),
    domain: fc.constantFrom('multiple', 'income'),
    meanDecile: fc.integer({ min: 10, max: 100 }).map((n) => n / 10),
    source: fc.constant('Indices of deprivation'),
  }),
  'reference.neighbours': fc.record({
    on: dateText,
    neighbours: fc.constant(['E08000018', 'E06000003']),
    source: fc.constant('Nearest neighbours model'),
  }),
};
const MOMENTS = new Set<FactKind>([
  'loan.issued',
  'loan.renewed',
  'digital-session.ended',
  'challenge.joined',
  'challenge.completed',
  'bipc.support-given',
  'bipc.business-created',
  'activity.held',
  'service-point.status',
]);

/** A session is timed by a moment or by its day, and by one of them only. */
const hasTime = (kind: FactKind, data: object): boolean =>
  MOMENTS.has(kind) && !(kind === 'activity.held' && (data as { on?: string }).on !== undefined);

const clean = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const factBody = (kinds: readonly FactKind[] = FACT_KINDS): fc.Arbitrary<FactBody> =>
  fc
    .constantFrom(...kinds)
    .chain((kind) =>
      fc
        .tuple(DATA[kind], fc.constantFrom(...placesOf(kind)), time)
        .map(
          ([data, subject, t]) =>
            clean({ type: typeOf(kind), subject, data, ...(hasTime(kind, data) ? { time: t } : {}) }) as FactBody,
        ),
    );

/** A log with amendments of earlier, later and unknown events, and of amendments. Every event follows its contract. */
export const events = (kinds: readonly FactKind[] = FACT_KINDS, maxLength = 60): fc.Arbitrary<ActivityEvent[]> =>
  fc
    .array(
      fc.tuple(
        factBody(kinds),
        fc.constantFrom(...SOURCES),
        fc.option(fc.tuple(fc.nat({ max: maxLength + 2 }), fc.boolean(), time), { freq: 8, nil: null }),
      ),
      { minLength: 3, maxLength, size: 'max' },
    )
    .map((drafts) =>
      drafts.map(([body, source, amends], i) => {
        const envelope = { specversion: '1.0' as const, id: `e${i}`, source };
        if (amends === null) return { ...envelope, ...body };
        const [target, retracts, at] = amends;
        const common = {
          target: { source: drafts[target]?.[1] ?? 'urn:library:a', id: `e${target}` },
          by: 'data-officer' as const,
          why: 'miscounted' as const,
        };
        return retracts
          ? { ...envelope, type: typeOf('fact.retracted'), time: at, data: common }
          : { ...envelope, type: typeOf('fact.corrected'), time: at, data: { ...common, replacement: body } };
      }),
    )
    .map((list) => list.map((event) => activityEvent.parse(event)));

const COUNTS = [
  'visits.counted',
  'loans.counted',
  'digital-sessions.counted',
  'loan.issued',
  'loan.renewed',
  'digital-session.ended',
  'activity.held',
  'activities.counted',
  'enquiries.counted',
  'survey.answered',
] as const;
const PEOPLE = ['challenge.joined', 'challenge.completed', 'bipc.support-given', 'loan.issued'] as const;

const CUTS: readonly Partial<Record<Dimension, string[]>>[] = [
  { format: ['physical-book', 'e-book'] },
  { channel: ['wifi'] },
  { contentAge: ['under-12'] },
  { site: ['library-only'] },
];
/** The same fold, perhaps with one of the cuts that the kinds it reads can have. */
const cut = <T extends { of: FactKind[] }>(fold: fc.Arbitrary<T>): fc.Arbitrary<T & { where?: object | undefined }> =>
  fold.chain((given) => {
    const possible = CUTS.filter(
      (where) => impossibleCuts({ measure: { count: { of: given.of, where } }, breakdowns: [] }).length === 0,
    );
    return fc.constantFrom(undefined, ...possible).map((where) => ({ ...given, where }));
  });
const WITH_HOURS: FactKind[] = ['digital-session.ended', 'digital-sessions.counted'];
const sum = cut(
  fc.constantFrom('quantity', 'hours').chain((field) =>
    fc.record({
      of: fc.subarray<FactKind>(field === 'hours' ? WITH_HOURS : [...COUNTS], { minLength: 1 }),
      field: fc.constant(field),
    }),
  ),
);
const count = cut(fc.record({ of: fc.subarray<FactKind>([...new Set([...COUNTS, ...PEOPLE])], { minLength: 1 }) }));
const single = fc.oneof(
  { weight: 4, arbitrary: sum.map((s) => ({ sum: s })) },
  { weight: 1, arbitrary: count.map((c) => ({ count: c })) },
  { weight: 2, arbitrary: fc.record({ of: fc.subarray([...PEOPLE], { minLength: 1 }) }).map((d) => ({ distinct: d })) },
);
const latest = fc
  .constantFrom(['yes'], ['yes', 'no'], ['no'])
  .map((wifi) => ({ latest: { of: ['service-point.status'], where: { open: ['open'], wifi } } }));
const population = fc.constantFrom('all', '0-11').map((ages) => ({ population: { ages } }));
const per = fc.constantFrom(1, 100, 1000);

const BREAKDOWNS: readonly Dimension[] = ['format', 'contentAge', 'channel', 'site', 'ageBand'];

/** Valid definitions of every shape that a plan can have. */
export const definitions: fc.Arbitrary<Definition> = fc
  .record({
    measure: fc.oneof(
      { weight: 4, arbitrary: single },
      { weight: 1, arbitrary: latest },
      {
        weight: 2,
        arbitrary: fc
          .tuple(single, fc.oneof(single, population), per)
          .map(([numerator, denominator, p]) => ({ ratio: { numerator, denominator, per: p } })),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(latest, fc.oneof(latest, population), per)
          .map(([numerator, denominator, p]) => ({ ratio: { numerator, denominator, per: p } })),
      },
    ),
    published: maybe(
      fc.constantFrom({ statistic: 'visits' }, { statistic: 'adults-who-used-a-library', prefer: ['PF2'] }),
    ),
    coverage: fc.boolean(),
    chooseOne: fc.boolean(),
    places: fc.subarray(['service-point', 'authority', 'nation'] as const, { minLength: 1 }),
    granularities: fc.subarray(['month', 'quarter', 'half-year', 'financial-year'] as const, { minLength: 1 }),
    /** Which of the breakdowns that the measure can have. */
    cuts: fc.array(fc.nat({ max: 59 }), { maxLength: 2 }),
  })
  .map(({ measure, coverage, chooseOne, places, cuts, ...rest }) => {
    const numerator = 'ratio' in measure ? measure.ratio.numerator : measure;
    const denominator = 'ratio' in measure ? measure.ratio.denominator : null;
    const people = denominator !== null && 'population' in denominator;
    const possible = BREAKDOWNS.filter(
      (dimension) =>
        !('latest' in numerator) &&
        impossibleCuts({ measure: measure as Definition['measure'], breakdowns: [dimension] }).length === 0,
    );
    const areas = places.filter((level) => !people || level !== 'service-point');
    return definitionSchema.parse(
      clean({
        ...rest,
        id: 'generated',
        version: 1,
        title: 'A generated indicator',
        question: 'What does the generator come up with?',
        outcome: 'stronger-communities',
        unit: { label: 'things', decimals: 1 },
        direction: 'up',
        evidence: 'count',
        measure,
        coverage: coverage && ('sum' in numerator || 'count' in numerator) ? 'service-point-months' : 'none',
        overlap: chooseOne && 'sum' in numerator && (denominator === null || people) ? 'choose-one' : 'add',
        places: areas.length === 0 ? ['authority'] : areas,
        breakdowns: [...new Set(possible.length === 0 ? [] : cuts.map((n) => possible[n % possible.length]))],
      }),
    );
  });

/** A definition and a log that has mostly the kinds of event it reads. */
export const cases = definitions.chain((definition) => {
  const { measure } = planIndicator(definition);
  const read = new Set<FactKind>(definition.published === undefined ? [] : ['figure.published']);
  for (const part of [measure?.numerator, measure?.denominator]) {
    if (part?.fold === 'population') read.add('reference.population');
    else if (part?.fold === 'latest') read.add('service-point.status');
    else for (const kind of part?.kinds ?? []) read.add(kind);
  }
  return fc.tuple(
    fc.constant(definition),
    fc.oneof({ weight: 9, arbitrary: events([...read]) }, { weight: 1, arbitrary: events() }),
  );
});
