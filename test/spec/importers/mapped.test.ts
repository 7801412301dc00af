/** A layout that no format knows, by a mapping: what is read, what is refused, and nothing that is guessed. */
import { describe, expect, it } from 'vitest';
import { mappingOf } from '../../../src/files/readMapping.ts';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { mapped } from '../../../src/importers/mapped/mapped.ts';
import { keysSeen } from '../../../src/importers/table/keysSeen.ts';
import { dateReader } from '../../../src/importers/table/writtenDate.ts';
import { writtenNumber } from '../../../src/importers/table/writtenNumber.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { detectFormat, importText, lines, refusals, withCode } from './importing.ts';

const GATES = `
feed: gate-counts
kind: visits.counted
authority: { column: Service, names: { Newcastle City Council: E08000021 } }
library: { column: Branch, as: name, places: { '14': city } }
when: { day: { column: Date, written: DD/MM/YYYY } }
number:
  column: Count
  field: count
  thousands: ','
  missing: { '': not-reported, closed: not-open, x: suppressed }
with:
  method: automatic-counter
  site: { column: Building, words: { L: library-only, S: co-located, '': null } }
leaveOut:
  - { column: Note, is: [TEST], why: tests of the counter }
`;
const HEADER = 'Service,Branch,Date,Count,Building,Note';
const options = (yaml: string, more: ImportOptions = {}): ImportOptions => ({
  ...more,
  mapping: mappingOf(yaml, 'gates.yaml'),
});
const gates = (rows: string, more: ImportOptions = {}): ImportResult =>
  importText(mapped, `${HEADER}\n${rows.trim()}`, options(GATES, more));

/** The faults of a mapping: `4:7 is no field of …`. */
function faultsOf(yaml: string): string[] {
  try {
    mappingOf(yaml, 'm.yaml');
  } catch (error) {
    if (error instanceof LedgerError) return (error.faults ?? []).map(({ line, column, message }) => `${line}:${column} ${message}`); // prettier-ignore
  }
  return [];
}

describe('rows of a mapped file', () => {
  it('become what the mapping says, with the cell as it was written', () => {
    const { events, findings } = gates(`
      E08000021,Kenton,03/04/2019,"1,234",L,
      Newcastle City Council,14,04/04/2019,7,S,
      E08000021,Kenton,05/04/2019,,,
      E08000021,Kenton,06/04/2019,closed,L,
    `);
    expect(lines({ events, findings })).toEqual([
      'E08000021/kenton 2019-04-03/P1D 1234 automatic-counter',
      'E08000021/city 2019-04-04/P1D 7 automatic-counter',
      'E08000021/kenton 2019-04-05/P1D not-reported automatic-counter',
      'E08000021/kenton 2019-04-06/P1D not-open automatic-counter',
    ]);
    expect(events[0]).toMatchObject({
      source: 'urn:library:E08000021:mapped-gate-counts',
      data: { site: 'library-only', provenance: { row: 2, column: 'Count', raw: '1,234' } },
    });
    expect(events[2]?.data).not.toHaveProperty('site');
  });

  it('tell which mapping read them', () => {
    const [used] = withCode(gates('E08000021,Kenton,03/04/2019,1,L,'), 'mapping-used');
    expect(used?.found).toMatch(/^gate-counts, SHA-256 [0-9a-f]{64}$/);
  });

  it.each([
    ['E08000021,Kenton,2019-04-03,1,L,', 'r2 Date not-a-date'],
    ['E08000021,Kenton,31/02/2019,1,L,', 'r2 Date not-a-date'],
    ['E08000021,Kenton,04/13/2019,1,L,', 'r2 Date not-a-date'],
    ['E08000021,Kenton,3/4/2019,1,L,', 'r2 Date not-a-date'],
    ['E08000021,Kenton,,1,L,', 'r2 Date value-missing'],
    ['E08000021,Kenton,03/04/2019,1.234,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,"1,23",L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,-1,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,*,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,..,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,1e3,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,007,L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,"9,000,000,000",L,', 'r2 Count not-a-number'],
    ['E08000021,Kenton,03/04/2019,1,Q,', 'r2 Building category-unmapped'],
    ['E08000021,Total,03/04/2019,1,L,', 'r2 Branch totals-row'],
    ['E08000021,,03/04/2019,1,L,', 'r2 Branch value-missing'],
    ['E08000021,??,03/04/2019,1,L,', 'r2 Branch library-unusable'],
    ['Gateshead,Kenton,03/04/2019,1,L,', 'r2 Service authority-unknown'],
    ['E92000001,Kenton,03/04/2019,1,L,', 'r2 Service authority-unknown'],
    ['E08000021,Kenton,03/04/2019,1,234,L,', 'r2 * row-ragged'],
    [HEADER, 'r2 * row-repeats-header'],
  ])('%s is refused', (row, refusal) => {
    const result = gates(row);
    expect(refusals(result)).toEqual([refusal]);
    expect(result.events).toEqual([]);
  });

  it('are refused by authority where the option says another', () => {
    expect(refusals(gates('E08000021,Kenton,03/04/2019,1,L,', { authority: 'E08000037' }))).toEqual([
      'r2 Service authority-other',
    ]);
  });

  it('that are left out are told, with the rule and how many they are', () => {
    const result = gates('E08000021,Kenton,03/04/2019,999,L,TEST\nE08000021,Kenton,03/04/2019,nonsense,L,TEST');
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([]);
    expect(withCode(result, 'row-left-out').map(({ found, done }) => [found, done])).toEqual([
      ['TEST (and in 1 more row)', 'Left out: tests of the counter.'],
    ]);
  });

  it('with another word in every authority cell are refused, and not all kept in mind for that', () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => `Borough ${at},Kenton,03/04/2019,1,L,`);
    const found = withCode(gates([...rows, rows[0]].join('\n')), 'authority-unknown').map((finding) => finding.found);
    expect(found).toHaveLength(3_000);
    // The first of them are told once, with how often they stand there; the others row by row.
    expect(found).toContain('Borough 0 (and in 1 more row)');
    expect(found[0]).toBe('Borough 2000');
  });

  it('that count the same thing again are refused, whether they agree or not', () => {
    const row = 'E08000021,Kenton,03/04/2019';
    const result = gates(`${row},5,L,\n${row},5,L,\n${row},6,L,\n${row},6,S,`);
    expect(lines(result)).toHaveLength(2);
    expect(refusals(result)).toEqual(['r3 Count row-repeated', 'r4 Count row-contradicted']);
  });

  it('are the same in another order of columns, with other line ends and a byte order mark', () => {
    const plain = lines(gates('E08000021,Kenton,03/04/2019,"1,234",L,'));
    const other = importText(mapped, '\ufeffNote,COUNT,date,building,branch,service\r,"1,234",03/04/2019,L,Kenton,E08000021\r', options(GATES)); // prettier-ignore
    expect(lines(other)).toEqual(plain);
  });

  it('are not read where a column is renamed or stands twice, and columns without a word in the mapping are named', () => {
    const renamed = importText(mapped, 'Service,Branch,Day,Count,Building,Note\nE08000021,Kenton,03/04/2019,1,L,', options(GATES)); // prettier-ignore
    expect(refusals(renamed)).toEqual(['r1 Date column-missing']);
    expect(renamed.events).toEqual([]);
    const twice = importText(mapped, `${HEADER},count\nE08000021,Kenton,03/04/2019,1,L,,2`, options(GATES));
    expect(refusals(twice)).toEqual(['r1 Count column-repeated']);
    const more = importText(mapped, `${HEADER},Member of staff\nE08000021,Kenton,03/04/2019,1,L,,somebody`, options(GATES)); // prettier-ignore
    expect(withCode(more, 'column-unknown').map(({ cell }) => cell)).toEqual(['Member of staff']);
    expect(JSON.stringify(more)).not.toContain('somebody');
  });

  it('need a mapping, and it is taken before any format that the header looks like', () => {
    expect(refusals(importText(mapped, 'a\n1'))).toEqual(['r1 * option-unusable']);
    const header = ['Local authority', 'Library name', 'Month', 'Type', 'Loans'];
    expect(detectFormat(header, 'loans.csv', options(GATES))).toBe(mapped);
  });
});

describe('when something was', () => {
  const kind = (when: string, header: string, row: string, more: ImportOptions = {}): ImportResult =>
    importText(mapped, `${header},N\n${row},5`, options(`
feed: f
kind: visits.counted
authority: E08000021
${when}
number: { column: N, field: count }
with: { method: manual }`, more)); // prettier-ignore

  it.each([
    ['when: { week: { column: W, written: D MMM YYYY } }', 'W', '29 Apr 2019', '2019-04-29/P7D'],
    ['when: { month: { column: M, written: MMM YYYY } }', 'M', 'Apr 2019', '2019-04-01/P1M'],
    ['when: { month: { column: M, written: M/YY } }', 'M', '4/19', '2019-04-01/P1M'],
    ["when: { financialYear: { column: Y, written: '2023/24' } }", 'Y', '1999/00', '1999-04-01/P1Y'],
    ['when: { first: { column: A, written: D.M.YYYY }, last: { column: B, written: D.M.YYYY } }', 'A,B', '1.4.2019,30.6.2019', '2019-04-01/P3M'], // prettier-ignore
    ['when: { window: 2019-04-01/P1M }', 'X', '', '2019-04-01/P1M'],
    ['', 'X', '', '2018-04-01/P1Y'],
  ])('%s', (when, header, row, window) => {
    const result = kind(when, header, row, { period: '2018-04-01/P1Y' });
    expect(refusals(result)).toEqual([]);
    expect(lines(result)).toEqual([`E08000021 ${window} 5 manual`]);
  });

  it.each([
    ["when: { financialYear: { column: Y, written: '2023/24' } }", 'Y', '2019/21', 'r2 Y not-a-date'],
    ["when: { financialYear: { column: Y, written: '2023/24' } }", 'Y', '2019-20', 'r2 Y not-a-date'],
    ['when: { first: { column: A, written: D/M/YYYY }, last: { column: B, written: D/M/YYYY } }', 'A,B', '1/5/2019,30/4/2019', 'r2 B end-before-start'], // prettier-ignore
    ['when: { first: { column: A, written: D/M/YYYY }, last: { column: B, written: D/M/YYYY } }', 'A,B', '1/1/2019,31/12/2019', 'r2 B window-without-period'], // prettier-ignore
    ['', 'X', '', 'r1 * option-unusable'],
  ])('%s refuses %s', (when, header, row, refusal) => {
    expect(refusals(kind(when, header, row))).toEqual([refusal]);
  });

  it('a single event has the time of its cell in London, and a day alone its noon', () => {
    const loans = (written: string, cell: string): ImportResult =>
      importText(mapped, `At,T\n${cell},Book`, options(`
feed: loans
kind: loan.issued
authority: E08000021
when: { day: { column: At, written: '${written}' } }
with: { format: { column: T, words: { Book: physical-book } } }`)); // prettier-ignore
    expect(loans('DD/MM/YYYY hh:mm', '01/07/2019 00:30').events[0]?.time).toBe('2019-06-30T23:30:00Z');
    expect(loans('DD/MM/YYYY', '01/07/2019').events[0]?.time).toBe('2019-07-01T12:00:00Z');
    expect(refusals(loans('DD/MM/YYYY hh:mm', '31/03/2019 01:30'))).toEqual(['r2 At not-a-date']);
    const twice = importText(mapped, 'At,T\n01/07/2019,Book\n01/07/2019,Book', options(`
feed: loans
kind: loan.issued
authority: E08000021
when: { day: { column: At, written: DD/MM/YYYY } }
with: { format: { column: T, words: { Book: physical-book } } }`)); // prettier-ignore
    expect(twice.events).toHaveLength(2);
    const sessions = importText(mapped, 'At,N\n01/07/2019,5\n01/07/2019,5\n01/07/2019,6', options(`
feed: sessions
kind: activity.held
authority: E08000021
when: { day: { column: At, written: DD/MM/YYYY } }
number: { column: N, field: attendance }
with: { mainOutcome: digital-access }`)); // prettier-ignore
    expect([sessions.events.length, refusals(sessions)]).toEqual([3, []]);
  });
});

describe('a mapping', () => {
  const BASE = 'feed: f\nkind: visits.counted\nnumber: { column: N, field: count }\nwith: { method: manual }\n';
  it.each([
    ['feed: f\nkind: nonsense\n', /2:7 expected one of visits.counted/],
    [`${BASE}when: { day: { column: D } }\n`, /5:\d+ "written" is missing/],
    [`${BASE}when: { day: { column: D, written: DD/MM } }\n`, /must say how dates are written/],
    [`${BASE}when: { day: { column: D, written: DMYYYY } }\n`, /must say how dates are written/],
    [`${BASE}when: { day: { column: D, written: DD/DD/MM/YYYY } }\n`, /must say how dates are written/],
    [`${BASE}when: { day: { column: D, written: 'DD/MM/YYYY hh:mm' } }\n`, /has a time of day/],
    ['feed: f\nkind: visits.counted\nwith: { method: manual }\n', /"number" is missing/],
    ['feed: f\nkind: visits.counted\nnumber: { column: N, field: count }\n', /"method" is missing/],
    ['feed: f\nkind: visits.counted\nnumber: { column: N, field: sessions }\nwith: { method: manual }\n', /3:\d+ is no field of visits.counted: expected count/], // prettier-ignore
    [`${BASE.replace('method: manual', 'method: guess')}`, /4:\d+ cannot stand in method/],
    [`${BASE.replace('manual', 'manual, site: { column: S, words: { a: upstairs } }')}`, /cannot stand in site/],
    [`${BASE.replace('method: manual', 'method: { column: M, words: { a: null } }')}`, /cannot be left out/],
    ['feed: f\nkind: loan.issued\nwith: { format: other }\n', /"when" is missing/],
    ['feed: f\nkind: loan.issued\nwhen: { day: { column: D, written: YYYY-MM-DD } }\nwith: { format: other, person: { column: P } }\n', /is not given here/], // prettier-ignore
    [`${BASE}library: { column: L, as: code }\n`, /"places" is missing/],
    [BASE.replace('field: count', "field: count, thousands: ',', decimal: ','"), /cannot be the decimal sign too/],
  ])('%s is refused at its line and column', (yaml, fault) => {
    const faults = faultsOf(yaml);
    expect(faults.join('\n')).toMatch(fault);
    for (const each of faults) expect(each).toMatch(/^\d+:\d+ /);
  });

  it('cannot be of people, of figures that others published, or of answers to a survey', () => {
    for (const kind of ['challenge.joined', 'bipc.support-given', 'figure.published', 'survey.answered'])
      expect(faultsOf(`feed: f\nkind: ${kind}\n`).join()).toContain('2:7');
  });
});

describe('dates and numbers as they are written', () => {
  it.each([
    ['DD/MM/YYYY', '03/04/2019', '2019-04-03'],
    ['MM/DD/YYYY', '03/04/2019', '2019-03-04'],
    ['D MMMM YYYY', '3 April 2019', '2019-04-03'],
    ['YYYYMMDD', '20190403', '2019-04-03'],
    ['YYYY-MM-DD 00:00:00', '2019-04-03 00:00:00', '2019-04-03'],
  ])('%s reads %s', (pattern, text, iso) => {
    expect(dateReader(pattern)(text)?.day).toBe(Date.parse(iso) / 86_400_000);
  });
  it.each([
    ['DD/MM/YYYY', '3/4/2019'],
    ['D MMM YYYY', '3 Foo 2019'],
    ['DD.MM.YYYY', '03-04-2019'],
    ['YYYY-MM-DD 00:00:00', '2019-04-03 00:30:00'],
    ['DD/MM/YYYY hh:mm', '03/04/2019 24:00'],
  ])('%s does not read %s', (pattern, text) => expect(dateReader(pattern)(text)).toBeNull());

  it.each([
    [{}, '1234', 1234],
    [{ thousands: ',' }, '1,234,567', 1_234_567],
    [{ thousands: '.', decimal: ',' }, '1.234,5', 1234.5],
    [{ thousands: ' ' }, '1\u00a0234', 1234],
    [{ decimal: '.', times: 100 }, '1.15', 115],
    [{ decimal: '.', times: 100 }, '4.35', 435],
  ])('%j reads %s', (form, text, value) => expect(writtenNumber(form)(text)).toBe(value));
  it.each([
    [{}, '1,234'],
    [{}, '1.0'],
    [{ thousands: ',' }, '1,23'],
    [{ thousands: ',' }, '0,123'],
    [{ thousands: ',', decimal: '.' }, '1.234.5'],
    [{ decimal: '.' }, '.5'],
    [{ decimal: '.' }, '£1'],
    [{ decimal: '.' }, '99999999999999999999'],
  ])('%j does not read %s', (form, text) => expect(writtenNumber(form)(text)).toBeNull());
});

describe('keys that were met', () => {
  it('are found again among a hundred thousand, and nothing else is', () => {
    const seen = keysSeen();
    const all = Array.from({ length: 100_000 }, (_, at) => `E08000021/library-${at % 97} ${at}`);
    expect(all.filter((key, at) => seen.meet(key, at + 1, '5') !== null)).toEqual([]);
    expect(seen.meet('E08000021/library-0 0', 200_000, '5')).toEqual({ row: 1, same: true });
    expect(seen.meet('E08000021/library-1 1', 200_001, '6')).toEqual({ row: 2, same: false });
  });
});
