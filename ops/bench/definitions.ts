/** The definitions that the benches replay. */
import { definitionSchema, type Definition } from '../../contracts/definition.ts';
import { planIndicator, type Plan } from '../../src/domain/plan.ts';

type Given = Pick<Definition, 'measure'> & Partial<Definition>;

/** A definition with everything that does not matter to a bench filled in: month × service point, no coverage. */
export function definition(id: string, given: object): Definition {
  return definitionSchema.parse({
    id,
    version: 1,
    title: `Benchmark definition ${id}`,
    question: 'How long does it take to replay this definition?',
    outcome: 'reading-and-literacy',
    unit: { label: 'facts', decimals: 0 },
    direction: 'neutral',
    evidence: 'count',
    coverage: 'none',
    overlap: 'add',
    places: ['service-point'],
    granularities: ['month'],
    ...given,
  } satisfies Record<string, unknown> & Partial<Record<keyof Given, unknown>>);
}

const plan = (id: string, given: object): Plan => planIndicator(definition(id, given));

const LOANS = ['loan.issued', 'loan.renewed', 'loans.counted'];
const ALL_KINDS = [...LOANS, 'visits.counted', 'digital-session.ended', 'challenge.joined'];
export const E_FORMATS = ['e-book', 'e-audiobook', 'e-magazine'];

/** A: month × library, sum over every fact. */
export const planA = plan('a-sum', { measure: { sum: { of: ALL_KINDS, field: 'quantity' } } });
/** B: the same with a breakdown. */
export const planB = plan('b-breakdown', {
  measure: { sum: { of: ALL_KINDS, field: 'quantity' } },
  breakdowns: ['contentAge'],
});
/** C: some kinds and formats, broken down by channel. */
export const planC = plan('c-filtered', {
  measure: { sum: { of: LOANS, field: 'quantity', where: { format: ['physical-book', 'e-book'] } } },
  breakdowns: ['channel'],
});
/** D: different people by month and authority. */
export const planD = plan('d-people', {
  measure: { distinct: { of: ['challenge.joined'] } },
  places: ['authority'],
  evidence: 'distinct-people',
});
/** E: a ratio of two filtered sums. */
export const planE = plan('e-ratio', {
  measure: {
    ratio: {
      numerator: { sum: { of: LOANS, field: 'quantity', where: { format: E_FORMATS } } },
      denominator: { sum: { of: LOANS, field: 'quantity' } },
      per: 100,
    },
  },
  evidence: 'ratio',
});

/** Forty definitions as forty indicators would be: loans, visits and sessions in several cuts. */
export function fortyPlans(): Plan[] {
  const formats = [
    'physical-book',
    'physical-audiobook',
    'e-book',
    'e-audiobook',
    'e-magazine',
    'music',
    'film',
    'game',
  ];
  const ages = ['under-12', '12-17', '18-plus', 'unknown'];
  const sums = [
    ...formats.map((format) => ({ of: LOANS, where: { format: [format] } })),
    ...ages.map((contentAge) => ({ of: LOANS, where: { contentAge: [contentAge] } })),
    ...['staffed-desk', 'self-service', 'mobile-library', 'online'].map((channel) => ({
      of: LOANS,
      where: { channel: [channel] },
    })),
    ...['public-pc', 'wifi', 'online-resource'].map((channel) => ({
      of: ['digital-session.ended'],
      where: { channel: [channel] },
    })),
    { of: LOANS },
    { of: ['loan.issued'] },
    { of: ['loan.renewed'] },
    { of: ['loans.counted'] },
    { of: ['visits.counted'] },
    { of: ['digital-session.ended'] },
    { of: ['challenge.joined'] },
    { of: ALL_KINDS },
  ];
  const plain = sums.map((sum, i) => plan(`plain-${i}`, { measure: { sum: { ...sum, field: 'quantity' } } }));
  const cut = sums.slice(0, 40 - plain.length).map((sum, i) =>
    plan(`cut-${i}`, {
      measure: { sum: { ...sum, field: 'quantity' } },
      breakdowns: [i % 2 === 0 ? 'channel' : 'format'],
    }),
  );
  return [...plain, ...cut];
}
