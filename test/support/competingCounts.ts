/** Visits of few places and months by several sources, in windows that overlap: where only one count of a time may stand. */
import fc from 'fast-check';
import { activityEvent, typeOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { definitionSchema } from '../../contracts/definition.ts';

export const CITY = 'E08000021/city';
export const BYKER = 'E08000021/byker';
export const WHOLE = 'E08000021';

/** Place, window, count, and where it matters method, source and kind of site. */
export type Count = readonly [
  place: string,
  window: string,
  count: number | 'not-open',
  method?: string,
  source?: string,
  site?: string,
];

export const eventsOf = (counts: readonly Count[]): ActivityEvent[] =>
  counts.map(([subject, window, count, method = 'manual', source = 'urn:library:a', site], i) =>
    activityEvent.parse({
      specversion: '1.0',
      id: `e${i}`,
      source,
      type: typeOf('visits.counted'),
      subject,
      data: { window, method, ...(count === 'not-open' ? { absent: count } : { count }), ...(site && { site }) },
    }),
  );

/** Visits of which one count of a place and time is taken. */
export const oneCount = definitionSchema.parse({
  id: 'visits',
  version: 1,
  title: 'Visits',
  question: 'How many visits are there?',
  outcome: 'stronger-communities',
  unit: { label: 'visits', decimals: 0 },
  direction: 'up',
  evidence: 'count',
  measure: { sum: { of: ['visits.counted'], field: 'quantity' } },
  coverage: 'service-point-months',
  overlap: 'choose-one',
  places: ['service-point', 'authority'],
  granularities: ['month', 'quarter', 'financial-year'],
  breakdowns: ['site'],
});

const window = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('07', '08'),
        fc.constantFrom('01', '02', '08', '11', '15'),
        fc.constantFrom('P1D', 'P7D', 'P10D', 'P14D'),
      )
      .map(([month, date, days]) => `2022-${month}-${date}/${days}`),
  },
  { weight: 2, arbitrary: fc.constantFrom('2022-07-01/P1M', '2022-08-01/P1M', '2022-07-01/P3M') },
  { weight: 1, arbitrary: fc.constantFrom('2022-07-17/P15D', '2022-08-15/P17D', '2022-07-01/P16D') },
);

export const competingCounts: fc.Arbitrary<Count[]> = fc.array(
  fc
    .record({
      place: fc.constantFrom(CITY, CITY, BYKER, WHOLE),
      window,
      count: fc.oneof(
        { weight: 9, arbitrary: fc.nat({ max: 900 }) },
        { weight: 1, arbitrary: fc.constant('not-open' as const) },
      ),
      method: fc.constantFrom('manual', 'automatic-counter', 'estimate', 'sample-week'),
      source: fc.constantFrom('urn:library:a', 'urn:library:b'),
      site: fc.constantFrom('library-only', 'co-located'),
    })
    .map(({ place, window: of, count, method, source, site }): Count => {
      const isWeek = of.endsWith('P7D');
      return [place, of, count, method === 'sample-week' && !isWeek ? 'manual' : method, source, site];
    }),
  { minLength: 1, maxLength: 14 },
);
