/** P2: exports of a library system whose time overlaps count each loan once, and rows alike within one file are loans. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportChoices } from '../../../src/app/importFile.ts';
import type { ImportReport } from '../../../src/app/importReport.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import type { FindingCode, ImportOptions } from '../../../src/importers/importer.ts';
import { makeKey } from '../../../src/identity/pseudonymKeys.ts';
import { keysIn, pseudonymsBy, type Linking } from '../../../src/main/people.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const KOHA = 'datetime,branch,type,itemtype';
const loans = ({ accepted, duplicates, refused }: ImportReport) => [accepted, duplicates, refused];
const told = ({ findings }: ImportReport, code: FindingCode) => findings.filter((one) => one.code === code);

async function take(
  header: string,
  rows: readonly string[],
  choices: ImportChoices = {},
  options: ImportOptions = {},
  stop = new AbortController(),
  stopAt = Infinity,
) {
  const bytes = Buffer.from([header, ...rows].join('\n'));
  const { header: labels, rows: all } = readTable({ fileName: 'export.csv', bytes });
  /** Page by page, as long files are read. */
  function* pages() {
    for (let at = 0; at < all.length; at += 3) yield { rows: all.slice(at, at + 3), upTo: Math.min(1, (at + 3) / all.length) }; // prettier-ignore
  }
  const file = { fileName: 'export.csv', sha256: sha256Of(bytes), header: labels, pages };
  return under.ledger.import(
    { ...file, options: { authority: 'E08000021', ...options } },
    choices,
    (_, done) => {
      if (done >= stopAt) stop.abort();
    },
    stop.signal,
  );
}

/** A loan on each day of some months of 2019, by the hour of the day. */
const lent = (from: number, until: number, hour = 10): string[] =>
  Array.from({ length: (until - from + 1) * 28 }, (_, at) => `2019-${String(from + Math.floor(at / 28)).padStart(2, '0')}-${String((at % 28) + 1).padStart(2, '0')} ${hour}:15:00,CPL,issue,BK`); // prettier-ignore

describe('two exports of one feed', () => {
  it('count what both hold once, whichever comes first and however often', async () => {
    const [winter, spring] = [lent(1, 3), lent(2, 4)];
    expect(loans(await take(KOHA, winter))).toEqual([84, 0, 0]);
    const shown = await take(KOHA, spring, { dryRun: true });
    expect(loans(shown)).toEqual([28, 56, 0]);
    const report = await take(KOHA, spring);
    expect(loans(report)).toEqual([28, 56, 0]);
    for (const one of [shown, report]) {
      expect(told(one, 'export-overlaps')).toMatchObject([
        { severity: 'flagged', done: 'Those that are the same were not recorded again.' },
      ]);
      expect(told(one, 'export-overlaps')[0]?.found).toMatch(
        /^56 loans from 2019-02-01 to 2019-03-28, in the time of the file with SHA-256 [0-9a-f]{16}…, 56 of them the same as there$/,
      );
    }
    for (const again of [winter, spring, lent(1, 4)]) {
      expect(loans(await take(KOHA, again))).toEqual([0, again.length, 0]);
    }
    expect(told(await take(KOHA, winter), 'export-beside')).toEqual([]);
    expect(await under.log.size()).toBe(112);
  });

  it('that only follow one another are told nothing of', async () => {
    await take(KOHA, lent(1, 3));
    const next = await take(KOHA, lent(4, 6));
    expect(loans(next)).toEqual([84, 0, 0]);
    expect([...told(next, 'export-overlaps'), ...told(next, 'export-beside')]).toEqual([]);
  });

  it('of which one ends among rows alike: those beyond its number are new', async () => {
    const [one, other] = ['2019-03-31 10:15,CPL,issue,BK', '2019-03-31 10:16,CPL,issue,BK'];
    expect(loans(await take(KOHA, [other, one, one]))).toEqual([3, 0, 0]);
    expect(loans(await take(KOHA, [one, one, one, one]))).toEqual([2, 2, 0]);
    expect(loans(await take(KOHA, [one, one, one, one, one, other, other]))).toEqual([2, 5, 0]);
  });

  it('that are two parts of one time are both recorded, though some rows are alike by chance', async () => {
    await take(KOHA, lent(1, 3));
    const part = [...lent(1, 3, 11), ...lent(2, 2).slice(0, 5)];
    const report = await take(KOHA, part);
    expect(loans(report)).toEqual([part.length, 0, 0]);
    expect(told(report, 'export-beside')[0]?.found).toMatch(
      /^88 loans from 2019-01-01 .*, 5 of them the same as there$/,
    );
    expect(loans(await take(KOHA, [...part, '']))).toEqual([0, part.length, 0]);
    // An export of another branch has nothing to do with it.
    const branch = await take(
      KOHA,
      lent(1, 3).map((row) => row.replace('CPL', 'MPL')),
    );
    expect([loans(branch), told(branch, 'export-beside')]).toEqual([[84, 0, 0], []]);
  });

  it('that are parts of one time stay so where one was broken off and comes again', async () => {
    await take(KOHA, lent(1, 3));
    const part = lent(1, 3, 11).map((row, at) => (at % 5 < 2 ? (lent(1, 3)[at] as string) : row));
    const stop = new AbortController();
    const broken = take(KOHA, part, {}, {}, stop, 42);
    await expect(broken).rejects.toMatchObject({ code: 'interrupted' });
    expect(await under.log.size()).toBe(84 + 42);
    expect(loans(await take(KOHA, part))).toEqual([42, 42, 0]);
    const again = await take(KOHA, part);
    expect([loans(again), told(again, 'export-overlaps')]).toEqual([[0, 84, 0], []]);
  });

  it('of which the first was broken off, in no order, count what both hold once', async () => {
    const hours = [10, 11, 12, 13, 14];
    const inNoOrder = (rows: readonly string[]) => rows.toSorted((a, b) => Number(sha256Of(Buffer.from(a)) > sha256Of(Buffer.from(b))) - 0.5); // prettier-ignore
    const winter = inNoOrder(hours.flatMap((hour) => lent(1, 3, hour)));
    const spring = hours.flatMap((hour) => lent(2, 4, hour));
    await expect(take(KOHA, winter, {}, {}, new AbortController(), 90)).rejects.toMatchObject({ code: 'interrupted' });
    for (const export_ of [spring, winter]) await take(KOHA, export_);
    expect(await under.log.size()).toBe(5 * 4 * 28);
  });

  it('do not bring back what was withdrawn', async () => {
    await take(KOHA, lent(1, 1));
    const [first] = await under.log.read(null, 1);
    const { source, id } = first!.event;
    await under.ledger.record([
      {
        specversion: '1.0', id: 'r1', source: 'urn:library:E08000021:officer', time: '2026-01-01T00:00:00Z',
        type: 'org.outcome-ledger.fact.retracted.v1',
        data: { target: { source, id }, by: 'data-officer', why: 'sent-by-mistake' },
      },
    ]); // prettier-ignore
    expect(loans(await take(KOHA, lent(1, 2)))).toEqual([28, 28, 0]);
  });
});

it('events that were sent are no other loans than those of a file', async () => {
  await take(KOHA, ['2019-03-31 10:15,CPL,issue,BK']);
  const [first] = await under.log.read(null, 1);
  const { provenance: _, ...data } = (first!.event as { data: { provenance?: unknown } }).data;
  await under.ledger.record([{ ...first!.event, id: 'sent-1', time: '2019-04-02T09:15:00Z', data }]);
  const report = await take(KOHA, ['2019-04-02 10:15,CPL,issue,BK', '2019-04-02 10:15,CPL,issue,BK']);
  expect(loans(report)).toEqual([1, 1, 0]);
  expect(told(report, 'export-overlaps')[0]?.found).toContain('in the time of events that were sent');
});

it.each([
  [
    'item movements',
    'item,date,issuedate,branch,stock area',
    (day: number) => `${day},${String(day).padStart(2, '0')}/07/2019 10:15,${String(day).padStart(2, '0')}/07/2019 10:15,City,Fiction`, // prettier-ignore
  ],
  [
    'loans of Evergreen without an id',
    'circ_lib,xact_start,desk_renewal',
    (day: number) => `CPL,2019-07-${String(day).padStart(2, '0')} 10:15,f`,
  ],
  [
    'loans of FOLIO without an id',
    'loanDate,checkoutServicePointId,itemId,renewalCount',
    (day: number) => `2019-07-${String(day).padStart(2, '0')}T09:15:00Z,desk,i${day},0`,
  ],
])('%s of two exports are told, too', async (_, header, row) => {
  const rows = Array.from({ length: 20 }, (_, at) => row(at + 1));
  expect(loans(await take(header, rows.slice(0, 15)))).toEqual([15, 0, 0]);
  expect(loans(await take(header, rows.slice(8)))).toEqual([5, 7, 0]);
});

it('rows with an identifier are the same where that is, and those without are told by what they say', async () => {
  const row = (id: number, day: number): string => `${id},CPL,2019-07-0${day} 10:15,f`;
  const header = 'id,circ_lib,xact_start,desk_renewal';
  await take(header, [row(1, 1), row(2, 2), row(3, 2)]);
  // Two loans of one minute; the third row was changed in its system, and is refused.
  const second = await take(header, [row(2, 2), row(3, 2), row(4, 2), row(1, 3)]);
  expect(loans(second)).toEqual([1, 2, 1]);
  const without = [row(2, 2), row(3, 2), row(4, 2), row(5, 2), row(6, 4)].map((one) => one.slice(2));
  expect(loans(await take(header.slice(3), without))).toEqual([2, 3, 0]);
});

describe('borrowers', () => {
  const SOURCE = 'urn:library:E08000021:koha-statistics';
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'outcomes-overlaps-'));
    for (const scope of ['2018-19', 'always']) makeKey(keysIn(data), { source: SOURCE, scope }, '2020-01-01T00:00:00Z');
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const rows = (who: readonly number[]): string[] => who.map((one) => `2019-02-01 10:15,CPL,issue,BK,${one}`);
  const lend = (who: readonly number[], linking: Linking | null) =>
    take(`${KOHA},borrowernumber`, rows(who), {}, linking === null ? {} : { pseudonymOf: pseudonymsBy(data, linking) });

  it('do not make another loan of one that is recorded under another key, or of nobody, which is told', async () => {
    await lend([1, 2], 'financial-year');
    expect(loans(await lend([1, 2], null))).toEqual([0, 2, 0]);
    const other = await lend([1, 2, 3], 'always');
    expect(loans(other)).toEqual([1, 2, 0]);
    expect(told(other, 'borrower-recorded-otherwise')).toMatchObject([{ severity: 'flagged' }]);
    expect(told(await lend([3], 'always'), 'borrower-recorded-otherwise')).toEqual([]);
  });

  it('who are recorded are met before others, so that each is recorded once', async () => {
    await lend([1, 2], 'always');
    expect(loans(await lend([3, 2, 1], 'always'))).toEqual([1, 2, 0]);
    const people = (await under.log.read(null, 10)).map(({ event }) => (event.data as { person?: string }).person);
    expect(new Set(people).size).toBe(3);
  });
});
