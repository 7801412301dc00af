/** Whatever series its contract allows: a chart that compiles, whose words neither overlap nor leave the picture. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Series, SeriesPoint } from '../../../contracts/series.ts';
import { seriesSchema } from '../../../contracts/series.ts';
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { seriesTable } from '../../../src/charts/seriesTable.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { goldenSeries, placedTexts, point } from './cases.ts';

const LENGTH = { month: 'P1M', quarter: 'P3M', 'half-year': 'P6M', 'financial-year': 'P1Y', window: 'P2Y' } as const;
const MONTHS = { month: 1, quarter: 3, 'half-year': 6, 'financial-year': 12, window: 24 } as const;
const ABSENT = ['not-reported', 'not-open', 'suppressed', 'not-applicable', 'not-available'] as const;

const periodAt = (granularity: keyof typeof MONTHS, index: number): string => {
  const month = 3 + index * MONTHS[granularity];
  return `${1998 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01/${LENGTH[granularity]}`;
};

const cell = fc.record({
  kind: fc.constantFrom('value', 'value', 'value', 'value', 'zero', 'absent', 'missing'),
  size: fc.double({ min: 0.001, max: 1, noNaN: true }),
  state: fc.constantFrom(...ABSENT),
  partial: fc.boolean(),
  interval: fc.boolean(),
});

const anySeries = fc
  .record({
    granularity: fc.constantFrom(...(Object.keys(MONTHS) as (keyof typeof MONTHS)[])),
    cells: fc.array(cell, { minLength: 1, maxLength: 40 }),
    scale: fc.constantFrom(1, 70, 900, 40_000, 3_000_000, 98_000_000),
    decimals: fc.constantFrom(0, 1, 2),
    unit: fc.constantFrom('visits', '%', 'loans per person', 'businesses per 100 people supported by a centre'),
    status: fc.constantFrom(
      'better',
      'worse',
      'context',
      'unchanged',
      'not-comparable',
      'no-baseline',
      'no-progress-value',
    ),
    baselineAt: fc.nat(39),
    target: fc.boolean(),
    madeUp: fc.boolean(),
    title: fc.constantFrom(
      'Visits',
      'Adults who took part in a library activity and felt more connected to where they live today',
    ),
  })
  .map((made): Series => {
    const points = made.cells.flatMap((each, index): SeriesPoint[] => {
      const period = periodAt(made.granularity, index);
      if (each.kind === 'missing') return [];
      if (each.kind === 'absent') return [point(period, null, { state: each.state })];
      const value = each.kind === 'zero' ? 0 : each.size * made.scale;
      return [
        point(period, value, {
          partial: each.partial,
          coverage: each.partial ? { reported: 3, expected: 4 } : null,
          low: each.interval ? value * 0.9 : null,
          high: each.interval ? value * 1.1 : null,
        }),
      ];
    });
    const base = goldenSeries('visits-with-target');
    const from = periodAt(made.granularity, made.baselineAt);
    const { label } = point(from, 1);
    return seriesSchema.parse({
      ...base,
      indicator: { ...base.indicator, title: made.title, unit: made.unit, decimals: made.decimals },
      granularity: made.granularity,
      madeUp: made.madeUp,
      parked: 0,
      points,
      baseline: made.status === 'no-baseline' ? null : { ...base.baseline, period: from, label, value: made.scale / 2 },
      target: made.target ? { ...base.target, value: made.scale * 0.52 } : null,
      progress: { ...base.progress, status: made.status, from: label },
    });
  });

test('any series makes a legible chart, a table without holes and a text of a few sentences', async () => {
  let drawn = 0;
  await fc.assert(
    fc.asyncProperty(anySeries, async (series) => {
      const spec = baselineProgressChart(series);
      const { texts, width, height } = await placedTexts(spec);
      for (const each of texts) {
        expect(each.x, each.text).toBeGreaterThanOrEqual(0);
        expect(each.x2, each.text).toBeLessThanOrEqual(width);
        expect(each.y, each.text).toBeGreaterThanOrEqual(0);
        expect(each.y2, each.text).toBeLessThanOrEqual(height);
        for (const other of texts) {
          if (other === each) continue;
          const apart = each.x2 <= other.x || other.x2 <= each.x || each.y2 <= other.y || other.y2 <= each.y;
          expect(apart, `"${each.text}" runs into "${other.text}"`).toBe(true);
        }
      }
      if (series.points.some((each) => each.value !== null)) drawn += 1;
      const headline = (spec.title as { text: string[] }).text.join(' ');
      expect(headline.split(/\s+/).length).toBeLessThanOrEqual(10);
      const table = seriesTable(series);
      for (const row of table.rows) {
        expect(row).toHaveLength(table.columns.length);
        expect(row.every((text) => text.trim() !== '')).toBe(true);
      }
      expect(textAlternative(series)).not.toMatch(/null|undefined|NaN/);
      expect(JSON.stringify(spec)).not.toMatch(/NaN|Infinity|undefined/);
    }),
    { numRuns: 60, seed: 20240401 },
  );
  // A property over empty charts would prove nothing.
  expect(drawn).toBeGreaterThan(40);
});
