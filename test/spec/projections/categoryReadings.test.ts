/** What readings make of a service's own item categories. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { typeOf, type ActivityEvent, type FactBody } from '../../../contracts/activityEvent.ts';
import { asRead, type Readings } from '../../../src/domain/readings.ts';
import { readReadings } from '../../../src/files/readReadings.ts';
import { DELIVERED, deliveredReadings } from '../../support/deliveredReadings.ts';

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'readings-'));
});
afterEach(() => rmSync(own, { recursive: true, force: true }));

const HEAD = 'reads: item-categories\nversion: 1\ntitle: Our own categories\nsource: Ourselves\nlines:\n';
/** The delivered readings, with these lines before them. */
function withOwn(...lines: string[]): Readings {
  writeFileSync(join(own, 'categories.yaml'), HEAD + lines.map((line) => `  - ${line}\n`).join(''));
  return readReadings([DELIVERED, own]).readings;
}

type Stated = Extract<FactBody, { type: 'org.outcome-ledger.loans.counted.v1' }>;
const counted = (localCategory: string, says: Partial<Stated['data']> = {}, subject = 'E08000021/city'): Stated => ({
  type: typeOf('loans.counted'),
  subject,
  data: {
    window: '2019-12-01/P1M',
    method: 'system',
    count: 8,
    counts: 'issues-and-renewals',
    format: 'unknown',
    localCategory,
    ...says,
  },
});
const kindOf = ({ data }: FactBody): unknown[] => {
  const { format, contentAge } = data as Stated['data'];
  return contentAge === undefined ? [format] : [format, contentAge];
};

it.each([
  ['Adult fiction', 'physical-book', '18-plus'],
  ["Children's Non-Fiction", 'physical-book', 'under-12'],
  ['CHILDRENS NONFICTION', 'physical-book', 'under-12'],
  ['Junior books', 'physical-book', 'under-12'],
  ['Young adult fiction', 'physical-book', '12-17'],
  ['Picture books', 'physical-book'],
  ['Ebooks', 'e-book'],
  ['Junior e-books', 'e-book', 'under-12'],
  ['Audiobooks', 'physical-audiobook'],
  ['e-Audiobook', 'e-audiobook'],
  ['DVDs', 'film'],
  ['BK', 'physical-book'],
  ['Adult', 'unknown', '18-plus'],
  ['Adult graphic novels', 'unknown'],
  ['Fiction adult', 'unknown'],
  ['constructor', 'unknown'],
  ['', 'unknown'],
])('"%s" is %s %s', (category, ...is) => {
  expect(kindOf(deliveredReadings(counted(category)))).toEqual(is);
});

describe('a category is read', () => {
  it('in each kind of event that can have one, and in what a correction puts in the place of another', () => {
    const data = { format: 'unknown', localCategory: 'Junior DVDs' } as const;
    const [subject, time] = ['E08000021/city', '2019-12-03T10:00:00Z'];
    const bodies: FactBody[] = [
      counted('Junior DVDs'),
      { type: typeOf('stock.counted'), subject, data: { ...data, on: '2019-12-03', items: 3 } },
      { type: typeOf('loan.issued'), subject, time, data },
      { type: typeOf('loan.renewed'), subject, time, data },
    ];
    for (const body of bodies) {
      const event = { ...body, specversion: '1.0', id: '1', source: 'urn:a:b' } as ActivityEvent;
      expect(asRead(event, deliveredReadings)).toEqual({
        ...event,
        data: { ...body.data, format: 'film', contentAge: 'under-12' },
      });
      const correction: ActivityEvent = {
        ...{ specversion: '1.0', id: '2', source: 'urn:a:b', time, type: typeOf('fact.corrected') },
        data: { target: { source: 'urn:a:b', id: '1' }, by: 'importer', why: 'publisher-revised', replacement: body },
      };
      const { data: read } = asRead(correction, deliveredReadings) as typeof correction;
      expect(kindOf(read.replacement)).toEqual(['film', 'under-12']);
    }
  });

  it('only where the sender leaves the format open; what it states is believed', () => {
    for (const body of [counted('DVD', { format: 'game' }), counted('Playset')])
      expect(deliveredReadings(body)).toBe(body);
    expect(kindOf(deliveredReadings(counted('Adult DVDs', { contentAge: '12-17' })))).toEqual(['film', '12-17']);
    expect(kindOf(deliveredReadings(counted('Adult DVDs', { contentAge: 'unknown' })))).toEqual(['film', '18-plus']);
  });
});

describe('a line of a service’s own', () => {
  it('goes before the delivered ones, which still read all else', () => {
    const both = withOwn(
      '{ category: Talking books, places: [E08000021], is: { format: e-audiobook } }',
      '{ category: Quick reads, is: { format: physical-book, contentAge: 18-plus } }',
    );
    expect(kindOf(both(counted('Talking Book')))).toEqual(['e-audiobook']);
    expect(kindOf(both(counted('Junior talking books')))).toEqual(['e-audiobook', 'under-12']);
    expect(kindOf(both(counted('Talking Book', {}, 'E08000002/central')))).toEqual(['physical-audiobook']);
    expect(kindOf(both(counted('Quick reads')))).toEqual(['physical-book', '18-plus']);
    expect(kindOf(both(counted('Adult fiction')))).toEqual(['physical-book', '18-plus']);
  });

  it('of a whole category goes before its halves, and one of both halves is no half', () => {
    const both = withOwn(
      '{ category: Fiction, is: { format: physical-book, contentAge: 18-plus } }',
      '{ category: Adult DVDs, is: { format: unknown } }',
    );
    expect(kindOf(both(counted('Fiction')))).toEqual(['physical-book', '18-plus']);
    expect(kindOf(both(counted('Junior fiction')))).toEqual(['physical-book', 'under-12']);
    expect(kindOf(both(counted('Adult DVDs')))).toEqual(['unknown']);
  });

  it('holds from its first to its last day, of the window, the count or the loan in London', () => {
    const both = withOwn('{ category: Talking books, from: 2019-07-02, until: 2019-12-01, is: { format: e-audiobook } }'); // prettier-ignore
    const of = (window: string) => kindOf(both(counted('Talking books', { window })))[0];
    expect(['2019-07-01/P1M', '2019-08-01/P1M', '2019-12-01/P1M', '2020-01-01/P1M'].map(of)).toEqual([
      'physical-audiobook',
      'e-audiobook',
      'e-audiobook',
      'physical-audiobook',
    ]);
    const on = (day: string) =>
      kindOf(both({ type: typeOf('stock.counted'), subject: 'E08000021', data: { on: day, items: 1, format: 'unknown', localCategory: 'Talking books' } })); // prettier-ignore
    expect(['2019-07-01', '2019-07-02'].map(on)).toEqual([['physical-audiobook'], ['e-audiobook']]);
    const at = (time: string) =>
      kindOf(both({ type: typeOf('loan.issued'), subject: 'E08000021', time, data: { format: 'unknown', localCategory: 'Talking books' } })); // prettier-ignore
    expect(['2019-07-01T22:59:59Z', '2019-07-01T23:00:00Z'].map(at)).toEqual([['physical-audiobook'], ['e-audiobook']]);
  });
});

it.each([
  ['  - { category: Talking books, is: { format: tape } }', 6, 46, 'expected one of physical-book'],
  ['  - { category: Talking books, is: {} }', 6, 32, 'needs a "format", a "contentAge" or both'],
  ['  - { category: Talking books }', 6, 5, '"is" is missing'],
  ['  - { line: Talking books, is: { format: e-book } }', 6, 7, '"line" is not a field that belongs here'],
  ['  - { category: Talking books, places: [Leeds], is: { format: e-book } }', 6, 41, 'nine-character GSS code'],
])('is refused at its line and column: %s', (line, row, column, message) => {
  writeFileSync(join(own, 'own.yaml'), HEAD + line);
  expect(() => readReadings([own])).toThrow(
    expect.objectContaining({
      code: 'invalid-reading',
      faults: expect.arrayContaining([
        expect.objectContaining({ line: row, column, message: expect.stringContaining(message) as string }),
      ]) as unknown,
    }),
  );
});

it('what is read is said in known words, and once in a folder', () => {
  writeFileSync(join(own, 'a.yaml'), `${HEAD.replace('item-categories', 'categories')}  - { category: A, is: { format: e-book } }`); // prettier-ignore
  expect(() => readReadings([own])).toThrow(
    expect.objectContaining({ faults: [expect.objectContaining({ line: 1, column: 8, message: expect.stringMatching(/^must be item-categories/) as string })] }), // prettier-ignore
  );
  for (const name of ['a', 'b'])
    writeFileSync(join(own, `${name}.yaml`), `${HEAD}  - { category: A, is: { format: e-book } }`);
  expect(() => readReadings([own])).toThrow('both read item categories');
});
