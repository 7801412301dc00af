/** What a tally means: the value, its state and its notes. Missing is never zero. */
import { describe, expect, it } from 'vitest';
import { absenceField } from '../../../contracts/fields.ts';
import type { Absence } from '../../../contracts/vocabulary.ts';
import { conclude, NOTES, type Against, type Tally } from '../../../src/domain/conclude.ts';
import type { Coverage, Observation } from '../../../src/domain/observation.ts';
import { dayOf } from '../../../src/domain/periods.ts';
import type { Plan } from '../../../src/domain/plan.ts';

const KEY = {
  place: 'E08000021',
  granularity: 'financial-year',
  period: '2018-04-01/P1Y',
  breakdown: '',
  basis: 'computed',
} as const;

const planOf = (multiplier = 1, divisor = 1): Plan => ({
  id: 'visits',
  version: 1,
  measure: {
    numerator: { fold: 'sum', kinds: ['visits.counted'], field: 'quantity', where: [] },
    denominator: null,
    multiplier,
    divisor,
  },
  published: null,
  coverage: false,
  chooseOne: false,
  places: ['authority'],
  granularities: ['financial-year'],
  breakdowns: [],
});

const tally = (total: number, events = 1, absences: readonly Absence[] = [], notes: readonly string[] = []): Tally => ({
  total,
  events,
  absences: new Set(absences),
  notes: new Set(notes),
});
const absent = (...reasons: Absence[]): Tally => tally(0, 0, reasons);
const people = (number: number | null): Against => ({
  people: number === null ? null : { day: dayOf('2018-06-30'), people: number },
});
const over = (denominator: Tally | null): Against => ({ tally: denominator });

interface Cell {
  readonly plan?: Plan;
  readonly tally: Tally | null;
  readonly against?: Against;
  readonly coverage?: Coverage;
  readonly longer?: boolean;
}
const concluded = ({ plan = planOf(), tally, against, coverage, longer = false }: Cell): Observation | null =>
  conclude(plan, KEY, tally, against, coverage ?? null, longer);

/** State and value in a word. */
const said = (cell: Cell): string | null => {
  const observation = concluded(cell);
  return observation === null ? null : `${observation.state} ${observation.value}`;
};

describe('P6: a sum', () => {
  it.each<[what: string, cell: Cell, said: string | null]>([
    ['a number', { tally: tally(893_681, 149) }, 'observed 893681'],
    ['nought, reported', { tally: tally(0, 3) }, 'zero 0'],
    ['nothing at all', { tally: null }, null],
    ['no fact, though one was expected', { tally: null, coverage: { reported: 0, expected: 12 } }, 'not-reported null'],
    ['no fact, where nobody should have reported', { tally: null, coverage: { reported: 0, expected: 0 } }, null],
    ['a reason only', { tally: absent('not-open') }, 'not-open null'],
    ['a reason beside numbers', { tally: tally(767, 2, ['not-open']) }, 'observed 767'],
    ['nought beside a reason', { tally: tally(0, 1, ['not-reported']) }, 'zero 0'],
    ['shut, while others owe a report', { tally: absent('not-open'), coverage: { reported: 0, expected: 5 } }, 'not-reported null'],
    ['a suppressed number, while others owe a report', { tally: absent('suppressed'), coverage: { reported: 0, expected: 5 } }, 'suppressed null'],
    ['a count over a longer period only', { tally: null, coverage: { reported: 0, expected: 3 }, longer: true }, 'not-available null'],
  ])('%s', (_, cell, text) => expect(said(cell)).toBe(text)); // prettier-ignore

  it('has no number unless one was reported, and a number where one was', () => {
    for (const reason of absenceField.options) {
      expect(concluded({ tally: absent(reason) })).toMatchObject({ value: null, numerator: null, state: reason });
      expect(concluded({ tally: tally(5, 1, [reason]) })).toMatchObject({ value: 5, numerator: 5, state: 'observed' });
    }
  });

  it.each<[reasons: Absence[], state: Absence]>([
    [['not-open', 'suppressed'], 'suppressed'],
    [['not-available', 'not-reported'], 'not-reported'],
    [['not-applicable', 'not-open'], 'not-open'],
    [['not-open', 'not-available'], 'not-available'],
    [['not-applicable', 'not-open', 'not-available', 'not-reported', 'suppressed'], 'suppressed'],
  ])('of the reasons %j says %s', (reasons, state) => {
    expect(concluded({ tally: absent(...reasons) })?.state).toBe(state);
    expect(concluded({ tally: absent(...reasons.toReversed()) })?.state).toBe(state);
  });

  it('carries its evidence: key, events, coverage', () => {
    const coverage = { reported: 149, expected: 156 };
    expect(concluded({ tally: tally(728_634, 149), coverage })).toEqual({
      ...KEY,
      state: 'observed',
      value: 728_634,
      numerator: 728_634,
      denominator: null,
      n: null,
      low: null,
      high: null,
      coverage,
      events: 149,
      scope: null,
      source: null,
      notes: [],
    });
  });

  it('says what a reader must know of it, in one order', () => {
    const noted = tally(5, 1, ['suppressed', 'not-open'], [NOTES.partMonth, NOTES.estimated]);
    expect(concluded({ tally: noted })?.notes).toEqual([NOTES.estimated, NOTES.partMonth, NOTES.partsSuppressed]);
  });

  it('says where it is reported for a longer period only', () => {
    const cell = { tally: null, coverage: { reported: 0, expected: 3 }, longer: true };
    expect(concluded(cell)?.notes).toEqual([NOTES.longerPeriod]);
  });

  it('of seconds is given in hours', () => {
    expect(said({ plan: planOf(1, 3600), tally: tally(6_063_300) })).toBe('observed 1684.25');
  });
});

describe('a ratio with the people of a place', () => {
  it.each<[what: string, plan: Plan, cell: Omit<Cell, 'plan'>, value: number | null, state: string]>([
    ['visits for each person', planOf(), { tally: tally(551_234), against: people(320_605) }, 1.7194, 'observed'],
    ['for every hundred', planOf(100), { tally: tally(14_225), against: people(320_605) }, 4.4369, 'observed'],
    ['for every thousand', planOf(1000), { tally: tally(320), against: people(320_605) }, 0.9981, 'observed'],
    ['hours for each person', planOf(1, 3600), { tally: tally(7200), against: people(4) }, 0.5, 'observed'],
    ['nobody came', planOf(), { tally: tally(0), against: people(320_605) }, 0, 'zero'],
    ['nobody knows how many live there', planOf(), { tally: tally(5), against: people(null) }, null, 'not-available'],
    ['nobody reported', planOf(), { tally: absent('not-reported'), against: people(320_605) }, null, 'not-reported'],
  ])('%s', (_, plan, cell, value, state) => {
    const observation = concluded({ plan, ...cell });
    expect(observation?.state).toBe(state);
    if (value === null) expect(observation?.value).toBeNull();
    else expect(observation?.value).toBeCloseTo(value, 4);
  });

  it('says of which day the people are, or that there are none', () => {
    expect(concluded({ tally: tally(5), against: people(10) })).toMatchObject({
      numerator: 5,
      denominator: 10,
      notes: ['population-of-2018-06-30'],
    });
    expect(concluded({ tally: tally(5), against: people(null) })).toMatchObject({
      numerator: 5,
      denominator: null,
      notes: [NOTES.noPopulation],
    });
  });

  it('is nothing of which nothing is known, however many live there', () => {
    expect(said({ tally: null, against: people(320_605) })).toBeNull();
  });
});

describe('a ratio of two tallies', () => {
  it.each<[what: string, numerator: Tally | null, denominator: Tally | null, said: string | null]>([
    ['both reported', tally(12_288), tally(43_000), 'observed 28.576744186046511'],
    ['nothing to count', tally(0), tally(43_000), 'zero 0'],
    ['nothing to divide by', tally(5), tally(0), 'not-applicable null'],
    ['nought by nought', tally(0), tally(0), 'not-applicable null'],
    ['no denominator reported', tally(5), null, 'not-available null'],
    ['a reason in the place of the denominator', tally(5), absent('suppressed'), 'not-available null'],
    ['no numerator reported', null, tally(43_000), 'not-reported null'],
    ['a reason in the place of the numerator', absent('suppressed'), tally(43_000), 'suppressed null'],
    ['neither', null, null, null],
  ])('%s', (_, numerator, denominator, text) => {
    const found = said({ plan: planOf(100), tally: numerator, against: over(denominator) });
    if (text === null) return expect(found).toBeNull();
    const [state, value] = text.split(' ');
    expect(found?.split(' ')[0]).toBe(state);
    if (value === 'null') expect(found).toBe(text);
    else expect(Number(found?.split(' ')[1])).toBeCloseTo(Number(value), 9);
  });

  it('counts the events and gathers the notes of both', () => {
    const observation = concluded({
      tally: tally(5, 2, [], [NOTES.estimated]),
      against: over(tally(10, 3, [], [NOTES.otherSource])),
    });
    expect(observation).toMatchObject({ value: 0.5, numerator: 5, denominator: 10, events: 5 });
    expect(observation?.notes).toEqual([NOTES.estimated, NOTES.otherSource]);
  });

  it('says that there was nothing to divide by', () => {
    const observation = concluded({ tally: tally(5), against: over(tally(0)) });
    expect(observation).toMatchObject({ value: null, denominator: 0, notes: [NOTES.zeroDenominator] });
  });

  it('says that part of its denominator is suppressed', () => {
    const observation = concluded({ tally: tally(5), against: over(tally(10, 1, ['suppressed'])) });
    expect(observation?.notes).toEqual([NOTES.partsSuppressed]);
  });
});
