/** The seven outcomes as files of services name them. */
import type { Outcome } from '../../contracts/fields.ts';
import { keyOf } from '../domain/labels.ts';

/** The seven outcomes of "Libraries Deliver" as the schema words them. */
const LABELS: readonly (readonly [Outcome, label: string])[] = [
  ['cultural-enrichment', 'Cultural and creative enrichment'],
  ['reading-and-literacy', 'Increased reading and literacy'],
  ['digital-access', 'Increased digital access and literacy'],
  ['full-potential', 'Helping everyone achieve their full potential'],
  ['healthier-lives', 'Healthier and happier lives'],
  ['greater-prosperity', 'Greater prosperity'],
  ['stronger-communities', 'Stronger more resilient communities'],
];
/** The labels, in the order of the outcomes. */
export const OUTCOME_LABELS: readonly string[] = LABELS.map(([, label]) => label);

/**
 * The outcome of a label as labels are compared. "Stronger, more resilient communities" is how the source of the schema
 * writes the last.
 */
export const OUTCOME_OF: ReadonlyMap<string, Outcome> = new Map([
  ...LABELS.map(([outcome, label]): [string, Outcome] => [keyOf(label), outcome]),
  [keyOf('Stronger, more resilient communities'), 'stronger-communities' as const],
]);
