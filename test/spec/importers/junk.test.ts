/** Whatever a table holds, an importer neither throws nor gives an event that breaks its contract. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent } from '../../../contracts/activityEvent.ts';
import { mappingOf } from '../../../src/files/readMapping.ts';
import type { Importer, ImportOptions, Table } from '../../../src/importers/importer.ts';
import { IMPORTERS } from '../../../src/importers/importers.ts';
import { deliveredReadings } from '../../support/deliveredReadings.ts';
import { readWith } from './importing.ts';

const MONTH_COLUMNS = [
  'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'january', 'february', 'march',
].map((month) => `wifi_sessions_${month}`); // prettier-ignore

/** Columns of single years of age, the last of them open: each holds the same, so that they can add up. */
const AGES = [...Array.from({ length: 18 }, (_, age) => `${age}`), '18+'];

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
  'Count date': ['2019-12-28', '2018-10-23'],
  'Event date': ['2019-12-28', '2018-10-23', '2018-10-24'],
  Name: ['Rhyme time', 'Code club', ''],
  'Main outcome': ['Greater prosperity', 'Healthier and happier lives'],
  'Secondary outcome': ['', 'Greater prosperity'],
  Attendees: ['0', '5', '12'],
  Items: ['5', '120', '767'],
  'Area code': ['E01014382', 'E01014383', 'Unknown'],
  Members: ['5', '120', 'x'],
  Statutory: ['Yes', 'No'],
  'Type of library': ['LAL', 'LAL-', 'ICL'],
  'Year opened': ['', '1991'],
  'Year closed': ['', '', '2017'],
  'Monday staffed hours': ['', '09:00-17:00'],
  'Monday unstaffed hours': ['', '07:00-09:00,17:00-20:00'],
  Postcode: ['BA1 1RG'],
  'Email address': ['', 'library@example.org'],
  organisation: ['E08000021', 'Newcastle'],
  mobile: ['Mobile', 'North'],
  route: ['A', 'B'],
  community: ['', 'Withypool'],
  stop: ['School', 'Village hall', 'Inn'],
  geox: ['', '-3.47537'],
  geoy: ['', '51.064823'],
  day: ['Monday', 'Tuesday'],
  type: ['Public', 'Private', 'Other'],
  arrival: ['09:20', '9:30'],
  departure: ['10:00', '10:15:00'],
  frequency: ['FREQ=WEEKLY;INTERVAL=2', 'FREQ=MONTHLY;BYDAY=2MO'],
  start: ['2019-01-21', '2019-11-12'],
  end: ['', '2030-01-01'],
  exceptions: ['', '2019-12-25,2019-12-26'],
  registered_authority: ['E08000021', 'Newcastle'],
  registered_library: ['City', 'Kenton', 'Fenham'],
  ward_code: ['E05001935', 'E05001936', ''],
  lsoa_code: ['E01014382', 'E01014383', ''],
  users: ['5', '120', '*'],
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
  datetime: ['2019-05-01 10:15:00', '2019-10-27 01:30:00', '2019-05-01T10:15:00.5+01:00'],
  branch: ['CPL', 'City', '14'],
  'Transaction type': ['issue', 'renew', 'return', 'payment'],
  itemtype: ['BK', 'DVD', 'Adult fiction', 'ZZ'],
  borrowernumber: ['51', '730211', ''],
  id: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
  usr: ['88', '88001', ''],
  circ_lib: ['CPL', 'City'],
  xact_start: ['2019-05-01 10:15:00+01', '2019-05-01 10:15:00.123456+00'],
  desk_renewal: ['t', 'f', 'f'],
  opac_renewal: ['f', 'f', 't'],
  loanDate: ['2019-05-01T10:15:00.000+00:00', '2019-05-01T10:15:00Z'],
  checkoutServicePointId: ['desk', 'City'],
  userId: ['47f7eaea-1a18-4058-907c-62b7d095c61b', ''],
  renewalCount: ['0', '', '3'],
  date: ['17/03/2016 09:31', '18/03/2016 09:31'],
  issuedate: ['17/03/2016 09:31', '18/03/2016 09:31', ''],
  'stock area': ['ADULT FICTION', 'JUNIOR FICTION', 'LOCAL'],
  unixtime: ['1546300800', '1546304400', '1546308000', '300'],
  timestamp: ['2019-01-01 00:00', '2019-01-01 01:00', '2019-01-01 23:30', '2019-01-02 00:00'],
  hostname: ['front', 'back'],
  device: ['front', 'back'],
  direction: ['in', 'out', 'both'],
  total: ['0', '5', '65530', '12'],
  seq: ['1', '2', '3', '9'],
  in: ['0', '5', '12'],
  out: ['0', '4', '12'],
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
  Code: ['E08000021', 'E08000037', 'E06000001', 'E12000001'],
  'All ages': ['190'],
  ...Object.fromEntries(AGES.map((age) => [age, ['10']])),
  'Neighbour 1': ['E09000001', 'E09000002'],
  'Neighbour 2': ['E09000003', ''],
  'local-authority-code': ['A', 'B', 'C'],
  'nice-name': ['Old', 'New'],
  'gss-code': ['E08000021', 'E08000037', 'E06000001', ''],
  'start-date': ['', '1974-04-01', '2020-04-01'],
  'end-date': ['', '2020-03-31', '2020-04-01'],
  'replaced-by': ['', 'A', 'B', 'A,B'],
  'GSS code': ['E08000021', 'E08000037', 'E06000001'],
  multiple: ['1', '3.932'],
  income: ['', '4.1'],
  health: ['2.673', '11'],
  'Reporting service code': ['E08000021', 'E08000037'],
  'Library type': ['Static Library', 'Archive', 'Mobile Library'],
  'Statutory in 2020': ['Yes', 'no', ''],
  'Operation in 2020': ['LA', 'C', 'CR', ''],
  'Hours open per week': ['', '37', '18.5'],
  'No of PCs': ['', '8', '90'],
  'Wi-Fi Provision': ['', 'Public Wi-Fi'],
  Latitude: ['', '54.9'],
  Longitude: ['', '-1.6'],
  '2018': ['', '0', '45', 'closed'],
  '2019': ['', '18.5', '45', 'closed'],
  Year: ['2012', '2013', '2019'],
  BranchCode: ['AB', 'AC', 'AD'],
  PhysicalBranch: ['1', '1', '0'],
  BranchName: ['Albion', 'Annex'],
  Workstations: ['', '8', '38'],
  enquiries: ['', '0', '5', '31'],
  sessions: ['', '0%', '39%', '40%'],
  'Online Resource': ['Ancestry', 'COBRA', 'Onesource / Avention', 'OED'],
  'May-19': ['', '0', '5', 'N/A', 'April is of 12 months'],
  'Jun-19': ['', '0', '144'],
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
  ['Local authority', 'Library name', 'Event date', 'Name', 'Main outcome', 'Secondary outcome', 'Attendees'],
  ['Local authority', 'Library name', 'Count date', 'Type', 'Items'],
  ['Local authority', 'Count date', 'Area code', 'Members'],
  [
    'Local authority',
    'Library name',
    'Postcode',
    'Statutory',
    'Type of library',
    'Year opened',
    'Year closed',
    'Monday staffed hours',
    'Monday unstaffed hours',
    'Email address',
  ],
  [
    'organisation',
    'mobile',
    'route',
    'community',
    'stop',
    'geox',
    'geoy',
    'day',
    'type',
    'arrival',
    'departure',
    'frequency',
    'start',
    'end',
    'exceptions',
  ],
  ['registered_authority', 'registered_library', 'ward_code', 'lsoa_code', 'users'],
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
  ['Code', 'All ages', ...AGES],
  ['Code', 'Neighbour 1', 'Neighbour 2'],
  ['local-authority-code', 'nice-name', 'gss-code', 'start-date', 'end-date', 'replaced-by'],
  ['GSS code', 'multiple', 'income', 'health'],
  [
    'Reporting service code',
    'Library name',
    'Library type',
    'Statutory in 2020',
    'Operation in 2020',
    'Year closed',
    'Hours open per week',
  ],
  ['Library', 'Type', 'No of PCs', 'Wi-Fi Provision', 'Latitude', 'Longitude'],
  ['Library', '2018', '2019'],
  ['Year', 'BranchCode', 'Visits'],
  ['BranchCode', 'PhysicalBranch', 'BranchName', 'Workstations'],
  ['Library', 'Month', 'enquiries', 'Visits', 'sessions'],
  ['Online Resource', 'May-19', 'Jun-19', 'Jul-19'],
  ['Library', '2019-04', '2019-05', '2019-06', '2019-6'],
  ['Library', '2019-04', '2019-05', '2019-06'],
  ['datetime', 'branch', 'Transaction type', 'itemtype', 'borrowernumber'],
  ['id', 'usr', 'circ_lib', 'xact_start', 'desk_renewal', 'opac_renewal'],
  ['loanDate', 'checkoutServicePointId', 'userId', 'renewalCount'],
  ['date', 'issuedate', 'branch', 'stock area'],
  ['unixtime', 'hostname', 'direction', 'total', 'seq'],
  ['timestamp', 'device', 'in', 'out'],
];

/** Headers for an importer: mostly those that it recognises. */
const headersFor = (importer: Importer) => {
  const own =
    importer.format === 'mapped'
      ? [['Branch', 'Day', 'In']]
      : LAYOUTS.filter((header) => sureOf(importer, { header, rows: [] }, {}, 'visits-hours.csv') > 0.5);
  const layouts = own.length > 0 ? own : LAYOUTS;
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...layouts) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...layouts)
        .chain((layout) => fc.shuffledSubarray(layout, { minLength: layout.length - 1 })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...LAYOUTS) },
    { weight: 1, arbitrary: fc.array(fc.oneof(fc.constantFrom(...NAMES), fc.string()), { maxLength: 8 }) },
  );
};
const sureOf = (importer: Importer, { header, rows }: Table, given: ImportOptions, fileName: string): number =>
  importer.reads === 'document'
    ? 0
    : importer.recognises({ header, rows: rows.slice(0, 20), fileName, options: given });

const junk = fc.oneof(fc.constantFrom(...JUNK), fc.string({ unit: 'grapheme', maxLength: 40 }));
const cellUnder = (label: string) =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...((Object.hasOwn(SOUND, label) ? SOUND[label] : undefined) ?? JUNK)) },
    { weight: 1, arbitrary: junk },
  );
const tableFor = (importer: Importer) =>
  headersFor(importer).chain((labels) =>
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
    libraries: fc.constantFrom({ front: 'city', back: 'city' }, { CPL: 'city', 14: 'x y', City: '??' }),
    pseudonymOf: fc.constantFrom(
      () => null,
      () => '0'.repeat(32),
    ),
    readings: fc.constant(deliveredReadings),
    countsBothWays: fc.boolean(),
    period: fc.constantFrom('2019-04-01/P1Y', '2019-04-01/P1Y', '2019-04-01/P3M'),
    on: fc.constantFrom('2020-01-01', '2020-01-01', '2020-01-01', '2020-02-30'),
    mapping: fc.constant(MAPPING),
  },
  { requiredKeys: ['authority', 'period', 'on'] },
);

const RUNS = Number(process.env['FC_RUNS'] ?? 500);
const sha256 = '0123456789abcdef'.repeat(4);

/** Formats whose files are no flat tables, or are told by their names, have junk of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'counter-table',
  'counter-json',
  'folio-loans',
  'library-authorities',
  'monthly-computer-use',
  'monthly-wifi-users',
]);
/** Formats in which a few rows say nothing yet: a whole day of readings is asked for. */
const OF_MANY_ROWS: ReadonlySet<string> = new Set(['people-counter-totals', 'people-counter-intervals']);
/** Formats whose rows have an identifier: one that a file gives twice is one event, and the log refuses the second. */
const WITH_OWN_IDS: ReadonlySet<string> = new Set(['evergreen-circulation', 'folio-loans-csv']);
const FLAT = IMPORTERS.filter(({ format }) => !ELSEWHERE.has(format));

describe.each(FLAT.map((importer) => [importer.format, importer] as const))('%s', (_, importer) => {
  it('never throws, never breaks the contract, and never gives two events one identity', () => {
    let fruitful = 0;
    fc.assert(
      fc.property(tableFor(importer), options, fc.constantFrom('visits.csv', 'x'), (tableOf, optionsOf, fileName) => {
        const sure = sureOf(importer, tableOf, optionsOf, fileName);
        expect(sure >= 0 && sure <= 1).toBe(true);
        if (importer.reads === 'document') return;
        const { events, findings } = readWith(importer, { fileName, sha256, options: optionsOf }, tableOf);
        for (const event of events) activityEvent.parse(event);
        if (events.length > 0) fruitful += 1;
        const identities = new Set(events.map(({ source, id }) => `${source} ${id}`));
        if (!WITH_OWN_IDS.has(importer.format)) expect(identities.size).toBe(events.length);
        for (const finding of findings) {
          expect(finding.row).toBeGreaterThan(0);
          expect(finding.expected).not.toBe('');
        }
      }),
      { numRuns: RUNS, seed: 20_240_901 },
    );
    // Tables from which nothing can be imported would test nothing; of a form whose every line has its words few can be.
    if (!OF_MANY_ROWS.has(importer.format)) expect(fruitful).toBeGreaterThan(RUNS / 200);
  });
});
