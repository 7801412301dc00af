import { describe, expect, it } from 'vitest';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { bytesOf } from './importing.ts';

const read = (text: string) => readTable({ fileName: 'a.csv', bytes: bytesOf(text) });
const windows = (...bytes: (string | number)[]) =>
  Uint8Array.from(bytes.flatMap((part) => (typeof part === 'number' ? [part] : [...bytesOf(part)])));

function refusal(run: () => unknown): LedgerError {
  try {
    run();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('reading a CSV file', () => {
  it.each([
    ['LF', 'a,b\n1,2\n'],
    ['CRLF', 'a,b\r\n1,2\r\n'],
    ['CR', 'a,b\r1,2\r'],
    ['mixed line ends', 'a,b\r\n1,2\n'],
    ['a byte order mark', '\ufeffa,b\n1,2'],
    ['semicolons', 'a;b\n1;2'],
    ['tabs', 'a\tb\n1\t2'],
  ])('understands %s', (_, text) => {
    expect(read(text)).toEqual({ header: ['a', 'b'], rows: [{ row: 2, cells: ['1', '2'] }] });
  });

  it('keeps cells as written, line breaks in quotes, blank rows, and the length of each row', () => {
    expect(read('a,b\n" 1 ","x\ny, ""z"""\n\n3\n1,2,3').rows).toEqual([
      { row: 2, cells: [' 1 ', 'x\ny, "z"'] },
      { row: 3, cells: [''] },
      { row: 4, cells: ['3'] },
      { row: 5, cells: ['1', '2', '3'] },
    ]);
  });

  it('decodes Windows-1252 only when told', () => {
    const bytes = windows('name\nSt John', 0x92, 's ', 0x80, ' caf', 0xe9);
    expect(readTable({ fileName: 'a.csv', bytes, encoding: 'windows-1252' }).rows[0]?.cells).toEqual([
      'St John’s € café',
    ]);
    const error = refusal(() => readTable({ fileName: 'a.csv', bytes }));
    expect(error.code).toBe('invalid-file');
    expect(error.message).toBe('a.csv is not UTF-8: byte 12 (0x92, line 2) belongs to no character.');
    expect(error.hint).toContain('--encoding windows-1252');
    expect(error.faults).toMatchObject([{ file: 'a.csv', row: 2 }]);
  });

  it.each([
    ['a beginning without its rest', [0xe2, '(x'], 'byte 3 (0xe2, line 2)'],
    ['two bytes of three', [0xe2, 0x82, '\nx'], 'byte 3 (0xe2, line 2)'],
    ['three bytes of four', [0xf0, 0x9f, 0x98, 'x'], 'byte 3 (0xf0, line 2)'],
    ['a rest without its beginning', ['é', 0xa9], 'byte 5 (0xa9, line 2)'],
    ['half a pair', [0xed, 0xa0, 0x80], 'byte 3 (0xed, line 2)'],
  ])('names the byte at fault: %s', (_, wrong, named) => {
    const error = refusal(() => readTable({ fileName: 'a.csv', bytes: windows('a\nb', ...wrong) }));
    expect(error.message).toContain(named);
  });

  it('names the byte where a last character is cut off', () => {
    const error = refusal(() => readTable({ fileName: 'a.csv', bytes: windows('a\nb', 0xc3) }));
    expect(error.message).toContain('byte 3 (0xc3, line 2)');
  });

  it.each([
    ['nothing', new Uint8Array(), 'a.csv is empty.'],
    ['only blanks', bytesOf(' \n\n'), 'a.csv is empty.'],
    ['no header', bytesOf(',\n1,2'), 'a.csv has no header in row 1.'],
    [
      'an open quote',
      bytesOf('a,b\n1,"2\n3,4'),
      'a.csv cannot be read as CSV in row 2: a quote opens and never closes.',
    ],
    [
      'text after a quote',
      bytesOf('a,b\n1,2\n1,"2"3'),
      'a.csv cannot be read as CSV in row 3: there is text after a closing quote.',
    ],
    [
      'a quote inside a cell',
      bytesOf('a,b\n1,2"3'),
      'a.csv cannot be read as CSV in row 2: a quote stands inside a cell that does not begin with one.',
    ],
    ['a workbook', windows('PK', 3, 4, 'x'), 'a.csv is a workbook, not a CSV file.'],
    ['binary data', windows('a\n', 0, 1), 'a.csv holds binary data, not text.'],
    ['UTF-16', windows(0xff, 0xfe, 'a', 0), 'a.csv is not UTF-8: byte 0 (0xff, line 1) belongs to no character.'],
  ])('refuses %s', (_, bytes, message) => {
    const error = refusal(() => readTable({ fileName: 'a.csv', bytes }));
    expect(error.message).toBe(message);
    expect(error.hint).toMatch(/\.$/);
    expect(error.faults[0]).toMatchObject({ file: 'a.csv', message });
  });

  it('refuses UTF-8 given as Windows-1252, and bytes that are no character of it', () => {
    const mark = windows(0xef, 0xbb, 0xbf, 'a,b');
    const marked = () => readTable({ fileName: 'a.csv', bytes: mark, encoding: 'windows-1252' });
    expect(refusal(marked).message).toBe('a.csv begins with the mark of UTF-8.');
    const undefinedByte = () => readTable({ fileName: 'a.csv', bytes: windows('a\n', 0x81), encoding: 'windows-1252' });
    expect(refusal(undefinedByte).message).toContain('byte 2 (line 2)');
  });

  it('says the SHA-256 of the bytes', () => {
    expect(sha256Of(bytesOf('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
