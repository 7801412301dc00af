/**
 * Answers to a survey, a form a row, as survey tools export them. Two layouts:
 * - two header rows, as SurveyMonkey writes them: the question in row 1 and the option in row 2. Under "Response" stands
 *   the answer; under an option stands the option's own text where its box was ticked.
 * - one header row, a question a column.
 *
 * A column is taken only where its answers are a closed list: words of a known scale (`surveyScales.ts`), or ticked
 * boxes. Everything else is what somebody wrote, and is named in the findings and not kept.
 *
 * Each box to tick is a question of its own, answered `ticked` or `not-ticked` by the forms that answer the question it
 * belongs to: those on which any of its boxes is ticked, "Other" among them. A form with none of them ticked skipped the
 * question, as where it leaves one question empty, and is not part of its n.
 */
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import {
  FILE_REFUSED,
  reportFor,
  type FileHead,
  type ImportResult,
  type ImportSource,
  type Report,
  type TableImporter,
  type TableRow,
} from '../importer.ts';
import { exactRows } from '../table/rows.ts';
import {
  answeredEvent,
  answerOf,
  askedEvent,
  flagRepeatedBlocks,
  formsIn,
  LIBRARY_HEADERS,
  LONGEST_QUESTION,
  noteAnswers,
  placesOfForms,
  settingOf,
  type Answer,
  type Question,
} from './surveyForms.ts';
import { scaleOf, type Scale } from './surveyScales.ts';
import { pairWaves } from './surveyWaves.ts';
import { cutSlugOf, plainText } from '../table/text.ts';

const FORMAT = 'survey';
const RESPONSE = /^response$/i;
const OPEN_ENDED = /^open[\s-]*ended/i;
const OTHER = /^other\b/i;
/** Boxes that forms put last. */
const LAST = /^(other\b|none of (these|the above)$)/i;
/** Columns about the person or the sheet, whatever stands in them. */
const ABOUT_PEOPLE =
  /\b(id|respondent|collector|ip address|e-?mail|names?|postcode|phone|telephone|address|age|old|gender|sex|ethnicity|disability|travel)\b/i;

const LONGEST_GROUP = 28;
const LONGEST_OPTION = LONGEST_QUESTION - LONGEST_GROUP - 1;
const TICK: Scale = { kind: 'tick', answers: ['ticked', 'not-ticked'] };

export const surveys: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Answers to a survey, a form a row',
  windowColumn: null,
  recognises,
  read,
};

/** Two header rows are told by the words of the second; one header row by its questions. */
function recognises({ header, rows }: FileHead): number {
  const second = rows[0]?.cells ?? [];
  if (isOptionRow(second)) return 0.95;
  const labels = header.filter((label) => label.trim() !== '');
  const questions = labels.filter((label) => label.trim().endsWith('?')).length;
  return questions >= 2 && questions >= 0.6 * labels.length ? 0.8 : 0;
}

const isOptionRow = (cells: readonly string[]): boolean =>
  cells.some((cell) => RESPONSE.test(cell.trim()) || OPEN_ENDED.test(cell.trim()));

/** A column with the question and, of two header rows, the option that it stands under. */
interface Column {
  readonly position: number;
  readonly question: string;
  readonly option: string | null;
  readonly name: string;
  /** What stands in its cells, without those that are empty. */
  readonly cells: readonly string[];
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const setting = settingOf(source, FORMAT, report);
  if (setting === null) return { events: [], findings: report.findings };

  // 1. Which rows are forms, and what each column is.
  const [first] = source.table.rows;
  const options = first !== undefined && isOptionRow(first.cells) ? first : null;
  if (options !== null && !isInOrder(source.table.header, options, report))
    return { events: [], findings: report.findings };
  const rows = exactRows(source.table, report).filter((row) => row !== options && !repeats(row, options, report));
  const forms = formsIn(rows, report);
  const columns = columnsOf(source.table.header, options, forms);
  flagRepeatedBlocks(forms, report);

  // 2. The questions that can be taken.
  const library = columns.find(({ question }) => LIBRARY_HEADERS.includes(keyOf(question))) ?? null;
  const asking = columns.filter((column) => column !== library);
  const choices = pairWaves(
    distinctOf(
      asking.flatMap((column) => choiceOf(column, report) ?? []),
      report,
    ),
    report,
  );
  const groups = tickGroups(asking, report);

  // 3. What each form answers.
  const placeOf = placesOfForms(library?.position ?? null, library?.name ?? '', forms, setting, source.options, report);
  const answers = forms.flatMap((form) => {
    const place = placeOf(form);
    if (place === null) return [];
    const chosen = choices.flatMap((question) => chosenOn(form, place, question, report));
    return [...chosen, ...groups.flatMap((group) => tickedOn(form, place, group, report))];
  });
  noteAnswers(answers, report);
  const asked = new Set(answers.map(({ question }) => question));
  const events: ActivityEvent[] = [...asked].map((question) => askedEvent(question, setting));
  for (const answer of answers) events.push(answeredEvent(answer, setting));
  return { events, findings: report.findings };
}

/** Whether a row is the second header again. */
function repeats({ row, cells }: TableRow, options: TableRow | null, report: Report): boolean {
  if (options === null || cells.join('\n') !== options.cells.join('\n')) return false;
  report.refuse([row, null], 'row-repeats-header', 'the second header row', 'it once, in row 2');
  return true;
}

/**
 * Whether two header rows can be read together. A box without a question above it belongs to the question on its left, so
 * that columns in another order would be boxes of other questions. That is seen where one stands beside an answer without
 * boxes or after the last box of a question, or an answer without boxes has no question; it cannot always be seen.
 */
function isInOrder(header: readonly string[], { cells }: TableRow, report: Report): boolean {
  if (cells.length !== header.length) {
    const expected = `${header.length} cells, as in row 1`;
    report.refuse([2, null], 'row-ragged', `${cells.length} cells`, expected, FILE_REFUSED);
    return false;
  }
  let [question, hasBoxes] = ['', false];
  for (const [position, label] of header.entries()) {
    const [own, option] = [plainText(label), plainText(cells[position] ?? '')];
    const isAlone = RESPONSE.test(option) || OPEN_ENDED.test(option);
    const isOrphan = own === '' && option !== '' && (isAlone || question === '' || !hasBoxes);
    if (isOrphan) {
      const found = `column ${position + 1}, "${option}", without a question of its own beside "${question}"`;
      report.refuse([1, question || null], 'question-ambiguous', found, 'each question above its first column, and its boxes on the right of that', FILE_REFUSED); // prettier-ignore
      return false;
    }
    if (own !== '') [question, hasBoxes] = [own, !isAlone];
    // Nothing comes after the last box of a question.
    if (LAST.test(option)) hasBoxes = false;
  }
  return true;
}

/** The columns; one without a question belongs to the question before it. */
function columnsOf(header: readonly string[], options: TableRow | null, forms: readonly TableRow[]): readonly Column[] {
  let question = '';
  return header.map((label, position) => {
    const own = plainText(label);
    if (options === null || own !== '') question = own;
    const option = options === null ? null : plainText(options.cells[position] ?? '');
    const isAlone = option === null || option === '' || RESPONSE.test(option) || OPEN_ENDED.test(option);
    return {
      position,
      question,
      option,
      name: (isAlone ? question : `${question}: ${option}`) || `column ${position + 1}`,
      cells: forms.map(({ cells }) => (cells[position] ?? '').trim()).filter((cell) => cell !== ''),
    };
  });
}

const isBox = ({ option, question }: Column): boolean =>
  option !== null && option !== '' && question !== '' && !RESPONSE.test(option) && !OPEN_ENDED.test(option);

const drop = (column: Column, why: string, report: Report): null => {
  const expected = 'answers that are chosen from a list, such as yes or no';
  report.note([1, column.name], 'column-not-kept', why, expected, 'Nothing of the column was kept.');
  return null;
};

/** The question that one column answers, or null and a finding where its answers are no closed list. */
function choiceOf(column: Column, report: Report): Question | null {
  const { position, question, option, name, cells } = column;
  if (isBox(column) && !isMatrix(column)) return null;
  if (question === '') return cells.length === 0 ? null : drop(column, 'a column without a question', report);
  if (option !== null && OPEN_ENDED.test(option)) return drop(column, 'open-ended answers', report);
  if (ABOUT_PEOPLE.test(question)) return drop(column, 'a question about the person', report);
  if (cells.length === 0) return drop(column, 'no answers', report);
  const scale = scaleOf(cells);
  if (scale === null) return drop(column, `${new Set(cells).size} different answers of no known scale`, report);
  return { position, column: name, wording: name, slug: slugOfColumn(column), scale, wave: 'only' };
}

const slugOfColumn = (column: Column): string =>
  isBox(column)
    ? `${cutSlugOf(column.question, LONGEST_GROUP)}-${cutSlugOf(column.option ?? '', LONGEST_OPTION)}`
    : cutSlugOf(column.question, LONGEST_QUESTION);

/** A statement of a table in which a scale runs across: no cell repeats the option, all are of a scale. */
const isMatrix = (column: Column): boolean =>
  !OTHER.test(column.option ?? '') &&
  !column.cells.some((cell) => isTick(column, cell)) &&
  scaleOf(column.cells) !== null;

const isTick = ({ option }: Column, cell: string): boolean => keyOf(cell) === keyOf(option ?? '');

/** Without questions that cannot be told from another: nothing tells which is meant. */
function distinctOf(questions: readonly Question[], report: Report): readonly Question[] {
  return questions.filter((question) => {
    const { slug, column } = question;
    const other = questions.find((each) => each !== question && each.slug === slug);
    if (/[a-z]/.test(slug) && other === undefined) return true;
    const found = other === undefined ? column : `${column}, which reads like ${other.column}`;
    report.refuse([1, column], 'question-ambiguous', found, `a question of its own, told by its first ${LONGEST_QUESTION} characters`, 'The column was not imported.'); // prettier-ignore
    return false;
  });
}

/** The boxes of one question, and its columns for other answers, of which only counts whether they are filled. */
interface TickGroup {
  readonly boxes: readonly { readonly column: Column; readonly question: Question }[];
  readonly others: readonly Column[];
}

/**
 * The questions with boxes to tick. Where a box holds what is not its own text, nothing tells what was ticked, and none
 * of the question's boxes is taken.
 */
function tickGroups(columns: readonly Column[], report: Report): readonly TickGroup[] {
  const byQuestion = new Map<string, Column[]>();
  for (const column of columns) {
    if (!isBox(column) || isMatrix(column)) continue;
    const group = byQuestion.get(column.question) ?? [];
    byQuestion.set(column.question, [...group, column]);
  }
  return [...byQuestion.values()].flatMap((group) => {
    const others = group.filter(({ option }) => OTHER.test(option ?? ''));
    for (const other of others) drop(other, 'answers in own words', report);
    const boxes = group.filter((column) => !others.includes(column));
    // A form that does not tick it may have skipped it: of a box alone there is no share.
    if (group.length === 1) {
      for (const box of boxes) drop(box, 'a box alone, which nothing tells who left open', report);
      return [];
    }
    const odd = boxes.filter((column) => mostlyOdd(column));
    for (const column of odd)
      report.refuse([1, column.name], 'answer-unreadable', 'cells that do not repeat the option', `"${column.option}" where the box is ticked, and else nothing`, 'None of the boxes of this question was imported.'); // prettier-ignore
    if (odd.length > 0 || boxes.length === 0) return [];
    const questions = boxes.map((column) => ({
      position: column.position,
      column: column.name,
      wording: column.name,
      slug: slugOfColumn(column),
      scale: TICK,
      wave: 'only' as const,
    }));
    const distinct = distinctOf(questions, report);
    const taken = boxes.flatMap((column, at) => {
      const question = questions[at] as Question;
      return distinct.includes(question) ? [{ column, question }] : [];
    });
    return [{ boxes: taken, others }];
  });
}

/** Single cells are refused where they stand; a column of something else is no box. */
const mostlyOdd = (column: Column): boolean =>
  column.cells.filter((cell) => !isTick(column, cell)).length > column.cells.length / 4;

function chosenOn(form: TableRow, place: string, question: Question, report: Report): Answer[] {
  const answer = answerOf(question, form, report);
  if (answer === null) return [];
  const offered = question.scale.answers.includes(answer);
  return [{ row: form.row, place, question, answer, raw: offered ? (form.cells[question.position] ?? '') : '' }];
}

function tickedOn(form: TableRow, place: string, { boxes, others }: TickGroup, report: Report): Answer[] {
  const cellOf = ({ position }: Column): string => form.cells[position] ?? '';
  const filled = (column: Column): boolean => cellOf(column).trim() !== '';
  const odd = boxes.filter(({ column }) => filled(column) && !isTick(column, cellOf(column)));
  for (const { column } of odd) {
    const found = cellOf(column).trim();
    report.refuse([form.row, column.name], 'answer-unreadable', found.length <= 8 ? found : 'another text', `"${column.option}" or nothing`, 'The answer of this form to the question was not imported.'); // prettier-ignore
  }
  if (odd.length > 0 || ![...boxes.map(({ column }) => column), ...others].some(filled)) return [];
  return boxes.map(({ column, question }) => ({
    row: form.row,
    place,
    question,
    answer: filled(column) ? 'ticked' : 'not-ticked',
    raw: cellOf(column),
  }));
}
