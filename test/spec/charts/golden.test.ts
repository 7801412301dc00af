import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { GOLDEN, caseNames, goldenSeries } from './cases.ts';

/** Compares with the golden file; where it differs, what came out is left beside it to be looked at. */
function matches(name: string, file: string, actual: string, same: (expected: string) => boolean): void {
  const golden = new URL(`${name}/${file}`, GOLDEN);
  const changed = new URL(`${name}/${file.replace('.', '-changed.')}`, GOLDEN);
  const ok = existsSync(golden) && same(readFileSync(golden, 'utf8'));
  if (ok) rmSync(changed, { force: true });
  else writeFileSync(changed, actual);
  expect(ok, `${name}/${file} differs: look at ${changed.pathname}, and rename it if it is right`).toBe(true);
}

test('there are golden cases', () => {
  expect(caseNames.length).toBeGreaterThanOrEqual(6);
});

describe.each(caseNames)('golden chart %s', (name) => {
  const series = goldenSeries(name);

  test('spec', () => {
    const spec = JSON.stringify(baselineProgressChart(series), null, 2);
    matches(name, 'chart.vl.json', `${spec}\n`, (expected) => {
      // Key order and line breaks are the formatter's; the content must be equal.
      try {
        expect(JSON.parse(spec)).toEqual(JSON.parse(expected));
        return true;
      } catch {
        return false;
      }
    });
  });

  test('text alternative', () => {
    const text = `${textAlternative(series)}\n`;
    matches(name, 'alternative.txt', text, (expected) => expected === text);
  });
});
