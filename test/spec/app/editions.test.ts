/** P2: a file that was saved again, or a newer edition of it, counts nothing twice. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityEvent, EventType } from '../../../contracts/activityEvent.ts';
import type { ImportChoices } from '../../../src/app/importFile.ts';
import type { ImportReport } from '../../../src/app/importReport.ts';
import { readTable } from '../../../src/files/readTable.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const AUTHORITY = 'E08000021';
const table = (months: readonly string[], rows: Readonly<Record<string, readonly number[]>>, end = '\n'): string =>
  [['Library', ...months], ...Object.entries(rows).map(([name, counts]) => [name, ...counts])]
    .map((cells) => `${cells.join(',')}${end}`)
    .join('');

const take = (text: string, strict = false) => takeFile('monthly-visits.csv', text, { strict });
async function takeFile(fileName: string, text: string, choices: ImportChoices = {}, options: ImportOptions = {}) {
  const bytes = Buffer.from(text);
  return under.ledger.import(
    {
      fileName,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      table: readTable({ fileName, bytes }),
      options: { authority: AUTHORITY, measure: 'visits', zero: 'count', method: 'manual', ...options },
    },
    choices,
  );
}
async function visits(): Promise<(number | null)[]> {
  await under.ledger.project();
  const { points } = await under.ledger.series({ indicator: 'visits', place: AUTHORITY, granularity: 'month' });
  return points.map(({ value }) => value);
}

const MONTHS = ['2021-04', '2021-05', '2021-06'];
const first = table(MONTHS.slice(0, 2), { Central: [1000, 1001], East: [10, 11] });

it('saved again with other line ends, everything is recorded before', async () => {
  expect(await take(first)).toMatchObject({ accepted: 4, duplicates: 0, refused: 0 });
  const again = table(MONTHS.slice(0, 2), { Central: [1000, 1001], East: [10, 11] }, '\r\n');
  expect(await take(again)).toMatchObject({ accepted: 0, duplicates: 4, refused: 0 });
  expect(await visits()).toEqual([1010, 1012]);
});

it('a newer edition adds what is new, and what differs is refused at its cell', async () => {
  await take(first);
  const newer = await take(table(MONTHS, { Central: [1000, 1002, 1003], East: [10, 11, 12] }));
  expect(newer).toMatchObject({ accepted: 2, duplicates: 3, refused: 1 });
  expect(newer.findings.filter(({ code }) => code === 'recorded-otherwise')).toMatchObject([
    { row: 2, cell: '2021-05', found: '1002', severity: 'refused' },
  ]);
  expect(await visits()).toEqual([1010, 1012, 1015]);
});

it.each([
  ['another number stands', table(MONTHS, { Central: [1000, 1002, 1003], East: [10, 11, 12] }), '2021-05'],
  ['a month lies in the future', table([...MONTHS.slice(0, 2), '2031-06'], { Central: [1000, 1001, 1003] }), '2031-06'],
])('with strict, nothing of a file is recorded in which %s', async (_, text, cell) => {
  await take(first);
  await expect(take(text, true)).rejects.toMatchObject({ code: 'invalid-file', faults: [{ row: 2, cell }] });
  expect(await under.ledger.size()).toBe(4);
});

it('a category that a newer edition adds is new, wherever its row stands', async () => {
  const loans = (rows: readonly string[]) => {
    const bytes = Buffer.from(['Local authority,Library name,Month,Type,Loans', ...rows].join('\n'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const fileName = 'loans.csv';
    return under.ledger.import({ fileName, sha256, table: readTable({ fileName, bytes }), options: {} }, {});
  };
  const row = (type: string, count: number): string => `${AUTHORITY},Central,2021-04,${type},${count}`;
  const known = [row('Adult fiction', 100), row('Adult non fiction', 80)];
  expect(await loans(known)).toMatchObject({ accepted: 2 });
  const added = row('Adult large print', 30);
  expect(await loans([added, ...known])).toMatchObject({ accepted: 1, duplicates: 2, refused: 0 });
  expect(await loans([...known, added])).toMatchObject({ accepted: 0, duplicates: 3, refused: 0 });
  expect(await loans([row('Adult fiction', 101), ...known.slice(1), added])).toMatchObject({
    duplicates: 2,
    refused: 1,
  });
});

it('what was withdrawn does not come back with a newer edition', async () => {
  await take(first);
  const [one] = await under.log.read(null, 1);
  const { source, id } = one!.event as { source: string; id: string };
  await under.ledger.record([
    {
      specversion: '1.0',
      id: 'r1',
      source: 'urn:library:E08000021:officer',
      type: 'org.outcome-ledger.fact.retracted.v1',
      time: '2026-01-01T00:00:00Z',
      data: { target: { source, id }, by: 'data-officer', why: 'miscounted' },
    },
  ]);
  expect(await take(table(MONTHS, { Central: [1000, 1001, 1003], East: [10, 11, 12] }))).toMatchObject({ accepted: 2, duplicates: 4 }); // prettier-ignore
  expect((await visits())[0]).not.toBe(1010);
});

it('what was corrected is not said again without a word: the correction stands in its place, whoever sent it', async () => {
  await take(first);
  const [one] = await under.log.read(null, 1);
  const { source, id, type, subject, data } = one!.event as Extract<ActivityEvent, { type: EventType<'visits.counted'> }>;
  const correct = (name: string, target: object, count: number) => ({
    specversion: '1.0',
    id: name,
    source: 'urn:library:E08000021:officer',
    type: 'org.outcome-ledger.fact.corrected.v1',
    time: '2026-01-01T00:00:00Z',
    data: { target, by: 'data-officer', why: 'miscounted', replacement: { type, subject, data: { window: data.window, method: 'manual', count } } },
  });
  await under.ledger.record([correct('c1', { source, id }, 1100), correct('c2', { source: 'urn:library:E08000021:officer', id: 'c1' }, 1200)]);
  for (const [count, refused] of [[1000, 1], [1100, 1], [1200, 0]] as const) {
    const edition = await take(table(MONTHS.slice(0, 2), { Central: [count, 1001], East: [10, 11] }));
    expect(edition).toMatchObject({ accepted: 0, duplicates: 4 - refused, refused });
    const said = edition.findings.filter(({ code }) => code === 'recorded-otherwise');
    expect(said).toMatchObject(refused === 0 ? [] : [{ row: 2, cell: '2021-04', found: String(count) }]);
  }
  expect(await visits()).toEqual([1210, 1012]);
}); // prettier-ignore

it('a category that is new beside others of its sort is recorded, wherever it stands in the file', async () => {
  const loans = (...rows: string[]) => {
    const bytes = Buffer.from(['Local authority,Library name,Month,Type,Loans', ...rows].join('\n'));
    const fileName = 'loans.csv';
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const source = { fileName, sha256, table: readTable({ fileName, bytes }), options: { authority: AUTHORITY } };
    return under.ledger.import(source, {});
  };
  const row = (type: string, count: number): string => `N,City,2023-04,${type},${count}`;
  const old = [row('Adult fiction', 500), row('Adult non-fiction', 300)];
  await loans(...old);
  expect(await loans(row('Adult large print', 40), ...old)).toMatchObject({ accepted: 1, duplicates: 2, refused: 0 });
  expect(await loans(...old, row('Adult picture books', 6))).toMatchObject({ accepted: 1, duplicates: 2, refused: 0 });
  const changed = [row('Adult fiction', 501), row('Adult non-fiction', 300)];
  expect(await loans(...changed, row('Adult large print', 40))).toMatchObject({ accepted: 0, duplicates: 2, refused: 1 });
}); // prettier-ignore

describe('item categories', () => {
  const HEADER = 'Local authority,Library name,Month,Type,Loans';
  const loans = (rows: Readonly<Record<string, number>>, choices: ImportChoices = {}) =>
    takeFile('loans.csv', [HEADER, ...Object.entries(rows).map(([type, count]) => `N,City,2019-12,${type},${count}`)].join('\n'), choices); // prettier-ignore
  async function total(): Promise<number | null | undefined> {
    await under.ledger.project();
    const { points } = await under.ledger.series({ indicator: 'loans', place: AUTHORITY, granularity: 'month' });
    return points.find(({ period }) => period === '2019-12-01/P1M')?.value;
  }

  it.each([
    ['of unknown format', 'Graphic novels', 'Manga'],
    ['of one format and audience', 'Adult fiction', 'Adult non-fiction'],
  ])('%s in two files are two counts, with the same number too', async (_, one, other) => {
    expect(await loans({ [one]: 118 })).toMatchObject({ accepted: 1 });
    expect(await loans({ [other]: 118, Zines: 7 })).toMatchObject({ accepted: 2, duplicates: 0, refused: 0 });
    expect(await loans({ 'Sheet music': 44 }, { correct: true })).toMatchObject({ accepted: 1, corrected: 0 });
    expect(await total()).toBe(118 + 118 + 7 + 44);
  });

  it('tell which of several numbers a newer edition corrects', async () => {
    await loans({ 'Graphic novels': 118, Manga: 40 });
    await expect(loans({ 'Graphic novels': 40, Manga: 118 })).rejects.toThrow('2 things were refused');
    expect(await loans({ 'Graphic novels': 40, Manga: 119 }, { correct: true })).toMatchObject({ corrected: 2 });
    expect(await total()).toBe(159);
  });

  it('under another name are others, and what is gone is told', async () => {
    await loans({ 'Adult fiction': 500, 'Talking books': 240 });
    const renamed = await loans({ 'Adult fiction': 500, Audiobooks: 240 });
    expect(renamed).toMatchObject({ accepted: 1, duplicates: 1 });
    const gone = renamed.findings.filter(({ code }) => code === 'gone-from-edition');
    expect(gone.map(({ found }) => found)).toEqual([
      expect.stringMatching(/city 2019-12-01\/P1M: 240, .*row 3, Loans$/),
    ]);
  });

  it('are the same with other capitals, hyphens, apostrophes or a plural', async () => {
    await loans({ "Children's e-book": 12 });
    expect(await loans({ 'childrens E book': 12 })).toMatchObject({ accepted: 0, duplicates: 1 });
  });
});

it('a newer edition of a list of sessions adds those that are new, and one that differs is refused', async () => {
  const header = 'Local authority,Library name,Event date,Name,Main outcome,Attendees';
  const session = (day: number, name: string, attendees: number): string =>
    `${AUTHORITY},City,2019-12-0${day},${name},Greater prosperity,${attendees}`;
  const held = (...rows: string[]) => takeFile('events.csv', [header, ...rows].join('\n'));
  const first = [session(1, 'Clinic', 8), session(1, 'Clinic', 8), session(2, 'Clinic', 9)];
  expect(await held(...first)).toMatchObject({ accepted: 3, duplicates: 0, refused: 0 });
  const newer = await held(...first.slice(0, 2), session(2, 'Clinic', 10), session(3, 'Clinic', 7));
  expect(newer).toMatchObject({ accepted: 1, duplicates: 2, refused: 1 });
  expect(newer.findings.filter(({ code }) => code === 'recorded-otherwise')).toMatchObject([
    { row: 4, cell: 'Attendees', found: '10' },
  ]);
});

describe('what stood in an earlier edition and is gone', () => {
  const gone = ({ findings }: ImportReport) => findings.filter(({ code }) => code === 'gone-from-edition');
  const earlier = table(MONTHS, { Central: [1000, 1001, 1002], East: [10, 11, 12], North: [20, 21, 22] });

  it('is named with the file and the cell that it came from, before and when it is imported, and still counts', async () => {
    const { sha256 } = await take(earlier);
    const newer = table(MONTHS, { Central: [1000, 1001, 1002], East: [10, 11, 12] });
    for (const choices of [{ dryRun: true }, {}, { correct: true }, {}]) {
      const report = await takeFile('monthly-visits.csv', newer, choices);
      expect(report).toMatchObject({ accepted: 0, duplicates: 6, corrected: 0, refused: 0 });
      expect(gone(report).map(({ severity, found }) => [severity, found])).toEqual(
        MONTHS.map((month, at) => [
          'flagged',
          `nothing of E08000021/north ${month}-01/P1M: ${20 + at}, recorded from the file with SHA-256 ${sha256.slice(0, 16)}…, row 4, ${month}`,
        ]),
      );
      expect(gone(report)[0]?.done).toMatch(/^It still counts. If it should not, send a fact.retracted event for "/);
    }
    expect(await visits()).toEqual([1030, 1033, 1036]);
  });

  it('is not told any more when it was withdrawn', async () => {
    await take(earlier);
    const newer = table(MONTHS, { Central: [1000, 1001, 1002], East: [10, 11, 12], North: [20, 21, 23] });
    await takeFile('monthly-visits.csv', newer, { correct: true });
    const last = table(MONTHS, { Central: [1000, 1001, 1002], East: [10, 11, 12] });
    const [, , third] = gone(await take(last));
    // The correction is what counts; what is to be withdrawn is the number that it is about.
    expect(third?.found).toContain('2021-06-01/P1M: 23, recorded from');
    const events = await under.log.read(null, 100);
    const north = events.filter(({ event }) => 'subject' in event && event.subject.endsWith('north'));
    await under.ledger.record(
      north.map(({ event: { source, id } }, at) => ({
        specversion: '1.0',
        id: `r${at}`,
        source: 'urn:library:E08000021:officer',
        type: 'org.outcome-ledger.fact.retracted.v1',
        time: '2026-11-01T13:00:00Z',
        data: { target: { source, id }, by: 'data-officer', why: 'publisher-revised' },
      })),
    );
    expect(gone(await take(`${last}\n`))).toEqual([]);
  });

  it('is not what another time, another place or another file said', async () => {
    await take(earlier);
    // Later months, of which only the first was known.
    expect(gone(await take(table(['2021-06', '2021-07'], { Central: [1002, 1003], East: [12, 13], North: [22, 23] })))).toEqual([]); // prettier-ignore
    // A file of a library of its own, and its next edition.
    const own = table(MONTHS, { West: [5, 6, 7] });
    expect(gone(await take(own))).toEqual([]);
    expect(gone(await take(own.replace('5', '4')))).toEqual([]);
    expect(gone(await take(table(MONTHS, { West: [5, 6, 7], South: [1, 2, 3] })))).toEqual([]);
  });

  it('is told at once of a file that has only a few of the rows: it may be a part', async () => {
    await take(earlier);
    const part = await takeFile('monthly-visits.csv', table(MONTHS, { East: [10, 11, 15] }), { correct: true });
    expect(part).toMatchObject({ corrected: 1, duplicates: 2 });
    expect(gone(part)).toMatchObject([{ done: 'Taken as a part of that file: the others still count.' }]);
    expect(gone(part)[0]?.found).toMatch(/^3 of the 9 cells that were recorded from the file with SHA-256 /);
  });

  it('is told of statements of a register, by its day', async () => {
    const register = (rows: readonly string[], on: string) =>
      takeFile('libraries.csv', ['Local authority,Library name,Statutory,Type of library', ...rows].join('\n'), {}, { on }); // prettier-ignore
    const row = (name: string): string => `${AUTHORITY},${name},Yes,LAL`;
    await register(['City', 'East', 'North'].map(row), '2019-12-31');
    expect(gone(await register(['City', 'East'].map(row), '2020-12-31'))).toEqual([]);
    const [first, ...others] = gone(await register(['City', 'East'].map(row), '2019-12-31'));
    expect(first?.found).toMatch(
      /^nothing of E08000021\/north 2019-12-31: level: service-point; name: North, recorded from/,
    );
    expect(others).toHaveLength(1);
  });
});

it('two editions that are imported in turn correct each other each time', async () => {
  const edition = (count: number) => table(MONTHS.slice(0, 2), { Central: [1000, count], East: [10, 11] });
  const correct = (count: number) => takeFile('monthly-visits.csv', edition(count), { correct: true });
  await take(edition(1001));
  for (const count of [1002, 1001, 1002, 1001, 1002]) {
    expect(await correct(count)).toMatchObject({ corrected: 1, duplicates: 3, refused: 0 });
    expect(await correct(count)).toMatchObject({ corrected: 0, duplicates: 4, refused: 0 });
    expect(await visits()).toEqual([1010, count + 11]);
  }
});
