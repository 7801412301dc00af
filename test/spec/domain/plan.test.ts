/** A definition made ready to run: what is refused before anything is recorded, and what a plan is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionSchema, type Definition } from '../../../contracts/definition.ts';
import { pointerOf } from '../../../contracts/pointer.ts';
import { eventsBehind, planIndicator, type Part } from '../../../src/domain/plan.ts';
import { definitions } from '../../support/arbitraries.ts';
import { runs } from '../../support/share.ts';

const SOUND = {
  id: 'visits',
  version: 3,
  title: 'Visits to public libraries',
  question: 'How many times do people enter a public library?',
  outcome: 'stronger-communities',
  unit: { label: 'visits', decimals: 0 },
  direction: 'up',
  evidence: 'count',
  measure: { sum: { of: ['visits.counted'], field: 'quantity' } },
  coverage: 'none',
  overlap: 'add',
  places: ['authority'],
  granularities: ['month'],
};
const definition = (given: object = {}): Definition => definitionSchema.parse({ ...SOUND, ...given });

const visits = { sum: { of: ['visits.counted'], field: 'quantity' } };
const hours = { sum: { of: ['digital-session.ended'], field: 'hours' } };
const children = { distinct: { of: ['challenge.joined'] } };
const open = { latest: { of: ['service-point.status'], where: { open: ['open'] } } };
const everybody = { population: { ages: 'all' } };
const ratio = (numerator: object, denominator: object, per = 1) => ({ ratio: { numerator, denominator, per } });

describe('a definition whose parts do not fit together is refused, at the part:', () => {
  it.each<[what: string, given: object, pointer: string, message: RegExp]>([
    ['a latest measure broken down', { measure: open, breakdowns: ['wifi'] }, '/breakdowns', /cannot be broken down/],
    ['a latest share broken down', { measure: ratio(open, open, 100), breakdowns: ['wifi'] }, '/breakdowns', /cannot be broken down/],
    ['a state divided by a count', { measure: ratio(open, visits) }, '/measure/ratio', /latest measure/],
    ['a count divided by a state', { measure: ratio(visits, open) }, '/measure/ratio', /latest measure/],
    ['coverage of people', { measure: children, coverage: 'service-point-months' }, '/coverage', /counts over windows/],
    ['coverage of a state', { measure: open, coverage: 'service-point-months' }, '/coverage', /counts over windows/],
    ['a choice between sources of people', { measure: children, overlap: 'choose-one' }, '/overlap', /sums of counts/],
    ['a choice between sources of a state', { measure: open, overlap: 'choose-one' }, '/overlap', /sums of counts/],
    ['a choice between sources of events', { measure: { count: { of: ['loan.issued'] } }, overlap: 'choose-one' }, '/overlap', /sums of counts/],
    ['a choice between sources over a fold', { measure: ratio(visits, hours), overlap: 'choose-one' }, '/overlap', /only for a population/],
    ['the people who live in a service point', { measure: ratio(visits, everybody), places: ['service-point', 'authority'] }, '/places', /has no population/],
  ])('%s', (_, given, pointer, message) => {
    const faults = definitionSchema.safeParse({ ...SOUND, ...given }).error?.issues ?? [];
    expect(faults.map(({ path }) => pointerOf(path))).toEqual([pointer]);
    expect(faults[0]?.message).toMatch(message);
  }); // prettier-ignore

  it.each([
    ['a latest share', { measure: ratio(open, open, 100) }],
    ['a state for each person', { measure: ratio(open, everybody, 1000) }],
    ['a choice between sources for each person', { measure: ratio(visits, everybody), overlap: 'choose-one' }],
    ['a choice between sources', { measure: visits, overlap: 'choose-one', coverage: 'service-point-months' }],
    ['people for each count', { measure: ratio(children, visits) }],
    ['nothing but a published statistic', { measure: undefined, published: { statistic: 'visits' }, places: [], granularities: [] }],
  ])('not %s', (_, given) => expect(planIndicator(definition(given)).id).toBe('visits')); // prettier-ignore
});

describe('the events behind a ratio', () => {
  const fold = (more: object = {}) =>
    ({ fold: 'count', kinds: ['challenge.joined'], where: [], ...more }) as unknown as Part;
  const of = (dimension: string, ...values: string[]) => ({ where: [{ dimension, values }] });
  it.each<[what: string, numerator: Part, denominator: Part, events: number]>([
    ['a share of the same events: those of the whole', fold(of('wifi', 'yes')), fold(), 4],
    ['of a wider choice of values', fold(of('wifi', 'yes')), fold(of('wifi', 'no', 'yes')), 4],
    ['the latest status of every library, asked two things', fold({ fold: 'latest', ...of('wifi', 'yes') }), fold({ fold: 'latest', ...of('wifi', 'no', 'yes') }), 4],
    ['the other way round', fold(), fold(of('wifi', 'yes')), 3],
    ['of other kinds: both', fold({ kinds: ['challenge.completed'] }), fold(), 7],
    ['of other values: both', fold(of('wifi', 'yes')), fold(of('wifi', 'no')), 7],
    ['of a whole that not every event states: both', fold({ fold: 'sum', field: 'quantity' }), fold({ fold: 'sum', field: 'seconds' }), 7],
    ['different people among all events: those of the whole', fold({ fold: 'distinct' }), fold(), 4],
  ])('%s', (_, numerator, denominator, events) => expect(eventsBehind(numerator, denominator, 3, 4)).toBe(events)); // prettier-ignore

  it('over people are those of the numerator', () =>
    expect(eventsBehind(fold(), { fold: 'population', ages: 'all' }, 3, 0)).toBe(3));
});

describe('a plan', () => {
  it('says all that the evaluators need, and nothing of titles and notes', () => {
    const plan = planIndicator(
      definition({
        measure: { sum: { of: ['loan.issued'], field: 'quantity', where: { format: ['film', 'e-book'], channel: ['online'] } } },
        published: { statistic: 'book-loans', prefer: ['PF051'] },
        coverage: 'service-point-months',
        overlap: 'choose-one',
        granularities: ['financial-year', 'month'],
        breakdowns: ['format'],
      }),
    ); // prettier-ignore
    expect(plan).toEqual({
      id: 'visits',
      version: 3,
      measure: {
        numerator: {
          fold: 'sum',
          kinds: ['loan.issued'],
          field: 'quantity',
          where: [
            { dimension: 'channel', values: ['online'] },
            { dimension: 'format', values: ['e-book', 'film'] },
          ],
        },
        denominator: null,
        multiplier: 1,
        divisor: 1,
      },
      published: { statistic: 'book-loans', prefer: ['PF051'] },
      coverage: true,
      chooseOne: true,
      places: ['authority'],
      granularities: ['month', 'financial-year'],
      breakdowns: ['format'],
    });
  });

  it.each([
    ['a count', visits, 1, 1],
    ['hours, kept as whole seconds', hours, 1, 3600],
    ['a share', ratio(children, children, 100), 100, 1],
    ['hours for each visit', ratio(hours, visits), 1, 3600],
    ['visits for each hour', ratio(visits, hours), 3600, 1],
    ['a share of hours', ratio(hours, hours, 100), 360_000, 3600],
    ['hours for every thousand people', ratio(hours, everybody, 1000), 1000, 3600],
  ])('of %s multiplies and divides by whole numbers', (_, measure, multiplier, divisor) =>
    expect(planIndicator(definition({ measure })).measure).toMatchObject({ multiplier, divisor }),
  );

  it('is the same however "where" is ordered', () => {
    const where = { format: ['film', 'e-book'], channel: ['online'] };
    const other = { channel: ['online'], format: ['e-book', 'film'] };
    const [one, two] = [where, other].map((w) => planIndicator(definition({ measure: { count: { of: ['loan.issued'], where: w } } }))); // prettier-ignore
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
  });

  it('cannot be changed, at any depth, and leaves its definition as it was', () => {
    const given = definition({ measure: ratio({ sum: { of: ['loan.issued'], field: 'quantity', where: { format: ['film'] } } }, everybody), breakdowns: ['format'], published: { statistic: 'loans', prefer: ['PF050'] } }); // prettier-ignore
    const before = [JSON.stringify(given), changeable(given)];
    expect(changeable(planIndicator(given))).toEqual([]);
    expect([JSON.stringify(given), changeable(given)]).toEqual(before);
  });

  it('is plain JSON: the same after it was sent to a thread or kept in a file, whatever the definition', () => {
    fc.assert(
      fc.property(definitions, (generated) => {
        const plan = planIndicator(generated);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
        expect(structuredClone(plan)).toEqual(plan);
        expect(planIndicator(generated)).toEqual(plan);
        expect(changeable(plan)).toEqual([]);
      }),
      { numRuns: runs(200) },
    );
  });
});

/** Paths of the objects in a value that can be changed. */
function changeable(value: unknown, path = '$'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, inner]) => changeable(inner, `${path}.${key}`));
  return Object.isFrozen(value) ? inside : [path, ...inside];
}
