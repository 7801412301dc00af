/** Workbooks as tables of text: what each kind of cell reads as, and what is refused. */
import * as sheetjs from '@e965/xlsx';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { decimalText } from '../../../src/files/cellText.ts';
import type { Sheet } from '../../../src/files/readSheet.ts';
import { isWorkbook, readWorkbook, type Workbook } from '../../../src/files/readWorkbook.ts';
import { readTable } from '../../../src/files/readTable.ts';
import type { Importer, Table } from '../../../src/importers/importer.ts';
import { openDataVisits } from '../../../src/importers/openData/openDataVisits.ts';
import { runs } from '../../support/share.ts';
import { SEED } from '../../support/seeded.ts';
import { partsOf, xlsxOf, xml, zipOf, type SheetXml, type WorkbookXml } from '../../support/xlsx.ts';

const read = (bytes: Uint8Array): Promise<Workbook> => readWorkbook({ fileName: 'a.xlsx', bytes });
const readOf = (workbook: WorkbookXml): Promise<Workbook> => read(xlsxOf(workbook));

/** The only sheet of a workbook with these rows. */
async function sheetOf(rows: string, more: Omit<WorkbookXml, 'sheets'> & Partial<SheetXml> = {}): Promise<Sheet> {
  const { sheets } = await readOf({ ...more, sheets: [{ name: 'Visits', ...more, rows }] });
  expect(sheets).toHaveLength(1);
  return sheets[0]!;
}

/** Text of one cell: its XML, in a format. */
async function cellOf(
  inner: string,
  attributes = '',
  format: string | number = 'General',
  date1904 = false,
): Promise<string> {
  const row = `<row r="1"><c r="A1" s="1" ${attributes}>${inner}</c><c r="B1"><v>1</v></c></row>`;
  return (await sheetOf(row, { formats: [format], date1904 })).header[0]!;
}
const numberOf = (value: number | string, format?: string | number, date1904?: boolean): Promise<string> =>
  cellOf(`<v>${value}</v>`, '', format, date1904);

async function refusal(run: Promise<unknown>): Promise<LedgerError> {
  const error: unknown = await run.then(
    () => new Error('Nothing was refused.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LedgerError)) throw error;
  expect(error).toMatchObject({ code: 'invalid-file', faults: [{ file: 'a.xlsx' }] });
  expect(error.hint).toBeTruthy();
  return error;
}

const plain = ({ sheet, header, rows }: Sheet): Table & { sheet: string } => ({
  sheet,
  header,
  rows: rows.map(({ row, cells }) => ({ row, cells })),
});

describe('a sheet', () => {
  it('is a table with the row numbers that the spreadsheet shows; rows that are not stored are blank', async () => {
    const rows =
      '<row r="1"><c r="A1" t="inlineStr"><is><t>Library</t></is></c><c r="C1"><v>3</v></c></row>' +
      '<row r="4"><c r="B4"><v>12</v></c></row><row r="5"/><row r="6"><c r="A6"/><c r="B6" t="inlineStr"><is><t/></is></c></row>';
    expect(plain(await sheetOf(rows))).toEqual({
      sheet: 'Visits',
      header: ['Library', '', '3'],
      rows: [
        { row: 2, cells: ['', '', ''] },
        { row: 3, cells: ['', '', ''] },
        { row: 4, cells: ['', '12', ''] },
      ],
    });
  });

  it('needs no references: cells and rows follow one another', async () => {
    const rows = '<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>';
    expect(plain(await sheetOf(rows))).toMatchObject({
      header: ['1', '', '2'],
      rows: [{ row: 2, cells: ['3', '', ''] }],
    });
  });

  it('may be empty, or have nothing in row 1', async () => {
    expect(plain(await sheetOf(''))).toEqual({ sheet: 'Visits', header: [], rows: [] });
    expect(plain(await sheetOf('<row r="2"><c r="B2"><v>1</v></c></row>'))).toMatchObject({
      header: ['', ''],
      rows: [{ row: 2, cells: ['', '1'] }],
    });
  });

  it('has in merged cells the value of the first, whatever lies beneath the others', async () => {
    const cell = (ref: string): string => `<c r="${ref}"><f>1</f><v>1</v></c>`;
    const rows = `<row r="1">${cell('A1')}${cell('B1')}${cell('C1')}</row><row r="2">${cell('A2')}${cell('B2')}${cell('C2')}</row>`;
    const sheet = await sheetOf(rows, { after: '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>' });
    expect(sheet).toMatchObject({ header: ['1', '', '1'], rows: [{ cells: ['', '', '1'] }] });
    expect(sheet.headerFormulas).toEqual(new Set([0, 2]));
    expect(sheet.rows[0]?.formulas).toEqual(new Set([2]));
  });

  it('drops what merging leaves empty at its end', async () => {
    const rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>';
    const sheet = await sheetOf(rows, { after: '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>' });
    expect(plain(sheet)).toMatchObject({ header: ['1'], rows: [] });
  });

  it('tells which rows and columns the spreadsheet hides, and reads them', async () => {
    const rows =
      '<row r="1" hidden="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2" hidden="true"><c r="B2"><v>3</v></c></row>' +
      '<row r="3" hidden="0"><c r="B3"><v>4</v></c></row><row r="9" hidden="1"/>';
    const before = '<cols><col min="2" max="16384" hidden="1"/><col min="1" max="1" width="9"/></cols>';
    const sheet = await sheetOf(rows, { before });
    expect(sheet).toMatchObject({ hiddenRows: [1, 2], hiddenColumns: [1], header: ['1', '2'] });
    expect(sheet.rows.map(({ cells }) => cells)).toEqual([
      ['', '3'],
      ['', '4'],
    ]);
  });

  it('is understood with prefixes, and whatever else stands in it', async () => {
    const parts = {
      'xl/worksheets/sheet1.xml':
        '<!-- a note --><x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:dimension ref="A1:XFD1048576"/>' +
        '<x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v><![CDATA[a<b]]></x:v></x:c></x:row></x:sheetData>' +
        '<x:extLst><x:row r="1"><x:c r="A1"><x:v>9</x:v></x:c></x:row></x:extLst></x:worksheet>',
    };
    expect((await sheetOf('', { parts })).header).toEqual(['a<b']);
  });
});

describe('a workbook', () => {
  it('has its visible sheets in order, and names those that it does not read', async () => {
    const rows = '<row><c><v>1</v></c></row>';
    const { sheets, unread } = await readOf({
      sheets: [
        { name: 'March', rows },
        { name: 'Workings', rows: 'not read', state: 'hidden' },
        { name: 'Codes', rows: 'not read', state: 'veryHidden' },
        { name: 'Chart', rows: '', kind: 'chartsheet' },
        { name: 'April & May', rows },
      ],
    });
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['March', 'April & May']);
    expect(unread).toEqual([
      { sheet: 'Workings', why: 'hidden' },
      { sheet: 'Codes', why: 'hidden' },
      { sheet: 'Chart', why: 'no-table' },
    ]);
  });

  it('is read past its macros and its links to other workbooks', async () => {
    const sheet = await sheetOf('<row><c><f>[1]Other!A1</f><v>7</v></c></row>', {
      parts: {
        'xl/vbaProject.bin': new Uint8Array([1, 2, 3]),
        'xl/externalLinks/externalLink1.xml': '<not well formed',
        'xl/externalLinks/_rels/externalLink1.xml.rels':
          '<Relationship Target="http://127.0.0.1:1/" TargetMode="External"/>',
      },
    });
    expect(sheet.header).toEqual(['7']);
    expect(sheet.headerFormulas).toEqual(new Set([0]));
  });

  it('is known by its first bytes', () => {
    expect(isWorkbook(xlsxOf({ sheets: [] }))).toBe(true);
    expect(isWorkbook(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1))).toBe(true);
    expect(isWorkbook(new TextEncoder().encode('PK,Visits\n'))).toBe(false);
    expect(isWorkbook(new Uint8Array())).toBe(false);
  });
});

describe('text', () => {
  it('is as stored: shared, inline or of a formula, its runs joined, without what says how it is pronounced', async () => {
    const strings =
      '<si><t xml:space="preserve"> a  b </t></si><si><r><rPr><b/></rPr><t>St </t></r><r><t>Mary’s</t></r><rPh><t>x</t></rPh></si><si/>';
    const rows =
      '<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c><c t="s"><v>2</v></c><c t="inlineStr"><is><r><t>1,</t></r><r><t>234</t></r><rPh><t>x</t></rPh></is></c>' +
      '<c t="str"><f>A1</f><v>caf&#233; &amp; 😀</v></c></row>';
    expect((await sheetOf(rows, { strings })).header).toEqual(['St Mary’s', ' a  b ', '', '1,234', 'café & 😀']);
  });

  it('has characters that XML cannot hold, but no zero and no half of a pair', async () => {
    expect(await cellOf('<v>a_x000D__x005F_x000D__x0000__xD800_</v>', 't="str"')).toBe('a\r_x000D__x0000__xD800_');
  });

  it('that looks like a number, a date or a code keeps its zeros', async () => {
    expect(await cellOf('<is><t>0123</t></is>', 't="inlineStr"', '0%')).toBe('0123');
  });
});

describe('numbers', () => {
  it.each([
    ['1234', '#,##0', '1234'],
    ['1234.0', '0.00', '1234'],
    ['1.234E3', 'General', '1234'],
    ['1E21', '0.00E+00', '1000000000000000000000'],
    ['12345678901234567890', '0', '12345678901234567000'],
    ['-0', '0', '0'],
    ['-17', '[Red]-0', '-17'],
    ['0.1', '0', '0.1'],
    ['0.30000000000000004', '0.0', '0.30000000000000004'],
    ['4.3499999999999996', '0.00', '4.35'],
    ['1E-7', 'General', '0.0000001'],
    ['5E-324', 'General', `0.${'0'.repeat(323)}5`],
    ['1234.5', '"£"#,##0.00', '1234.5'],
    ['1234.5', '_-[$£-809]* #,##0.00_-;-[$£-809]* #,##0.00_-;_-[$£-809]* "-"??_-;_-@_-', '1234.5'],
    ['1500', '#,##0,', '1500'],
    ['12', '0 "days"', '12'],
    ['12', '0\\d', '12'],
    ['3', 1, '3'],
    ['3', '@', '3'],
    ['3', ';;;', '3'],
  ])('%s shown as %s is %s', async (stored, format, text) => {
    expect(await numberOf(stored, format)).toBe(text);
  });

  it.each(['abc', '1,234', '0x10', 'NaN', 'INF', '1e400', '1 2', '１２'])(
    '%s is no number, and stays as it is',
    async (stored) => {
      expect(await numberOf(stored)).toBe(stored);
      expect(await numberOf(stored, '0%')).toBe(stored);
      expect(await numberOf(stored, 14)).toBe(stored);
    },
  );

  it('are the shortest decimals that give the same number, percentages too', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalText(value);
        expect(text).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        expect(Number(`${decimalText(value, 2)}e-2`)).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: runs(500), seed: SEED },
    );
  });
});

describe('percentages', () => {
  it.each([
    ['0.39', 9, '39%'],
    ['0.39', 10, '39%'],
    ['7.0000000000000007E-2', '0%', '7%'],
    ['0.333', '0%', '33.3%'],
    ['1', '0%', '100%'],
    ['-0.005', '0.0%;[Red]-0.0%', '-0.5%'],
    ['0', '0%', '0%'],
    ['0.5', '0"%"', '0.5'],
    ['0.5', '[<1]0%;0', '50%'],
    ['5', '[<1]0%;0', '5'],
    ['0', '0%;-0%;0', '0'],
  ])('%s shown as %s is %s', async (stored, format, text) => {
    expect(await numberOf(stored, format)).toBe(text);
  });
});

describe('dates', () => {
  it.each([
    [43556, 14, '2019-04-01'],
    [43556, 'dd/mm/yyyy;@', '2019-04-01'],
    [43556, '[$-809]dd mmmm yyyy;@', '2019-04-01'],
    [43556, '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', '2019-04-01'],
    [43556, 'mmm', '2019-04-01'],
    [43556, 'yyyy', '2019-04-01'],
    [43556, 31, '2019-04-01'],
    [43556, 17, '2019-04'],
    [43556, 'mmm-yy', '2019-04'],
    [43556, 'mmmm yyyy', '2019-04'],
    [43556, '[$-809]mmmm\\ yyyy;@', '2019-04'],
    [43557, 'mmm-yy', '2019-04-02'],
    [43556.5, 'mmm-yy', '2019-04-01 12:00'],
    [43556.39583333333, 22, '2019-04-01 09:30'],
    [43556.39583333333, 14, '2019-04-01 09:30'],
    [43556.395891203704, 'yyyy-mm-dd hh:mm:ss', '2019-04-01 09:30:05'],
    [43556, 'yyyy-mm-dd hh:mm', '2019-04-01'],
    [43556, 'h:mm', '2019-04-01 00:00'],
    [43556.9999999, 14, '2019-04-02'],
    [0.39583333333333331, 20, '09:30'],
    [0.39583333333333331, 'h:mm AM/PM', '09:30'],
    [0.395891203704, 21, '09:30:05'],
    [0, 'hh:mm', '00:00'],
    [1.5, '[h]:mm', '36:00'],
    [1.5, 46, '36:00'],
    [0.00347222222, 'mm:ss', '00:05'],
    [1, 14, '1900-01-01'],
    [59, 14, '1900-02-28'],
    [60, 14, '1900-02-29'],
    [61, 14, '1900-03-01'],
    [0, 14, '1900-01-00'],
    [2958465, 14, '9999-12-31'],
    [2958466, 14, '2958466'],
    [-1, 14, '-1'],
  ])('%s shown as %s is %s', async (serial, format, text) => {
    expect(await numberOf(serial, format)).toBe(text);
  });

  it.each([
    [0, 14, '1904-01-01'],
    [42094, 14, '2019-04-01'],
    [42094, 17, '2019-04'],
    [0.5, 20, '12:00'],
    [2957003, 14, '9999-12-31'],
    [2957004, 14, '2957004'],
  ])('%s shown as %s is %s in the system of 1904', async (serial, format, text) => {
    expect(await numberOf(serial, format, true)).toBe(text);
  });

  it.each([
    ['2019-04-02', 14, '2019-04-02'],
    ['2019-04-01T00:00:00', 17, '2019-04'],
    ['2019-04-01T09:30:00.000Z', 22, '2019-04-01 09:30'],
    ['2019-04-01T09:30:05', 22, '2019-04-01 09:30:05'],
    ['09:30:00', 20, '09:30'],
    ['April', 14, 'April'],
  ])('%s, stored as text and shown as %s, is %s', async (stored, format, text) => {
    expect(await cellOf(`<v>${stored}</v>`, 't="d"', format)).toBe(text);
  });

  it('of every day since March 1900 are that day, in both systems', async () => {
    const days = fc.sample(fc.integer({ min: -25_508, max: 2_932_896 }), { numRuns: runs(500), seed: SEED });
    const iso = days.map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    for (const [date1904, epoch] of [
      [false, 25_569],
      [true, 24_107],
    ] as const) {
      const dated = days.filter((day) => day + epoch >= 0);
      const rows = dated.map((day) => `<row><c s="1"><v>${day + epoch}</v></c></row>`).join('');
      const sheet = await sheetOf(`<row><c><v>1</v></c></row>${rows}`, { formats: [14], date1904 });
      expect(sheet.rows.map(({ cells }) => cells[0])).toEqual(iso.filter((_, i) => days[i]! + epoch >= 0));
    }
  });
});

describe('other cells', () => {
  it.each([
    ['<v>1</v>', 't="b"', 'TRUE'],
    ['<v>0</v>', 't="b"', 'FALSE'],
    ['<v>#REF!</v>', 't="e"', '#REF!'],
    ['<f>1/0</f><v>#DIV/0!</v>', 't="e"', '#DIV/0!'],
    ['<f>A2</f>', '', '#NO-VALUE'],
    ['<f>A2</f><v/>', '', '#NO-VALUE'],
    ['<f>A2</f><v></v>', 't="b"', '#NO-VALUE'],
    ['<f>A2</f>', 't="str"', '#NO-VALUE'],
    ['<f>""</f><v></v>', 't="str"', ''],
    ['', 't="s"', ''],
    ['<v/>', '', ''],
  ])('%s %s is %s', async (inner, attributes, text) => {
    expect(await cellOf(inner, attributes)).toBe(text);
  });

  it('are named where a formula gave their value: own, shared, or spilled from an array', async () => {
    const v = '<v>1</v>';
    const rows =
      `<row r="1"><c r="A1">${v}</c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1</f>${v}</c></row>` +
      `<row r="2"><c r="A2"><f t="array" ref="A2:A3">X</f>${v}</c><c r="B2"><f t="shared" si="0"/>${v}</c></row>` +
      `<row r="3"><c r="A3">${v}</c><c r="B3"><f>A1</f></c></row><row r="4"><c r="A4">${v}</c></row>`;
    const sheet = await sheetOf(rows);
    // The range of a shared formula names no more than its own cells do.
    expect([...sheet.headerFormulas]).toEqual([1]);
    expect(sheet.rows.map(({ formulas }) => [...formulas])).toEqual([[0, 1], [0], []]);
  });
});

describe('the same layout as CSV and as a workbook', () => {
  it('is the same table, and gives the same events and findings', async () => {
    const header = ['Local authority', 'Library name', 'Count start', 'Count end', 'Count type', 'Visits'];
    const csv = `${header.join(',')}\nE08000021,City,2019-04-01,2019-04-30,Automatic counter,1234\n\nE08000021,Kenton,2019-04-01,2019-04-30,Automatic counter,#REF!\n`;
    const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const row = (number: number, name: string, visits: string): string =>
      `<row r="${number}">${text('E08000021')}${text(name)}<c s="1"><v>43556</v></c><c s="1"><v>43585</v></c>${text('Automatic counter')}${visits}</row>`;
    const rows = `<row>${header.map(text).join('')}</row>${row(2, 'City', '<c s="2"><v>1234</v></c>')}${row(4, 'Kenton', '<c t="e"><v>#REF!</v></c>')}`;
    const sheet = await sheetOf(rows, { formats: [14, '#,##0'] });
    const importer: Importer = openDataVisits;
    const resultOf = (table: Table) => {
      const { events, findings } = importer.read({ fileName: 'a', sha256: '0'.repeat(64), table, options: {} });
      return { events, findings };
    };
    const fromCsv = resultOf(readTable({ fileName: 'a', bytes: new TextEncoder().encode(csv) }));
    expect(fromCsv.events).toHaveLength(1);
    expect(resultOf(sheet)).toEqual(fromCsv);
  });
});

/** A cell of a random table: what is written, and the text that should be read. */
interface RandomCell {
  readonly text: string;
  readonly xml: (ref: string) => string;
}

/** Any text that a cell may hold, escapes of its own included; not what is no text in XML. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom(' ', '\n', 'a\rb', '_x000D_', '<&>"\'', ']]>'),
  )

  .map((text) => text.replace(/[\0\ud800-\udfff\ufffe\uffff]/g, '?'));
const escaped = (text: string): string =>
  xml(
    text
      .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')

      .replace(
        /[\x01-\x08\x0b\x0c\x0d\x0e-\x1f]/g,
        (c) => `_x${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`,
      ),
  );
const randomCell: fc.Arbitrary<RandomCell> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ text: '', xml: () => '' }) },
  { weight: 1, arbitrary: fc.constant({ text: '', xml: (ref: string) => `<c${ref} s="1"/>` }) },
  {
    weight: 3,
    arbitrary: anyText.map((text) => ({
      text,
      xml: (ref: string) => `<c${ref} t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`,
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .maxSafeInteger()
      .map((n) => ({ text: String(n), xml: (ref: string) => `<c${ref} s="1"><v>${n}</v></c>` })),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 99_999 })
      .map((n) => ({ text: String(n / 100), xml: (ref: string) => `<c${ref}><v>${n / 100}</v></c>` })),
  },
);

const columnName = (column: number): string => String.fromCharCode(65 + column);
const trimmed = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => {
  const height = rows.findLastIndex((cells) => cells.some((cell) => cell !== '')) + 1;
  const width = Math.max(0, ...rows.map((cells) => cells.findLastIndex((cell) => cell !== '') + 1));
  return rows.slice(0, height).map((cells) => Array.from({ length: width }, (_, i) => cells[i] ?? ''));
};

describe('any table', () => {
  it('written by hand is read back cell by cell', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(randomCell, { maxLength: 8 }), { maxLength: 8 }), async (table) => {
        const rows = table.map(
          (cells, r) =>
            `<row r="${r + 1}">${cells.map((cell, c) => cell.xml(` r="${columnName(c)}${r + 1}"`)).join('')}</row>`,
        );
        const sheet = await sheetOf(rows.join(''), { formats: ['#,##0.00'] });
        const [header = [], ...body] = trimmed(table.map((cells) => cells.map(({ text }) => text)));
        expect(sheet.header).toEqual(header);
        expect(sheet.rows.map(({ cells }) => cells)).toEqual(body);
        expect(sheet.rows.map(({ row }) => row)).toEqual(body.map((_, i) => i + 2));
      }),
      { numRuns: runs(60), seed: SEED },
    );
  });

  it('written by another program is read back cell by cell', async () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.string({ minLength: 1, maxLength: 10 }),
      fc.integer(),
      fc.boolean(),
      fc.integer({ min: 1, max: 999 }).map((n) => n / 8),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(value, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
        async (table) => {
          const book = sheetjs.utils.book_new();
          sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet(table), 'Visits');
          const bytes = sheetjs.write(book, {
            type: 'buffer',
            bookType: 'xlsx',
            compression: true,
            bookSST: true,
          }) as Buffer;
          const [sheet] = (await read(bytes)).sheets;
          const textOf = (cell: string | number | boolean | null): string =>
            cell === null ? '' : typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell);
          const [header = [], ...body] = trimmed(table.map((cells) => cells.map(textOf)));
          expect([sheet?.header, sheet?.rows.map(({ cells }) => cells)]).toEqual([header, body]);
        },
      ),
      { numRuns: runs(20), seed: SEED },
    );
  });

  it('of dates, percentages, formulas and hidden sheets written by another program reads as it should', async () => {
    const cells = sheetjs.utils.aoa_to_sheet([['Library', 'Apr', 'Share', 'Day', 'Sum', 'Error']]);
    Object.assign(cells, {
      B1: { t: 'n', v: 43556, z: 'mmm-yy' },
      B2: { t: 'n', v: 12345, z: '#,##0' },
      C2: { t: 'n', v: 0.07, z: '0.0%' },
      D2: { t: 'n', v: 43557, z: 'dd/mm/yyyy' },
      E2: { t: 'n', v: 24690, f: 'B2*2' },
      F2: { t: 'e', v: 0x17 },
      '!ref': 'A1:F2',
    });
    const book = sheetjs.utils.book_new();
    sheetjs.utils.book_append_sheet(book, cells, 'Visits');
    sheetjs.utils.book_append_sheet(book, sheetjs.utils.aoa_to_sheet([['x']]), 'Lists');
    book.Workbook = { Sheets: [{ name: 'Visits' }, { name: 'Lists', Hidden: 1 }] };
    const workbook = await read(sheetjs.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer);
    expect(workbook.unread).toEqual([{ sheet: 'Lists', why: 'hidden' }]);
    expect(workbook.sheets[0]).toMatchObject({
      header: ['Library', '2019-04', 'Share', 'Day', 'Sum', 'Error'],
      rows: [{ row: 2, cells: ['', '12345', '7%', '2019-04-02', '24690', '#REF!'], formulas: new Set([4]) }],
    });
  });
});

const ONE: WorkbookXml = {
  sheets: [{ name: 'Visits', rows: '<row><c t="s"><v>0</v></c></row><row><c s="1"><v>0.39</v></c></row>' }],
  strings: '<si><t>Share</t></si>',
  formats: ['0%'],
};

describe('what is refused', () => {
  const refusedAs = async (bytes: Uint8Array, what: string | RegExp): Promise<LedgerError> => {
    const error = await refusal(read(bytes));
    expect(error.message).toMatch(what);
    return error;
  };

  it('is a workbook in another format, with what to do', async () => {
    const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
    expect((await refusedAs(ole, 'is a workbook of the old format .xls')).hint).toContain('save it as .xlsx');
    const locked = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]);
    expect((await refusedAs(locked, 'is a workbook protected by a password')).hint).toContain('remove the password');
    await refusedAs(zipOf([['content.xml', '<x/>']]), 'is an OpenDocument file');
    await refusedAs(zipOf([['a.csv', 'a,b']]), 'is a ZIP archive, but not an .xlsx workbook');
    await refusedAs(
      xlsxOf({ sheets: [], parts: { 'xl/workbook.xml': '<document/>' } }),
      'is an Office document, but not',
    );
    const binary =
      '<Relationships><Relationship Id="r" Type="/officeDocument" Target="xl/workbook.bin"/></Relationships>';
    await refusedAs(xlsxOf({ sheets: [], parts: { '_rels/.rels': binary } }), 'is a binary workbook');
    await refusedAs(new TextEncoder().encode('a,b\n1,2\n'), 'is no workbook');
    await refusedAs(new Uint8Array(), 'is no workbook');
  });

  it('is an archive with a password on its parts', async () => {
    const parts = [...partsOf(ONE)].map(([name, content]) => [name, content, { encrypted: true }] as const);
    await refusedAs(zipOf(parts), 'is a workbook protected by a password');
  });

  it('is an archive cut off anywhere', async () => {
    const bytes = xlsxOf(ONE);
    for (let length = 4; length < bytes.length; length += 29) {
      expect((await refusedAs(bytes.subarray(0, length), 'is a damaged workbook')).hint).toContain(
        'get the file once more',
      );
    }
  });

  it('is any flipped bit that would change a cell', async () => {
    const bytes = xlsxOf(ONE);
    const whole = await read(bytes);
    let refused = 0;
    for (const place of fc.sample(fc.nat({ max: bytes.length * 8 - 1 }), { numRuns: runs(300), seed: SEED })) {
      const flipped = Uint8Array.from(bytes);
      flipped[place >> 3]! ^= 1 << (place & 7);
      try {
        expect(await read(flipped), `bit ${place}`).toEqual(whole);
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10);
  });

  it('is two parts or two sheets of one name', async () => {
    const parts = [...partsOf(ONE)];
    await refusedAs(zipOf([...parts, ['XL/Workbook.xml', '<workbook/>']]), 'it has two parts XL/Workbook.xml');
    const sheet = { name: 'visits', rows: '' };
    await refusedAs(xlsxOf({ sheets: [...ONE.sheets, sheet] }), 'it has two sheets "visits"');
  });

  it('is a workbook without a sheet to be seen, or with parts missing', async () => {
    await refusedAs(xlsxOf({ sheets: [{ name: 'A', rows: '', state: 'hidden' }] }), 'it has no visible sheet');
    for (const missing of ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/styles.xml']) {
      const parts = [...partsOf(ONE)].filter(([name]) => name !== missing);
      await refusedAs(zipOf(parts), `it has no part ${missing}`);
    }
    const links = '<Relationships/>';
    await refusedAs(
      xlsxOf({ ...ONE, parts: { 'xl/_rels/workbook.xml.rels': links } }),
      'no part for the sheet "Visits"',
    );
  });

  it.each([
    ['a cell twice', '<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', 'cell A1 stands after A1'],
    ['cells out of order', '<row><c r="AB1"/><c r="AA1"/></row>', 'cell AA1 stands after AB1'],
    ['a row twice', '<row r="2"/><row r="2"/>', 'row 2 stands after row 2'],
    ['a row that no sheet has', '<row r="1048577"/>', 'row 1048577 is no row'],
    ['a row of no number', '<row r="one"/>', 'row one is no row'],
    ['a column that no sheet has', '<row><c r="XFE1"/></row>', 'cell XFE1 is no cell of row 1'],
    ['a cell of another row', '<row r="2"><c r="A3"/></row>', 'cell A3 is no cell of row 2'],
    ['no cell at all', '<row><c r="1A"/></row>', 'cell 1A is no cell of row 1'],
    ['a text that there is not', '<row><c t="s"><v>0</v></c></row>', 'cell A1 names a text 0 that there is not'],
    ['a text by no number', '<row><c/><c t="s"><v>__proto__</v></c></row>', 'cell B1 names a text __proto__'],
    ['a format that there is not', '<row><c s="1"><v>1</v></c></row>', 'cell A1 names a format 1 that there is not'],
    ['an unknown type', '<row><c t="q"><v>1</v></c></row>', 'cell A1 is of an unknown type q'],
    ['an array of no area', '<row><c><f ref="B2:A1">1</f></c></row>', 'area B2:A1 is none'],
  ])('is %s, named by its sheet and cell', async (_, rows, what) => {
    await refusedAs(xlsxOf({ sheets: [{ name: 'Visits', rows }] }), `sheet "Visits", ${what}`);
  });

  it.each([
    ['broken off', '<worksheet><sheetData>', 'is not well-formed XML'],
    ['with an element that another one closes', '<worksheet></sheetData>', 'is not well-formed XML'],
    ['in another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><worksheet/>', 'is written in ISO-8859-1'],
    [
      'that is no UTF-8',
      Uint8Array.from(Buffer.from('<worksheet>\xff</worksheet>', 'latin1')),
      'is not well-formed XML',
    ],
    ['with an entity that nobody defined', '<worksheet>&lol;</worksheet>', 'is not well-formed XML'],
    ['with elements within elements', '<a>'.repeat(100_000), 'has elements nested more than 64 deep'],
    ['that is one element', `<a b="${' '.repeat(9_000_000)}`, 'has 8388608 bytes without an element'],
    [
      'with entities of its own, a billion laughs',
      '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>',
      'has a document type',
    ],
    ['with an entity from elsewhere', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>', 'has a document type'],
  ])('is a part %s', async (_, content, what) => {
    await refusedAs(
      xlsxOf({ ...ONE, parts: { 'xl/worksheets/sheet1.xml': content } }),
      `xl/worksheets/sheet1.xml ${what}`,
    );
  });
});

describe('what would fill the memory', () => {
  const withLie = (size: number): Uint8Array =>
    zipOf([...partsOf(ONE)].map(([name, content]) => [name, content, name.endsWith('sheet1.xml') ? { size } : {}]));

  it('is refused by the size that it says it has', async () => {
    const error = await refusal(read(withLie(513 * 1024 * 1024)));
    expect(error.message).toBe('a.xlsx is too large to be read: its parts inflate to more than 512 MiB.');
    expect(error.hint).toContain('CSV UTF-8');
  });

  it('is refused where it says a smaller size than it has', async () => {
    expect((await refusal(read(withLie(10)))).message).toContain(
      'is a damaged workbook: xl/worksheets/sheet1.xml cannot be read',
    );
  });

  it('is refused by how far a part inflates', async () => {
    const parts = { 'xl/worksheets/sheet1.xml': `<worksheet>${' '.repeat(20 * 1024 * 1024)}</worksheet>` };
    expect((await refusal(read(xlsxOf({ ...ONE, parts })))).message).toMatch(/inflates to \d+ times its size/);
  });

  it('is refused where one small part stands for many sheets', async () => {
    const filler = `<!--${Array.from({ length: 400_000 }, (_, i) => i).join(' ')}-->`;
    const sheets = Array.from({ length: 400 }, (_, i) => ({ name: `S${i}`, rows: '' }));
    const links = sheets.map((_, i) => `<Relationship Id="r${i}" Type="/worksheet" Target="worksheets/sheet1.xml"/>`);
    const parts = {
      'xl/_rels/workbook.xml.rels': `<Relationships>${links.join('')}</Relationships>`,
      'xl/worksheets/sheet1.xml': `<worksheet>${filler}</worksheet>`,
    };
    expect((await refusal(read(xlsxOf({ sheets, parts })))).message).toContain('inflate to more than 512 MiB');
  });

  it('is refused where few cells span many', async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `<row r="${i + 2}"><c><v>1</v></c></row>`).join('');
    const wide = refusal(sheetOf(`<row r="1"><c r="XFD1"><v>1</v></c></row>${rows}`));
    expect((await wide).message).toContain('span more than 20000000 cells');
    const far = { rows: '<row r="1048576"><c><v>1</v></c></row>' };
    const sheets = Array.from({ length: 5 }, (_, i) => ({ name: `S${i}`, ...far }));
    expect((await refusal(readOf({ sheets }))).message).toContain('span more than 20000000 cells');
    const merge = '<mergeCell ref="A1:XFD1048576"/>'.repeat(20_000);
    const merged = sheetOf(`<row r="1"><c/></row>${rows}`, { after: `<mergeCells>${merge}</mergeCells>` });
    expect((await refusal(merged)).message).toContain('span more than 20000000 cells');
    const array = '<row><c><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>'.repeat(2000);
    expect((await refusal(sheetOf(array))).message).toContain('span more than 20000000 cells');
  });

  it('is cheap where a million rows are there and three are filled', async () => {
    const styled = Array.from({ length: 50_000 }, (_, i) => `<row r="${i + 4}" s="1" customFormat="1"/>`).join('');
    const rows = [1, 2, 3].map((n) => `<row r="${n}"><c r="A${n}"><v>${n}</v></c></row>`).join('');
    const sheet = await sheetOf(`${rows}${styled}`, { before: '<dimension ref="A1:XFD1048576"/>' });
    expect(plain(sheet).rows).toEqual([
      { row: 2, cells: ['2'] },
      { row: 3, cells: ['3'] },
    ]);
    const far = await sheetOf(`${rows}<row r="1048576"><c><v>9</v></c></row>`);
    expect(far.rows).toHaveLength(1_048_575);
    expect(far.rows.at(-1)).toMatchObject({ row: 1_048_576, cells: ['9'] });
    // One blank row for all.
    expect(far.rows[2]?.cells).toBe(far.rows[1_000_000]?.cells);
  });
});
