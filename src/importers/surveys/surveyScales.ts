/**
 * Answers that are no free text: closed sets of words that forms offer. A question is taken only where its answers are
 * of one of these, so that nothing that somebody wrote is ever kept.
 */
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { slugOf } from '../table/text.ts';

type ScaleKind = EventOf<'survey.asked'>['data']['scale'];

/** Answers that can be given to a question, as slugs in their order. */
export interface Scale {
  readonly kind: ScaleKind;
  readonly answers: readonly string[];
}

const wordsOf = (kind: ScaleKind, text: string): Scale => ({ kind, answers: text.split(';').map(slugOf) });

/** Five points of agreement, as PLA Project Outcome and most forms have them. */
export const AGREEMENT = wordsOf(
  'agreement',
  'Strongly disagree;Disagree;Neither agree nor disagree;Neutral;Agree;Strongly agree',
);

const SCALES: readonly Scale[] = [
  wordsOf('choice', "Yes;No;Not sure;Unsure;Don't know;Maybe;Prefer not to say"),
  AGREEMENT,
  wordsOf(
    'choice',
    'Not at all confident;Not confident;Not very confident;Slightly confident;A little confident;Somewhat confident;Fairly confident;Quite confident;Moderately confident;Confident;Very confident;Extremely confident;Completely confident',
  ),
  wordsOf(
    'choice',
    'Very dissatisfied;Dissatisfied;Fairly dissatisfied;Neither satisfied nor dissatisfied;Neutral;Fairly satisfied;Satisfied;Very satisfied;Extremely satisfied',
  ),
  wordsOf('choice', 'Very poor;Poor;Fair;Average;Satisfactory;OK;Good;Very good;Excellent'),
  wordsOf(
    'choice',
    'Very unlikely;Unlikely;Not likely;Neither likely nor unlikely;Neutral;Somewhat likely;Likely;Very likely;Extremely likely',
  ),
  wordsOf('choice', 'Not at all;A little;Somewhat;Quite a bit;A lot;A great deal;Very much'),
  wordsOf('choice', 'Not at all useful;Not very useful;Somewhat useful;Fairly useful;Quite useful;Useful;Very useful'),
  wordsOf(
    'choice',
    'Not at all helpful;Not very helpful;Somewhat helpful;Fairly helpful;Quite helpful;Helpful;Very helpful',
  ),
  wordsOf('choice', 'Never;Rarely;Hardly ever;Sometimes;Often;Usually;Always'),
  { kind: 'number', answers: Array.from({ length: 11 }, (_, number) => String(number)) },
];

/** No answer, in words. */
export const NOT_APPLICABLE = /^(n\/?a|not applicable)$/i;

/** Where so many answers are words of a scale, the others are answers in other words, and not another question. */
const MOSTLY = 0.75;

/**
 * The scale that answers are of, or null where they are of none: free text. Some may be in other words, as people write
 * "Yes, lots" beside a box.
 * @param cells what stands in the cells that are not empty
 */
export function scaleOf(cells: readonly string[]): Scale | null {
  const answers = cells.filter((text) => !NOT_APPLICABLE.test(text.trim()));
  const fits = SCALES.map((scale) => ({ scale, of: answers.filter((text) => answerIn(scale, text) !== null).length }));
  const best = fits.reduce((most, each) => (each.of > most.of ? each : most));
  return best.of > 0 && best.of >= MOSTLY * answers.length ? best.scale : null;
}

/** The answer of a scale that a text is, or null. A number must be written plainly: -1 and 1. are not 1. */
export function answerIn({ kind, answers }: Scale, text: string): string | null {
  const plain = text.trim();
  const slug = kind === 'number' ? plain : /[?\d]/.test(plain) ? '' : slugOf(plain);
  return answers.includes(slug) ? slug : null;
}
