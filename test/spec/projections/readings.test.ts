/** The readings that the product delivers, and what readings make of what was stated. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DELIVERED, deliveredReadings as readings } from '../../support/deliveredReadings.ts';
import { statedBody } from '../../support/statedBody.ts';
import { meaningOf } from '../../../src/domain/readings.ts';
import { namesIn } from '../../../src/files/namesIn.ts';
import { readReadings } from '../../../src/files/readReadings.ts';

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'readings-'));
});
afterEach(() => rmSync(own, { recursive: true, force: true }));

it('all can be read, each under the name of what it reads', () => {
  expect(readdirSync(DELIVERED).filter((name) => name.endsWith('.yaml'))).toEqual([
    'ace-activity-return.yaml',
    'ace-long-loans.yaml',
    'ace-long-visits.yaml',
    'cipfa-actuals.yaml',
    'item-categories.yaml',
    'monthly-usage-long.yaml',
    'online-resources-wide.yaml',
  ]);
});

it.each([
  ['ace-activity-return', 'total_physical_book_issues', { format: 'physical-book', counts: 'issues-and-renewals', count: 8 }],
  ['ace-activity-return', 'Physical visits no-colocation', { site: 'library-only', count: 8 }],
  ['ace-activity-return', 'hours_public_computers', { channel: 'public-pc', hours: 8 }],
  ['ace-long-loans', 'Ebook / Under 12', { format: 'e-book', contentAge: 'under-12', count: 8 }],
  ['ace-long-visits', 'Shared building', { site: 'co-located', count: 8 }],
  ['cipfa-actuals', '68', { hours: 8 }],
])('%s, %s', (form, line, says) => {
  const read = readings(statedBody(form, line, 8));
  expect(read.type).not.toContain('return.stated');
  expect(read.data).toMatchObject(says);
}); // prettier-ignore

it.each([
  ['ace-activity-return', 'loans_11_under'],
  ['ace-activity-return', 'home_delivery'],
  ['ace-activity-return', 'physical_visits_no_colocation_may'],
  ['ace-long-visits', 'Home delivery'],
  ['cipfa-actuals', '91'],
  ['another-form', 'total_physical_book_issues'],
])('%s, %s counts nowhere, and stays what was stated', (form, line) => {
  const body = statedBody(form, line, 8);
  expect(readings(body)).toEqual(body);
  expect(meaningOf(body, readings)).toBeNull();
});

describe('a line', () => {
  it('of one place and year is read by the entry for them, and elsewhere by the next', () => {
    const hours = (place: string, window: string) =>
      readings(statedBody('ace-activity-return', 'hours_public_computers', 9, place, window)).type;
    expect(hours('E08000021', '2023-04-01/P1M')).toContain('return.stated');
    expect(hours('E08000021', '2022-04-01/P1M')).toContain('digital-sessions.counted');
    expect(hours('E08000002', '2023-04-01/P1M')).toContain('digital-sessions.counted');
  });

  it('that states no whole number is no count, and may be hours', () => {
    const visits = statedBody('cipfa-actuals', '93', 12.5);
    expect(readings(visits)).toEqual(visits);
    expect(readings(statedBody('cipfa-actuals', '68', 12.5)).data).toMatchObject({ hours: 12.5 });
  });

  it('that states no number keeps the reason', () => {
    const { type, data } = readings(statedBody('cipfa-actuals', '93', 'not-available'));
    expect([type.includes('visits.counted'), data]).toMatchObject([true, { absent: 'not-available' }]);
    expect(meaningOf(statedBody('cipfa-actuals', '93', 'not-available'), readings)).toEqual({
      kind: 'visits.counted',
      field: 'count',
      with: {},
    });
  });
});

it('a reading of a service’s own goes before the delivered one, and a faulty one is refused at its line', () => {
  const write = (line: string) =>
    writeFileSync(join(own, 'own.yaml'), `form: ace-long-visits\nversion: 2\ntitle: Our own reading\nsource: Ourselves\nlines:\n  - ${line}\n`); // prettier-ignore
  write('{ line: Library, is: { kind: visits.counted, with: { site: co-located } } }');
  const { readings: both, digest } = readReadings([DELIVERED, own]);
  expect(both(statedBody('ace-long-visits', 'Library', 8)).data).toMatchObject({ site: 'co-located' });
  expect(both(statedBody('ace-long-visits', 'Shared building', 8)).type).toContain('return.stated');
  expect(digest).not.toBe(readReadings([DELIVERED]).digest);

  write('{ line: Library, is: { kind: visits.counted, with: { site: shared } } }');
  expect(() => readReadings([own])).toThrow(expect.objectContaining({ code: 'invalid-reading', faults: [expect.objectContaining({ line: 6 })] })); // prettier-ignore
});

it('names of authorities are read from two columns, and a name with two codes is refused', () => {
  const names = (text: string) => namesIn('names.csv', new TextEncoder().encode(text));
  expect(names('Code,Name\nE08000021,Newcastle\n,\nE08000021,Newcastle upon Tyne\n')).toEqual([
    ['Newcastle', 'E08000021'],
    ['Newcastle upon Tyne', 'E08000021'],
  ]);
  expect(() => names('name,code\nNewcastle,E08000021\nNEWCASTLE,E08000002\n')).toThrow('gives NEWCASTLE the codes');
  expect(() => names('name,code\nNewcastle,\n')).toThrow('has an empty cell in row 2');
  expect(() => names('authority,gss\na,b\n')).toThrow('has the columns authority, gss');
});
