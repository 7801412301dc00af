/** What the command line says to a person. */
import { expect, it } from 'vitest';
import { showImport, showIndicators, showSeries, showVerification } from '../../../src/main/show.ts';
import { goldenSeries } from '../charts/cases.ts';

it('findings share a line by their row, and where that makes too many lines by their kind', () => {
  const text = (rows: number) => {
    const finding = { severity: 'flagged', code: 'no-data', file: 'visits.csv', cell: 'Visits', found: '', expected: 'a figure', done: 'Recorded.' } as const; // prettier-ignore
    const findings = Array.from({ length: rows * 2 }, (_, at) => ({ ...finding, row: 2 + Math.floor(at / 2) }));
    const counts = { refused: 0, flagged: findings.length, noted: 0 };
    const numbers = { events: 1, accepted: 1, duplicates: 0, corrected: 0, refused: 0, differing: 0, differences: [] };
    return showImport({ file: 'visits.csv', sha256: 'a'.repeat(64), format: 'monthly-wide', sure: 1, dryRun: false, ...numbers, counts, findings }); // prettier-ignore
  };
  expect(text(2).match(/\(and 1 more like it in this row\)/g)).toHaveLength(2);
  expect(text(30).split('\n').slice(3)).toEqual([
    '  flagged  row 2, Visits: found an empty cell; expected a figure; Recorded. (and 59 more like it down to row 31)',
    '  Each of them: --report findings.html (or .csv, .json) lists them',
  ]);
});

it('a list of indicators says which baseline is of computed and which of published figures', () => {
  const indicator = { id: 'visits', title: 'Visits to public libraries', unit: 'visits' };
  const baselines = [
    { basis: 'computed', period: '2018-04-01/P1Y' },
    { basis: 'published', period: '2016-04-01/P1Y', place: 'E92000001' },
  ] as const;
  expect(showIndicators([{ ...indicator, baselines: [...baselines] }])).toBe(
    'visits  Visits to public libraries (visits); baseline 2018/19 (computed), 2016/17 (published)',
  );
  expect(showIndicators([{ ...indicator, baselines: [] }])).toContain('no baseline');
});

it('a series has its figures, its progress, its gaps and its source on lines of their own, and its status once', () => {
  const series = goldenSeries('visits-by-financial-year');
  const text = showSeries(series);
  expect(text.split(series.status)).toHaveLength(2);
  expect(text.split('\n').slice(-5).map((line) => line.split(' ')[0])).toEqual(['Library', 'Visits', 'No', 'Source:', 'Definition']); // prettier-ignore
});

it('a series is shown with the notes that belong to it', () => {
  const notes = ['A status holds until the next one.'];
  expect(showSeries({ ...goldenSeries('visits-by-financial-year'), notes })).toContain('\nNote: A status holds until the next one.\n'); // prettier-ignore
});

it('one of a thing is not several', () => {
  const rest = { position: 1, differences: [], unmatched: [] };
  expect(showVerification({ ...rest, facts: 1, segments: 1, observations: 1, projections: 2, feeds: 1 })).toContain(
    '1 fact in 1 segment, 1 observation of 2 indicators, 1 feed.',
  );
});

it('a finding on a sheet of a workbook names the sheet', () => {
  const finding = { severity: 'flagged', code: 'hidden-rows', row: 3, cell: null, found: 'row 3, which is hidden', expected: 'rows that are shown', done: 'Read.' } as const; // prettier-ignore
  const counts = { refused: 0, flagged: 3, noted: 0 };
  const findings = ['visits.xlsx, sheet North', 'visits.xlsx, sheet South', 'visits.xlsx'].map((file) => ({ ...finding, file })); // prettier-ignore
  const nothing = { events: 0, accepted: 0, duplicates: 0, corrected: 0, refused: 0, differing: 0, differences: [] };
  const text = showImport({ file: 'visits.xlsx', sha256: 'ab'.repeat(32), format: 'monthly-wide', sure: 1, dryRun: false, counts, findings, ...nothing }); // prettier-ignore
  expect(text.split('\n').slice(-3).map((line) => line.split(': found')[0])).toEqual([
    '  flagged  sheet North, row 3',
    '  flagged  sheet South, row 3',
    '  flagged  row 3',
  ]); // prettier-ignore
});
