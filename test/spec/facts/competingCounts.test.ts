import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/observation.ts';
import { planIndicator } from '../../../src/domain/plan.ts';
import { evaluate, evaluations, observations } from '../../../src/facts/evaluate.ts';
import { openFactStore } from '../../../src/facts/factStore.ts';
import { toFact } from '../../../src/facts/toFact.ts';
import { referenceObservations } from '../../../src/memory/referenceEvaluator.ts';
import { BYKER, CITY, competingCounts, eventsOf, oneCount, WHOLE, type Count } from '../../support/competingCounts.ts';
import { runs } from '../../support/share.ts';

const visits = planIndicator(oneCount);

function observed(counts: readonly Count[]): Observation[] {
  const log = eventsOf(counts);
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const store = openFactStore(folder);
    store.append(log.map((event, i) => ({ position: String(i + 1), event })));
    const [evaluation] = evaluations([visits], store, store.rows());
    if (evaluation === undefined) throw new Error('no evaluation');
    for (const _ of evaluate([evaluation], store, 0, store.rows()));
    const found = [...observations(evaluation, store, store.rows())];
    const keyOf = (o: Observation): string => `${o.place} ${o.period} ${o.breakdown}`;
    const sorted = (list: readonly Observation[]) => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    expect(sorted(found)).toEqual(sorted(referenceObservations(visits, log.map(toFact))));
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Value, reported of expected, and notes of one period at one place. */
function at(counts: readonly Count[], place: string, period: string, breakdown = '') {
  const found = observed(counts).find((o) => o.place === place && o.period === period && o.breakdown === breakdown);
  const { reported, expected } = found?.coverage ?? { reported: null, expected: null };
  return [found?.value ?? null, `${reported}/${expected}`, found?.notes ?? []];
}

const YEAR = '2022-04-01/P1Y';
const months = (place: string, count: number, except: readonly number[] = []): Count[] =>
  Array.from({ length: 12 }, (_, i) => i)
    .filter((i) => !except.includes(i))
    .map((i): Count => {
      const month = ((i + 3) % 12) + 1;
      return [place, `${i < 9 ? 2022 : 2023}-${String(month).padStart(2, '0')}-01/P1M`, count];
    });
const OTHER = 'other-source-not-used';
const PART = 'part-of-a-month-reported';

describe('counts of one place and time', () => {
  it('let a year stand beside a day of it, which is shown for its month alone', () => {
    const counts: Count[] = [
      [CITY, YEAR, 12_000],
      [CITY, '2022-08-03/P1D', 5],
    ];
    expect(at(counts, CITY, YEAR)).toEqual([12_000, '12/12', [OTHER]]);
    expect(at(counts, CITY, '2022-08-01/P1M')).toEqual([5, '1/1', [PART]]);
    expect(at(counts, CITY, '2022-07-01/P3M')).toEqual([5, '1/3', [PART]]);
  });

  it('let a month of one source stand beside a day of another, however good its method', () => {
    const counts: Count[] = [
      [CITY, '2022-07-01/P1M', 3_000, 'manual', 'urn:library:a'],
      [CITY, '2022-07-04/P1D', 5, 'automatic-counter', 'urn:library:b'],
    ];
    expect(at(counts, CITY, '2022-07-01/P1M')).toEqual([3_000, '1/1', [OTHER]]);
  });

  it('do not add the days of a month to the month of the same source', () => {
    const counts: Count[] = [
      [CITY, '2022-07-01/P1M', 3_000],
      [CITY, '2022-07-04/P7D', 700],
    ];
    expect(at(counts, CITY, '2022-07-01/P1M')).toEqual([3_000, '1/1', [OTHER]]);
  });

  it('add what two doors of one library counted in the same month', () => {
    const counts: Count[] = [
      [CITY, '2022-07-01/P1M', 3_000],
      [CITY, '2022-07-01/P1M', 200],
    ];
    expect(at(counts, CITY, '2022-07-01/P1M')).toEqual([3_200, '1/1', []]);
  });

  it('do not add a week to the days in it, or windows of one source that overlap', () => {
    const days = Array.from({ length: 30 }, (_, i): Count => [
      CITY,
      `2022-06-${String(i + 1).padStart(2, '0')}/P1D`,
      10,
    ]);
    const weeks = ['06', '13', '20'].map((date): Count => [CITY, `2022-06-${date}/P7D`, 70]);
    expect(at([...weeks, ...days], CITY, '2022-06-01/P1M')).toEqual([300, '1/1', [OTHER]]);
    const weekAndDay: Count[] = [
      [CITY, '2022-06-08/P1D', 100],
      [CITY, '2022-06-06/P7D', 700],
    ];
    expect(at(weekAndDay, CITY, '2022-06-01/P1M')).toEqual([700, '1/1', [OTHER, PART]]);
    const halves: Count[] = [
      [CITY, '2022-06-10/P15D', 200],
      [CITY, '2022-06-01/P15D', 100],
    ];
    expect(at(halves, CITY, '2022-06-01/P1M')).toEqual([100, '1/1', [OTHER, PART]]);
  });

  it('add windows that follow one another, whatever their length and whoever counted', () => {
    const exchanged: Count[] = [
      [CITY, '2022-06-01/P14D', 470, 'automatic-counter', 'urn:library:old'],
      [CITY, '2022-06-15/P16D', 530, 'automatic-counter', 'urn:library:new'],
    ];
    expect(at(exchanged, CITY, '2022-06-01/P1M')).toEqual([1_000, '1/1', []]);
    const beside: Count[] = [...exchanged, [CITY, '2022-06-01/P1M', 990, 'manual', 'urn:library:a']];
    expect(at(beside, CITY, '2022-06-01/P1M')).toEqual([1_000, '1/1', [OTHER]]);
  });

  it('take two doors counted in one sample week as one week, and its parts add up to it', () => {
    const week: Count[] = [
      [CITY, '2022-04-11/P7D', 700, 'sample-week', 'urn:library:a', 'library-only'],
      [CITY, '2022-04-11/P7D', 300, 'sample-week', 'urn:library:a', 'co-located'],
    ];
    const month = '2022-05-01/P1M';
    expect(at(week, CITY, month)).toEqual([4_333, '1/1', ['estimated-from-sample-weeks']]);
    expect(at(week, CITY, month, 'site=library-only')[0]).toBe(3_033);
    expect(at(week, CITY, month, 'site=co-located')[0]).toBe(1_300);
    const twoWeeks: Count[] = [...week, [CITY, '2022-04-18/P7D', 800, 'sample-week', 'urn:library:a', 'library-only']];
    expect(at(twoWeeks, CITY, month)[0]).toBe(3_900);
    expect(at(twoWeeks, CITY, month, 'site=library-only')[0]).toBe(3_250);
  });

  it('are chosen as the oracle chooses them, whatever they are', () => {
    fc.assert(
      fc.property(competingCounts, (counts) => {
        expect(observed(counts).length).toBeGreaterThan(0);
      }),
      { numRuns: runs(150) },
    );
  });

  it('take months that fill a year before the year itself', () => {
    expect(at([...months(CITY, 100), [CITY, YEAR, 1_150]], CITY, YEAR)).toEqual([1_200, '12/12', [OTHER]]);
  });

  it('take the year where a month is missing, and the months where the library was shut in it', () => {
    const eleven = months(CITY, 100, [4]);
    expect(at([...eleven, [CITY, YEAR, 1_150]], CITY, YEAR)).toEqual([1_150, '12/12', [OTHER]]);
    const shut: Count = [CITY, '2022-08-01/P1M', 'not-open'];
    expect(at([...eleven, shut, [CITY, YEAR, 1_150]], CITY, YEAR)).toEqual([1_100, '11/11', [OTHER]]);
  });

  it('say which months are missing where counts of different lengths do not fill the year', () => {
    const counts: Count[] = [
      [CITY, '2022-04-01/P3M', 300],
      [CITY, '2022-05-01/P1M', 90],
      [CITY, '2022-07-01/P1M', 100],
    ];
    expect(at(counts, CITY, YEAR)).toEqual([400, '4/12', [OTHER]]);
    expect(at(counts, CITY, '2022-05-01/P1M')).toEqual([90, '1/1', []]);
  });

  it('take a count of a quarter before estimates from a sample week in it', () => {
    const counts: Count[] = [
      [CITY, '2022-04-04/P7D', 30, 'sample-week'],
      [CITY, '2022-04-01/P3M', 410],
    ];
    expect(at(counts, CITY, '2022-04-01/P3M')).toEqual([410, '3/3', [OTHER]]);
    expect(at(counts, CITY, '2022-04-01/P1M')).toEqual([130, '1/1', ['estimated-from-sample-weeks']]);
  });

  it('let the total of an authority stand beside one of its libraries, which keeps its own figure', () => {
    const counts: Count[] = [
      [WHOLE, YEAR, 500_000],
      [CITY, YEAR, 12_000],
    ];
    expect(at(counts, WHOLE, YEAR)).toEqual([500_000, '12/12', [OTHER]]);
    expect(at(counts, CITY, YEAR)).toEqual([12_000, '12/12', []]);
  });

  it('take the libraries of an authority where its own total covers less', () => {
    const counts: Count[] = [[WHOLE, '2022-07-01/P1M', 250], ...months(CITY, 100), ...months(BYKER, 10, [11])];
    expect(at(counts, WHOLE, YEAR)).toEqual([1_310, '23/24', [OTHER]]);
    expect(at(counts, WHOLE, '2022-07-01/P1M')).toEqual([250, '1/1', [OTHER]]);
    expect(at(counts, WHOLE, '2022-06-01/P1M')).toEqual([110, '2/2', []]);
  });
});
