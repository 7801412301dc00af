/** Whatever a table holds, an importer neither throws nor gives an event that breaks its contract. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent } from '../../../contracts/activityEvent.ts';
import { mappingOf } from '../../../src/files/readMapping.ts';
import { IMPORTERS } from '../../../src/importers/importers.ts';
import { readWith } from './importing.ts';

const MONTH_COLUMNS = [
  'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'january', 'february', 'march',
].map((month) => `wifi_sessions_${month}`); // prettier-ignore

/** Cells that belong under each header; together with the junk below they make tables that are nearly right. */
const SOUND: Readonly<Record<string, readonly string[]>> = {
  action_id: ['A1', 'A2', 'A3'],
  group: ['a plan', 'a challenge'],
  title: ['A toolkit', 'A campaign'],
  status: ['achieved', 'partly', 'not achieved'],
  status_as_stated: ['Yes', 'No/Ongoing', ''],
  outcomes: ['', '1;2', '7'],
  owner: ['', 'Arts Council'],
  note: ['', 'take-up low'],
  'Survey type': ['Immediate', 'Follow-up'],
  'I learned something': ['Agree', 'Disagree', ''],
  'I feel more confident': ['Agree', 'Strongly agree', ''],
  'Did you enjoy it?': ['Yes', 'No', ''],
  'How confident were you before?': ['Confident', 'Very confident', ''],
  'How confident are you after?': ['Confident', 'Very confident', ''],
  Branch: ['14', 'Kenton', 'city'],
  Day: ['03/04/2019', '04/04/2019', '05/04/2019'],
  In: ['5', '1,234', 'closed'],
  'Local authority': ['E08000021', 'Newcastle'],
  'Library name': ['City', 'Kenton', 'Fenham', 'St. Mary’s'],
  Library: ['City', 'Kenton', 'Fenham', 'Walker'],
  'Count start': ['2019-02-01', '2019-02-11', '2019-04-01'],
  'Count end': ['2019-02-28', '2019-02-17', '2019-06-30'],
  'Count type': ['Automatic', 'Manual (daily)', 'Manual (one week every quarter)'],
  Visits: ['5', '120', '767'],
  Month: ['2019-04', '2019-5', '2020-12'],
  Type: ['Adult fiction', 'DVD', 'Graphic novels'],
  Loans: ['5', '0', '23'],
  figure_id: ['PF001', 'PF002', 'PF003', 'PF004'],
  indicator: ['book loans', 'visits', 'a share of people who said that their reading had become better by mid-way'],
  scope: ['England', 'UK', 'Norfolk', 'GOV.UK'],
  period_start: ['2016-04-01', '2016'],
  period_end: ['2017-03-31', '2018'],
  value: ['5', '33.4', '-8'],
  unit: ['percent', 'loans'],
  source: ['GOV.UK report', 'a survey'],
  n: ['', '59'],
  low: ['', '-20'],
  high: ['', '90'],
  survey: ['', 'yes'],
  authority: ['E08000021', 'Newcastle', 'E08000002'],
  Authority: ['E08000021', 'Newcastle', 'E08000002'],
  Location: ['Library', 'Shared building'],
  Format: ['Physical book', 'Eaudio'],
  'Content age group': ['Adult', 'Unknown'],
  Period: ['2019-04-01/P1M', '2019-05-01/P1M', '2019-07-01/P3M'],
  Count: ['5', '0', '120'],
  Line: ['67', '68', '22', '23', '15'],
  Description: ['Volunteers', 'Total service points'],
  '2018-19': ['', '12', '..'],
  '2019-20': ['', '12', '12.5', '..'],
  ...Object.fromEntries(MONTH_COLUMNS.map((header) => [header, ['', '0', '5', '1226']])),
  '2019-04': ['', '0', '5', '5'],
  '2019-05': ['', '0', '5', '5'],
  '2019-06': ['', '5', '1226'],
  '2019-6': ['', '5', '1226'],
};
const JUNK = [
  '', ' ', ' '.repeat(200), '0', '1,234', '-1', '1.5', '1e999', '12345678901234567890', 'closed', 'Total', 'city', 'É', '??',
  'x'.repeat(500), 'X00000001', '2019-02-30', '31/12/2019', '0000-01-01', '2099-12-31', '1970', '2020-13', '__proto__',
  'constructor', '-999999999999.999', '"', '\n', '\u0000', '\ud800',
]; // prettier-ignore

const NAMES = Object.keys(SOUND);
const LAYOUTS = [
  ['action_id', 'group', 'title', 'status', 'status_as_stated', 'outcomes', 'owner', 'note'],
  ['Survey type', 'Library', 'I learned something', 'I feel more confident'],
  ['Did you enjoy it?', 'How confident were you before?', 'How confident are you after?', 'Library'],
  ['Branch', 'Day', 'In'],
  ['Local authority', 'Library name', 'Count start', 'Count end', 'Count type', 'Visits'],
  ['Local authority', 'Library name', 'Month', 'Type', 'Loans'],
  [
    'figure_id',
    'indicator',
    'scope',
    'period_start',
    'period_end',
    'value',
    'unit',
    'source',
    'n',
    'low',
    'high',
    'survey',
  ],
  ['authority', ...MONTH_COLUMNS],
  ['Line', 'Description', '2018-19', '2019-20'],
  ['Authority', 'Location', 'Period', 'Count'],
  ['Authority', 'Format', 'Content age group', 'Period', 'Count'],
  ['Library', '2019-04', '2019-05', '2019-06', '2019-6'],
  ['Library', '2019-04', '2019-05', '2019-06'],
];

const header = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LAYOUTS) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...LAYOUTS)
      .chain((layout) => fc.shuffledSubarray(layout, { minLength: layout.length - 1 })),
  },
  { weight: 1, arbitrary: fc.array(fc.oneof(fc.constantFrom(...NAMES), fc.string()), { maxLength: 8 }) },
);
const junk = fc.oneof(fc.constantFrom(...JUNK), fc.string({ unit: 'grapheme', maxLength: 40 }));
const cellUnder = (label: string) =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...((Object.hasOwn(SOUND, label) ? SOUND[label] : undefined) ?? JUNK)) },
    { weight: 1, arbitrary: junk },
  );
const table = header.chain((labels) =>
  fc.record({
    header: fc.constant(labels),
    rows: fc
      .array(
        fc.oneof(
          { weight: 15, arbitrary: fc.tuple(...labels.map(cellUnder)) },
          { weight: 1, arbitrary: fc.array(junk, { maxLength: 9 }) },
          { weight: 1, arbitrary: fc.constant(labels) },
        ),
        { maxLength: 6 },
      )
      .map((rows) => rows.map((cells, i) => ({ row: i + 2, cells }))),
  }),
);
const MAPPING = mappingOf(
  `
feed: gates
kind: visits.counted
library: { column: Branch, as: name, places: { '14': city } }
when: { day: { column: Day, written: DD/MM/YYYY } }
number: { column: In, field: count, thousands: ',', missing: { closed: not-open } }
with: { method: manual }`,
  'gates.yaml',
);
const options = fc.record(
  {
    authority: fc.constantFrom('E08000021', 'E08000021', 'E08000021', 'nonsense'),
    authorities: fc.constantFrom({ Newcastle: 'E08000021', City: 'not a code' }),
    measure: fc.constant('visits' as const),
    zero: fc.constantFrom('closed' as const, 'count' as const),
    period: fc.constantFrom('2019-04-01/P1Y', '2019-04-01/P1Y', '2019-04-01/P3M'),
    on: fc.constantFrom('2020-01-01', '2020-01-01', '2020-01-01', '2020-02-30'),
    mapping: fc.constant(MAPPING),
  },
  { requiredKeys: ['authority', 'period', 'on'] },
);

const RUNS = Number(process.env['FC_RUNS'] ?? 500);
const sha256 = '0123456789abcdef'.repeat(4);

/** Formats whose files are no flat tables have junk of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['counter-table', 'counter-json']);
const FLAT = IMPORTERS.filter(({ format }) => !ELSEWHERE.has(format));

describe.each(FLAT.map((importer) => [importer.format, importer] as const))('%s', (_, importer) => {
  it('never throws, never breaks the contract, and never gives two events one identity', () => {
    let fruitful = 0;
    fc.assert(
      fc.property(table, options, fc.constantFrom('visits.csv', 'x'), (tableOf, optionsOf, fileName) => {
        const sure =
          importer.reads === 'document'
            ? 0
            : importer.recognises({
                header: tableOf.header,
                rows: tableOf.rows.slice(0, 20),
                fileName,
                options: optionsOf,
              });
        expect(sure >= 0 && sure <= 1).toBe(true);
        if (importer.reads === 'document') return;
        const { events, findings } = readWith(importer, { fileName, sha256, options: optionsOf }, tableOf);
        for (const event of events) activityEvent.parse(event);
        if (events.length > 0) fruitful += 1;
        expect(new Set(events.map(({ source, id }) => `${source} ${id}`)).size).toBe(events.length);
        for (const finding of findings) {
          expect(finding.row).toBeGreaterThan(0);
          expect(finding.expected).not.toBe('');
        }
      }),
      { numRuns: RUNS, seed: 20_240_901 },
    );
    // Tables from which nothing can be imported would test nothing. One layout of many is this importer's.
    expect(fruitful).toBeGreaterThan(RUNS / 100);
  });
});
