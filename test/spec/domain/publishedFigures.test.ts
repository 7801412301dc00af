/** Figures that others published, quoted with what they say of themselves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteFigures, type QuotedFigure } from '../../../src/domain/publishedFigures.ts';
import { runs } from '../../support/share.ts';

const figure = (given: Partial<QuotedFigure> = {}): QuotedFigure => ({
  place: 'E92000001',
  window: '2017-04-01/P1Y',
  value: 34,
  scope: 'England',
  source: 'A publisher',
  survey: false,
  n: null,
  low: null,
  high: null,
  note: null,
  reference: null,
  ...given,
});
const PF037 = figure({ value: 34, survey: true, reference: 'PF037', source: 'GOV.UK' });
const PF038 = figure({ value: 32.7, survey: true, reference: 'PF038', source: 'Taking Part' });

describe('a figure', () => {
  it('is quoted as it is, and nothing is computed', () => {
    const given = figure({ n: 812, low: 31.2, high: 36.8, survey: true, scope: 'England, adults', note: 'as stated' });
    expect(quoteFigures([given], [])).toEqual([
      {
        place: 'E92000001',
        granularity: 'financial-year',
        period: '2017-04-01/P1Y',
        breakdown: '',
        basis: 'published',
        state: 'observed',
        value: 34,
        numerator: null,
        denominator: null,
        n: 812,
        low: 31.2,
        high: 36.8,
        coverage: null,
        events: 1,
        scope: 'England, adults',
        source: 'A publisher',
        notes: ['as stated'],
      },
    ]);
  });

  it('of nought is a number', () => {
    expect(quoteFigures([figure({ value: 0 })], [])[0]).toMatchObject({ state: 'zero', value: 0 });
  });

  it.each([
    ['2017-04-01/P1Y', 'financial-year'],
    ['2017-01-01/P1Y', 'window'],
    ['2016-01-01/P3Y', 'window'],
    ['2019-12-01/P106D', 'window'],
    ['2016-04-01/P1M', 'month'],
  ])('for %s is of the kind %s', (window, granularity) =>
    expect(quoteFigures([figure({ window })], [])[0]).toMatchObject({ granularity, period: window }),
  );

  it.each([
    ['a survey with neither interval nor sample size', { survey: true }, ['interval-not-published', 'sample-size-not-published']],
    ['a survey without an interval', { survey: true, n: 59 }, ['interval-not-published']],
    ['a survey without its sample size', { survey: true, low: 30, high: 40 }, ['sample-size-not-published']],
    ['a survey with both', { survey: true, n: 59, low: 30, high: 40 }, []],
    ['a count, of which nobody expects them', { survey: false }, []],
  ])('from %s says what is missing', (_, given, notes) => expect(quoteFigures([figure(given)], [])[0]?.notes).toEqual(notes)); // prettier-ignore
});

describe('two sources for one place and period', () => {
  it.each([
    ['the one that is preferred', ['PF038', 'PF037'], 32.7, 'another source gives 34 (GOV.UK)'],
    ['the other where it is preferred', ['PF037', 'PF038'], 34, 'another source gives 32.7 (Taking Part)'],
    ['the first by reference, where nothing is said', [], 34, 'another source gives 32.7 (Taking Part)'],
    ['the one that is named, where one is', ['PF038'], 32.7, 'another source gives 34 (GOV.UK)'],
  ])('%s is quoted and the other is named', (_, prefer, value, note) => {
    for (const figures of [
      [PF037, PF038],
      [PF038, PF037],
    ]) {
      const quoted = quoteFigures(figures, prefer);
      expect(quoted).toHaveLength(1);
      expect(quoted[0]).toMatchObject({ value, events: 2 });
      expect(quoted[0]?.notes).toContain(note);
    }
  });

  it('are one where they agree', () => {
    const quoted = quoteFigures([figure({ reference: 'PF001' }), figure({ reference: 'PF900' })], []);
    expect(quoted).toMatchObject([{ value: 34, events: 2, notes: [] }]);
  });

  it('that do not cover the same are named with what they cover, and said to differ', () => {
    const [uk, wider] = [figure({ scope: 'UK' }), figure({ scope: 'UK and overseas', reference: 'PF024' })];
    const quoted = quoteFigures([uk, wider], []);
    expect(quoted).toMatchObject([{ value: 34, events: 2 }]);
    expect(quoted[0]?.notes).toEqual([
      'another source gives the same for "UK" (A publisher)',
      'sources-differ-in-scope',
    ]);
    expect(quoteFigures([uk, { ...wider, value: 36 }], [])[0]?.notes).toContain('sources-differ-in-scope');
  });

  it('of which a definition prefers one, are settled by it', () => {
    const [uk, wider] = [figure({ scope: 'UK', reference: 'A' }), figure({ scope: 'UK and overseas', reference: 'B' })];
    expect(quoteFigures([uk, wider], ['B'])).toMatchObject([
      { scope: 'UK and overseas', notes: ['another source gives the same for "UK" (A publisher)'] },
    ]);
    const twice = quoteFigures([uk, wider, { ...wider, scope: 'UK' }], ['B']);
    expect(twice[0]?.notes).toContain('sources-differ-in-scope');
  });

  it('without references are named by their values', () => {
    expect(quoteFigures([figure({ value: 5 }), figure({ value: 7 })], [])).toMatchObject([
      { value: 5, notes: ['another source gives 7 (A publisher)'] },
    ]);
  });

  it('are of one period even where it is written in two ways', () => {
    const quoted = quoteFigures([figure({ window: '2017-04-01/P12M' }), figure({ window: '2017-04-01/P365D' })], []);
    expect(quoted).toMatchObject([{ period: '2017-04-01/P1Y', events: 2 }]);
  });

  it('are two observations where places or periods differ', () => {
    const quoted = quoteFigures([figure(), figure({ place: 'W92000004' }), figure({ window: '2018-04-01/P1Y' })], []);
    expect(quoted.map(({ place, period }) => `${place} ${period}`)).toEqual([
      'E92000001 2017-04-01/P1Y',
      'W92000004 2017-04-01/P1Y',
      'E92000001 2018-04-01/P1Y',
    ]);
  });

  it('that differ only in what they say of themselves are taken in one order', () => {
    const bare = figure({ survey: true, reference: 'PF053' });
    const full = figure({ survey: true, reference: 'PF053', n: 59, low: 30, high: 40 });
    expect(quoteFigures([bare, full], [])).toEqual(quoteFigures([full, bare], []));
  });

  it('give the same whatever the order in which they arrived', () => {
    const any = fc.record({
      place: fc.constantFrom('E92000001', 'K02000001'),
      window: fc.constantFrom('2017-04-01/P1Y', '2017-04-01/P12M', '2016-01-01/P3Y'),
      value: fc.constantFrom(0, 32.7, 34),
      scope: fc.constantFrom('England', 'UK'),
      source: fc.constantFrom('A publisher', 'Another'),
      survey: fc.boolean(),
      n: fc.constantFrom(null, 59),
      low: fc.constant(null),
      high: fc.constant(null),
      note: fc.constantFrom(null, 'as stated'),
      reference: fc.constantFrom(null, 'PF001', 'PF002'),
    });
    const shuffled = fc
      .array(any, { minLength: 1, maxLength: 8 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    const sorted = (figures: readonly QuotedFigure[]) =>
      quoteFigures(figures, ['PF002']).sort((a, b) => (a.place + a.period < b.place + b.period ? -1 : 1));
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(sorted(other)).toEqual(sorted(list));
      }),
      { numRuns: runs(300) },
    );
  });
});
