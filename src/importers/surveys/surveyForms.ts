/**
 * What files of survey answers share: what the file itself does not say, which rows are forms, where a form was filled
 * in, and the events of questions and answers. A form is a row with any answer. No words that somebody wrote are kept.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { windowField } from '../../../contracts/fields.ts';
import { keyOf } from '../../domain/labels.ts';
import { granularityOf, windowOf } from '../../domain/periods.ts';
import { shareOf, shareText } from '../../domain/share.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { FILE_REFUSED, type ImportOptions, type ImportSource, type Report, type TableRow } from '../importer.ts';
import { givenLibraries, isAuthorityCode, LIBRARY_NAME, librarySlugOf } from '../places.ts';
import { answerIn, NOT_APPLICABLE, type Scale } from './surveyScales.ts';
import { cutSlugOf, LONGEST_RAW, plainText } from '../table/text.ts';

type Asked = EventOf<'survey.asked'>['data'];
type Answered = EventOf<'survey.answered'>['data'];
export type Wave = Answered['wave'];

/** What holds for all forms of a file. */
export interface SurveySetting {
  readonly sha256: string;
  readonly source: string;
  readonly authority: string;
  readonly survey: string;
  readonly window: string;
  /** Of several surveys in one file, which of them this is. */
  readonly part?: string;
}

/** A question with the column that its answers stand in. */
export interface Question {
  readonly position: number;
  /** The column as findings and provenance name it. */
  readonly column: string;
  readonly wording: string;
  readonly slug: string;
  readonly scale: Scale;
  readonly wave: Wave;
  readonly concept?: NonNullable<Asked['concept']>;
}

/** One answer on one form. */
export interface Answer {
  readonly row: number;
  readonly place: string;
  readonly question: Question;
  readonly answer: string;
  /** The cell as written, where it is one of the answers that were offered. */
  readonly raw: string;
}

/** Headers of the column that says in which library a form was filled in. */
export const LIBRARY_HEADERS: readonly string[] = ['library name', 'library', 'branch', 'branch name', 'service point'];

export const LONGEST_QUESTION = 60;
const LONGEST_SURVEY = 64;
const LONGEST_COLUMN = 200;
const LONGEST_WORDING = 300;

/** An answer that is none of those offered: that there is one counts, what it says is not kept. */
export const OTHER_WORDS = 'other-words';

/** The setting, or null with findings where the options cannot be used with a file of answers. */
export function settingOf(
  { fileName, sha256, options }: ImportSource,
  format: string,
  report: Report,
): SurveySetting | null {
  const { authority = '', period = '' } = options;
  const survey = options.survey ?? cutSlugOf(fileName.replace(/\.[a-z]+(?=$|,)/i, ''), LONGEST_SURVEY);
  const refuse = (found: string, expected: string): void =>
    report.refuse([1, null], 'option-unusable', found, expected, FILE_REFUSED);
  const sound = [
    isAuthorityCode(authority) || refuse(authority || 'no authority', 'the GSS code of the authority: --authority <code>'),
    isPeriod(period) || refuse(period || 'no period', 'when the survey was held, within one financial year, such as 2011-04-01/P1Y: --period <window> ("period" over HTTP)'),
    survey !== '' || refuse(fileName, 'a short name for the survey: --survey <name> ("survey" over HTTP)'),
  ]; // prettier-ignore
  if (sound.some((each) => each !== true)) return null;
  return { sha256, source: sourceOf(authority, format), authority, survey, window: period };
}

/** Whether figures can be made of answers of this window. */
const isPeriod = (period: string): boolean =>
  windowField.safeParse(period).success && granularityOf(windowOf(period)) !== null;

/** Words of a row that adds up others. */
const TOTAL = /^((grand |sub-?)?totals?:?|count|average|mean|%|per ?cent(age)?)$/i;

/** The rows that are forms: without sums, and without blank rows. */
export function formsIn(rows: readonly TableRow[], report: Report): readonly TableRow[] {
  return rows.filter(({ row, cells }) => {
    const total = cells.find((cell) => TOTAL.test(cell.trim()));
    if (total === undefined) return true;
    report.refuse([row, null], 'totals-row', total.trim(), 'a form: totals are worked out, not imported');
    return false;
  });
}

/** So many rows running that are all there before are a block that was pasted twice; two alike are two forms. */
const BLOCK = 5;
const BLOCK_KINDS = 3;
/** Earlier forms that a form is compared with, of all that are the same. */
const LOOK_BACK = 100;
/** Where a question or two are asked, runs of forms are alike by chance: as many as this may be so in one of twenty files. */
const LIKELY = 0.05;

/** Flags a run of forms that stands in the file before, in the same order, and hardly by chance. */
export function flagRepeatedBlocks(forms: readonly TableRow[], report: Report): void {
  const texts = forms.map(({ cells }) => cells.join('\n'));
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const before = new Map<string, number[]>();
  const runs = new Map<number, number>();
  for (const [at, text] of texts.entries()) {
    const earlier = before.get(text) ?? [];
    const distances = new Set(earlier.slice(-LOOK_BACK).map((other) => at - other));
    for (const distance of [...runs.keys()]) if (!distances.has(distance)) close(distance, at);
    for (const distance of distances) if (!runs.has(distance)) runs.set(distance, at);
    earlier.push(at);
    before.set(text, earlier);
  }
  for (const distance of [...runs.keys()]) close(distance, texts.length);

  function close(distance: number, end: number): void {
    const start = runs.get(distance) ?? end;
    runs.delete(distance);
    const length = end - start;
    // Rows that overlap what they repeat are one form time and again.
    if (length < BLOCK || length > distance) return;
    const block = texts.slice(start, end);
    if (new Set(block).size < BLOCK_KINDS || runsByChance(block) > LIKELY) return;
    const [first, last, from] = [forms[start]?.row ?? 1, forms[end - 1]?.row, forms[start - distance]?.row];
    const found = `rows ${first} to ${last}, the same forms as from row ${from} on`;
    const expected = 'each form once';
    report.flag([first, null], 'row-repeated', found, expected, 'Imported as forms of their own; withdraw them if they were pasted twice.'); // prettier-ignore
  }

  /** How many runs like this a file has where its forms stand in any order: one may begin at each pair of rows. */
  function runsByChance(block: readonly string[]): number {
    return block.reduce((runs, text) => runs * ((counts.get(text) ?? 0) / texts.length), texts.length ** 2);
  }
}

/** Says of a form where it was filled in; null where its library was refused. */
export type PlaceOfForm = (form: TableRow) => string | null;

/**
 * The place of each form: the library that it names, and the authority where it names none or there is no such column.
 * @param at position of the column of libraries
 */
export function placesOfForms(
  at: number | null,
  header: string,
  forms: readonly TableRow[],
  { authority }: SurveySetting,
  options: ImportOptions,
  report: Report,
): PlaceOfForm {
  if (at === null) return () => authority;
  const nameOf = ({ cells }: TableRow): string => (cells[at] ?? '').trim();
  const nameless = forms.filter((form) => nameOf(form) === '');
  if (nameless.length > 0) {
    const found = `${nameless.length} ${nameless.length === 1 ? 'form' : 'forms'} without a library`;
    report.note([nameless[0]?.row ?? 1, header], 'place-assumed', found, LIBRARY_NAME, `Recorded of ${authority}.`);
  }
  const known = new Map(givenLibraries(options.libraries).map(([name, slug]) => [keyOf(name), slug]));
  const slugs = new Map<string, string | null>();
  return (form) => {
    const name = nameOf(form);
    if (name === '') return authority;
    let slug = slugs.get(name);
    if (slug === undefined) {
      slug = known.has(keyOf(name)) ? (known.get(keyOf(name)) ?? null) : /[a-z]/i.test(name) ? librarySlugOf(name) : null; // prettier-ignore
      slugs.set(name, slug);
    }
    if (slug !== null) return `${authority}/${slug}`;
    report.refuse([form.row, header], 'library-unusable', name, `${LIBRARY_NAME}; a code is given its name with --library`); // prettier-ignore
    return null;
  };
}

/** What a cell answers to a question, or null: it is empty, or cannot be read, and then there is a finding. */
export function answerOf(question: Question, form: TableRow, report: Report): string | null {
  const text = (form.cells[question.position] ?? '').trim();
  if (text === '' || NOT_APPLICABLE.test(text)) return null;
  const answer = answerIn(question.scale, text);
  if (answer !== null) return answer;
  const spot = [form.row, question.column] as const;
  const expected = `one of: ${question.scale.answers.join(', ')}`;
  if (question.scale.kind === 'choice' && isWords(text)) {
    report.flag(spot, 'answer-in-other-words', 'an answer in other words, which is not shown', expected, `Recorded as "${OTHER_WORDS}"; the text was not kept.`); // prettier-ignore
    return OTHER_WORDS;
  }
  report.refuse(spot, 'answer-unreadable', text.length <= 8 ? text : 'a text that is none of the answers', expected);
  return null;
}

/** Marks of what is missing are no answers, and neither are numbers. */
const isWords = (text: string): boolean =>
  /\p{L}.*\p{L}/u.test(text) && !/^(closed|nan|null|none|nil|test|\d.*)$/i.test(text);

/** How many forms give each answer that was given, out of those that answer the question. */
export function noteAnswers(answers: readonly Answer[], report: Report): void {
  const byQuestion = new Map<Question, Map<string, number>>();
  for (const { question, answer } of answers) {
    const counts = byQuestion.get(question) ?? new Map<string, number>();
    byQuestion.set(question, counts);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  for (const [{ column, slug, wave }, counts] of byQuestion) {
    const n = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const found = [...counts].map(([answer, count]) => `${answer} ${shareText(shareOf(count, n))}`).join(', ');
    const done = `Recorded as "${slug}"${wave === 'only' ? '' : `, ${wave}`}.`;
    const expected = 'the shares that the survey tool shows for these forms: compare them';
    report.note([1, column], 'answers-counted', found, expected, done);
  }
}

/** The question as it was put, on the first day of the survey. */
export function askedEvent(
  question: Question,
  { sha256, source, authority, survey, window, part = '' }: SurveySetting,
): EventOf<'survey.asked'> {
  const { position, slug, wording, column, scale, concept } = question;
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, 1, `${position + 1} ${part} ${slug}`),
    source,
    type: typeOf('survey.asked'),
    subject: authority,
    data: {
      on: window.slice(0, 10),
      survey,
      question: slug,
      wording: wording.slice(0, LONGEST_WORDING),
      scale: scale.kind,
      answers: scale.kind === 'choice' ? [...scale.answers, OTHER_WORDS] : [...scale.answers],
      ...(concept === undefined ? {} : { concept }),
      provenance: { file: sha256, row: 1, column: columnText(column), raw: wording.slice(0, LONGEST_RAW) },
    },
  };
}

export function answeredEvent(
  { row, place, question, answer, raw }: Answer,
  { sha256, source, survey, window }: SurveySetting,
): EventOf<'survey.answered'> {
  return {
    specversion: '1.0',
    // Two columns may ask the same, before and after: the number of the column tells them apart.
    id: eventIdOf(sha256, row, `${question.position + 1} ${question.slug}`),
    source,
    type: typeOf('survey.answered'),
    subject: place,
    data: {
      window,
      survey,
      question: question.slug,
      answer,
      wave: question.wave,
      form: `${sha256.slice(0, 16)}:r${row}`,
      provenance: { file: sha256, row, column: columnText(question.column), raw: plainText(raw).slice(0, LONGEST_RAW) },
    },
  };
}

const columnText = (column: string): string => column.slice(0, LONGEST_COLUMN);
