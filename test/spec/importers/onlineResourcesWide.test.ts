import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { onlineResourcesWide } from '../../../src/importers/usage/onlineResourcesWide.ts';
import { detectFormat, importText, refusals, said, withCode } from './importing.ts';

const read = (text: string, options: object = {}) =>
  importText(onlineResourcesWide, text, { authority: 'E08000021', ...options });
/** What was stated, a line each: `Ancestry 2015-05 883`. */
const stated = ({ events }: ImportResult): string[] =>
  (events as readonly EventOf<'return.stated'>[]).map(
    ({ data }) =>
      `${data.line} ${data.window.slice(0, 7)} ${data.absent ?? data.value}${data.method === 'system' ? '' : ` ${data.method}`}`,
  );

describe('monthly use of online resources, a resource a row', () => {
  it('states each filled cell under the name of its resource, with its cell', () => {
    const { events } = read('Online Resource,Jan-05,Feb-05\nOnesource / Avention ,,7');
    expect(events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{16}:r2:cfeb-05$/) as string,
        source: 'urn:library:E08000021:online-resources-wide',
        type: 'org.outcome-ledger.return.stated.v1',
        subject: 'E08000021',
        data: {
          form: 'online-resources-wide',
          line: 'Onesource / Avention',
          window: '2005-02-01/P1M',
          method: 'system',
          value: 7,
          provenance: { file: expect.stringMatching(/^[0-9a-f]{64}$/) as string, row: 2, column: 'Feb-05', raw: '7' },
        },
      },
    ]);
  });

  it('makes nothing of a blank, and a count of 0', () => {
    const result = read('Resource,2019-04,2019-05,2019-06,2019-07\nAncestry,,0,,3\nKnow UK,,,,');
    expect(stated(result)).toEqual(['Ancestry 2019-05 0', 'Ancestry 2019-07 3']);
    expect(withCode(result, 'months-blank').map(({ found }) => found)).toEqual([
      'Ancestry: blank in 2019-06',
      'Know UK: blank in 2019-04 to 2019-07',
    ]);
  });

  it.each([
    ['N/A', 'not-applicable'],
    ['x', 'suppressed'],
    ['..', 'not-available'],
  ])('%s is %s', (cell, absent) => {
    expect(stated(read(`Resource,2019-04\nEISODOS,${cell}`))).toEqual([`EISODOS 2019-04 ${absent}`]);
  });

  it('refuses a remark, the figures beside it, and the nearest of a month that it names', () => {
    const months = ['Jan-06', 'Feb-06', 'Mar-06', 'Apr-06', 'May-06', 'Jun-06', 'Jul-06', 'Apr-07'];
    const beside = read(`Resource,${months.join(',')}\nKompass,1,2,3,1150,April Figure reflects 12month period,4,5,6`);
    expect(stated(beside).map((text) => text.split(' ')[2])).toEqual(['1', '2', '3', '5', '6']);
    expect(refusals(beside)).toEqual(['r2 May-06 remark', 'r2 Apr-06 remark', 'r2 Jun-06 remark']);
    const away = read(`Resource,${months.join(',')}\nKompass,1,2,3,1150,4,5,see April,6`);
    expect(refusals(away)).toEqual(['r2 Jul-06 remark', 'r2 Jun-06 remark', 'r2 Apr-07 remark', 'r2 Apr-06 remark']);
  });

  it.each(['"1,234"', '12.0', '-5', '39%', '5*', '~5', '0123'])('refuses the cell %s alone', (cell) => {
    const result = read(`Resource,2019-04,2019-05\nCOBRA,${cell},7`);
    expect(refusals(result)).toEqual(['r2 2019-04 not-a-whole-number']);
    expect(stated(result)).toEqual(['COBRA 2019-05 7']);
  });

  it('flags a large figure in three months running, and takes it for an estimate', () => {
    const result = read('Resource,2019-04,2019-05,2019-06\nBL,144,144,144\nApp,3,3,3');
    expect(said(result, 'flagged')).toEqual([
      'flagged r2 [2019-04] week-grossed-up "BL: 144 in each of 2019-04 to 2019-06"',
    ]);
    expect(stated(result).filter((text) => text.endsWith('estimate'))).toHaveLength(3);
  });

  it('keeps the first of two equal rows of a resource, and neither of two that differ', () => {
    const result = read('Resource,2019-04\nOED,5\nMintel,6\noed ,5\nMintel,7');
    expect(refusals(result)).toEqual([
      'r4 Resource row-repeated',
      'r3 Resource row-contradicted',
      'r5 Resource row-contradicted',
    ]);
    expect(stated(result)).toEqual(['OED 2019-04 5']);
  });

  it('refuses totals, rows without a name, names that are none, and broken rows', () => {
    const result = read(`
      Resource,2019-04,2019-05
      OED,500,60
      COBRA,311,9
      Mintel,27,800
      Everything,838,869
      Total,838,869
      ,1,2
      ${'long '.repeat(30)},1,2
      Resource,2019-04,2019-05
      Know UK,1,234,5`);
    expect(refusals(result).sort()).toEqual([
      'r10 * row-ragged',
      'r5 Resource totals-row',
      'r6 Resource totals-row',
      'r7 Resource resource-unusable',
      'r8 Resource resource-unusable',
      'r9 * row-repeats-header',
    ]);
    expect(stated(result)).toHaveLength(6);
  });

  it.each([
    ['descend', 'Feb-05,Jan-05'],
    ['are mixed up', 'Jan-05,Mar-05,Feb-05'],
    ['may be days', 'Apr-05,Apr-06'],
  ])('takes no column where two-digit years %s', (_, header) => {
    const months = header.split(',');
    const result = read(`Resource,${header}\nOED,${months.map((_month, i) => i + 1).join(',')}`);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([...months.map((month) => `r1 ${month} month-unreadable`), 'r1 * column-missing']);
  });

  it.each([
    ['no authority', 'Resource,2019-04\nOED,5', { authority: undefined }, 'r1 * option-unusable'],
    ['a sample week', 'Resource,2019-04\nOED,5', { method: 'sample-week' }, 'r1 * option-unusable'],
    ['two columns of names', 'Resource,Database,2019-04\nOED,OED,5', {}, 'r1 Online Resource column-repeated'],
  ])('is refused as a whole with %s', (_, text, options, refusal) => {
    const result = read(text, options);
    expect([result.events, refusals(result)]).toEqual([[], [refusal]]);
  });

  it('is recognised by its header', () => {
    expect(detectFormat(['Online Resource', 'Jan-05', 'Feb-05'], 'x.csv')).toBe(onlineResourcesWide);
    expect(() => detectFormat(['Online Resource', 'Jan-05'], 'x.csv')).toThrow('No importer recognises');
  });
});
