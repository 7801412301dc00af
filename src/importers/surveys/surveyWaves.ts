/**
 * One question asked twice on one form, before and after: "How confident were you before this session?", "How confident
 * do you feel after the session?". Both become answers to one question, in two waves, so that they can be compared.
 */
import type { Report } from '../importer.ts';
import { LONGEST_QUESTION, type Question, type Wave } from './surveyForms.ts';
import { cutSlugOf, slugOf } from '../table/text.ts';

/** Words that two wordings of one question share, of all that either has. */
const ALIKE = 0.4;

const wordsOf = ({ wording }: Question): ReadonlySet<string> =>
  new Set(slugOf(wording).split('-').filter((word) => word !== 'before' && word !== 'after')); // prettier-ignore

const speaksOf = (question: Question, word: Wave): boolean => slugOf(question.wording).split('-').includes(word);

/**
 * The questions with those put in pairs that ask the same, before and after, and are answered by the same scale. One that
 * speaks of before or after and has no partner, or several, stays as it is and is flagged.
 */
export function pairWaves(questions: readonly Question[], report: Report): readonly Question[] {
  const only = (wave: Wave, other: Wave): readonly Question[] =>
    questions.filter((question) => speaksOf(question, wave) && !speaksOf(question, other));
  const [befores, afters] = [only('before', 'after'), only('after', 'before')];
  const paired = new Map<Question, Question>();
  for (const before of befores) {
    const fits = afters.filter((after) => isSameQuestion(before, after));
    const [after] = fits;
    if (after === undefined || fits.length > 1 || befores.filter((each) => isSameQuestion(each, after)).length > 1)
      continue;
    const words = wordsOf(after);
    const slug = cutSlugOf([...wordsOf(before)].filter((word) => words.has(word)).join(' '), LONGEST_QUESTION);
    paired.set(before, { ...before, slug, wave: 'before' });
    paired.set(after, { ...after, slug, wave: 'after' });
    report.note([1, before.column], 'waves-paired', `${before.column} / ${after.column}`, 'one question, before and after', `Recorded as "${slug}", before and after.`); // prettier-ignore
  }
  for (const question of [...befores, ...afters]) {
    if (paired.has(question)) continue;
    report.flag([1, question.column], 'wave-unpaired', question.column, 'one other question that asks the same after, or before', 'Recorded as a question that was asked once.'); // prettier-ignore
  }
  return questions.map((question) => paired.get(question) ?? question);
}

function isSameQuestion(one: Question, other: Question): boolean {
  const [words, theirs] = [wordsOf(one), wordsOf(other)];
  const shared = [...words].filter((word) => theirs.has(word)).length;
  return one.scale === other.scale && shared >= ALIKE * (words.size + theirs.size - shared);
}
