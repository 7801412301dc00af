/**
 * The CIPFA return of actuals. All figures here are made up: the form belongs to its publisher, and no filled-in copy of
 * it is at hand.
 */
import { expect, it } from 'vitest';
import { cipfaActuals } from '../../../src/importers/returns/cipfaActuals.ts';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { importText, lines, refusals, said, withCode, detectFormat } from './importing.ts';

const HEADER = 'Line,Description,2015-16,2016-17,Reason';
const OPTIONS: ImportOptions = { authority: 'X01000001' };
const take = (rows: readonly string[], header = HEADER, options = OPTIONS, fileName = 'actuals.csv') =>
  importText(cipfaActuals, [header, ...rows].join('\n'), options, { fileName });
const figures = (result: ReturnType<typeof take>) =>
  (result.events as readonly EventOf<'return.stated'>[]).map(({ data }) => [data.line, data.absent ?? data.value]);

it('a line is stated under its number, for the year of the later column', () => {
  const result = take(['67,Volunteers,40,45,', '68,Hours of volunteers,1000,1100.5,', '93,Visits,..,..,']);
  expect(lines(result)).toEqual([
    'X01000001 2016-04-01/P1Y 45 system',
    'X01000001 2016-04-01/P1Y 1100.5 system',
    'X01000001 2016-04-01/P1Y not-available system',
  ]);
  expect(figures(result)).toEqual([['67', 45], ['68', 1100.5], ['93', 'not-available']]); // prettier-ignore
  expect(said(result)).toEqual([
    'noted r1 [2015-16] column-not-kept "2015-16"',
    'noted r1 [Reason] column-not-kept "Reason"',
  ]);
});

it('".." is not 0, 0 is, and a blank is not reported', () => {
  const result = take(['67,Volunteers,0,0,', '68,Hours,..,..,', '88,Enquiries,,,']);
  expect(figures(result)).toEqual([['67', 0], ['68', 'not-available'], ['88', 'not-reported']]); // prettier-ignore
  expect(withCode(result, 'value-missing')).toMatchObject([{ row: 4, severity: 'flagged' }]);
});

it('nothing of a reason is kept', () => {
  expect(JSON.stringify(take(['67,Volunteers,10,45,"Jo Bloggs left"']))).not.toContain('Bloggs');
});

it('the year may be in the name of the file or an option, and must be somewhere', () => {
  const header = 'Line no,Item,This year';
  const rows = ['67,Volunteers,45'];
  expect(lines(take(rows, header, OPTIONS, 'actuals 2016-17.csv'))).toEqual(['X01000001 2016-04-01/P1Y 45 system']);
  expect(lines(take(rows, header, { ...OPTIONS, period: '2016-04-01/P1Y' }))).toHaveLength(1);
  expect(refusals(take(rows, header))).toEqual(['r1 * period-unknown']);
  expect(refusals(take(['67,Volunteers,40,45,'], HEADER, { ...OPTIONS, period: '2017-04-01/P1Y' }))).toEqual(['r1 * option-unusable']); // prettier-ignore
  expect(refusals(take(['67,Volunteers,40,45,'], HEADER, {}))).toEqual(['r1 * option-unusable']);
  expect(refusals(take(['67,V,1,2,3'], 'Line,Description,2014-15,2015-16,2016-17'))).toEqual(['r1 * column-repeated']);
});

it.each([
  ['hours used above hours available', ['22,Hours available,,1000,', '23,Hours used,,1001,'], 'line 23: 1001, and line 22: 1000'],
  ['shares that fall with time', ['85,7 days,,60,', '86,15 days,,55,', '87,30 days,,80,'], 'line 85: 60, and line 86: 55'],
  ['service points that do not follow from last year', ['15,Total service points,20,19,', '16,Closed,,2,r', '17,Opened,,0,r'], 'line 15: 19; 20 the year before, 2 closed and 0 opened'],
])('%s are flagged and recorded', (_, rows, found) => {
  const result = take(rows);
  expect(withCode(result, 'check-failed').map((finding) => finding.found)).toEqual([found]);
  expect(result.events).toHaveLength(rows.length);
}); // prettier-ignore

it('what agrees is not told, and a check that cannot be made is', () => {
  const right = ['15,Total service points,20,18,', '16,Closed,,2,', '17,Opened,,0,', '22,Available,,1000,', '23,Used,,1000,', '85,a,,60,', '86,b,,60,', '87,c,,80.5,']; // prettier-ignore
  expect(withCode(take(right), 'check-failed')).toEqual([]);
  expect(withCode(take(right), 'check-not-made')).toEqual([]);
  expect(withCode(take(right.slice(1)), 'check-not-made')).toHaveLength(1);
});

it('a change of more than a quarter needs a reason', () => {
  const changed = (row: string) => withCode(take([row]), 'change-unexplained').map(({ found }) => found);
  expect(changed('67,Volunteers,40,51,')).toEqual(['line 67: 51, 40 the year before']);
  expect(changed('67,Volunteers,40,29,')).toHaveLength(1);
  expect(changed('67,Volunteers,0,1,')).toHaveLength(1);
  expect(changed('67,Volunteers,40,50,')).toEqual([]);
  expect(changed('67,Volunteers,40,51,A new scheme')).toEqual([]);
  expect(changed('67,Volunteers,..,51,')).toEqual([]);
  const unread = take(['67,Volunteers,"1,040",51,']);
  expect(said(unread, 'flagged')).toEqual(['flagged r2 [2015-16] check-not-made "1,040"']);
  expect(figures(unread)).toEqual([['67', 51]]);
});

it('headings are read past, and anything that is no line or no figure is refused', () => {
  const result = take([
    ',Service points,,,',
    '67,Volunteers,40,"1,045",',
    '68,Hours,,12.3456,',
    '88,Enquiries,,-4,',
    'Total,All of it,,900,',
    HEADER,
    '91,Active borrowers,5',
    '93,Visits,,100,',
    '93,Visits,,100,',
    '94,Other visits,,100,',
    '94,Other visits,,110,',
  ]);
  expect(lines(result)).toEqual(['X01000001 2016-04-01/P1Y 100 system']);
  expect(withCode(result, 'row-blank')).toHaveLength(1);
  expect(refusals(result)).toEqual([
    'r7 * row-repeats-header',
    'r8 * row-ragged',
    'r3 2016-17 not-a-number',
    'r4 2016-17 not-a-number',
    'r5 2016-17 not-a-number',
    'r6 Line value-missing',
    'r10 * row-repeated',
    'r11 * row-contradicted',
    'r12 * row-contradicted',
  ]);
});

it('is recognised by its numbered lines, and not by the words "line" and "description" alone', () => {
  const rows = (...lineNumbers: string[]) => lineNumbers.map((line, at) => ({ row: at + 2, cells: [line, 'x', '1', '2', ''] })); // prettier-ignore
  expect(detectFormat(HEADER.split(','), 'a.csv', {}, rows('1', '2', '67'))).toBe(cipfaActuals);
  expect(() => detectFormat(HEADER.split(','), 'a.csv', {}, rows('blue', 'red', '7'))).toThrow(
    'No importer recognises',
  );
});
