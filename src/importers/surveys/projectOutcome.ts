/**
 * Answers to the surveys of PLA Project Outcome, a form a row and one header row: statements about knowledge, confidence,
 * application and awareness, each answered on five points from strongly disagree to strongly agree, right after an
 * activity (`Immediate`) or some weeks later (`Follow-up`). The share that agrees is that of Agree and Strongly agree
 * among the answers given.
 *
 * The portal has no documented layout of its exports, so that columns are told by their statements and a few headers.
 */
import type { ActivityEvent, EventOf } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import {
  FILE_REFUSED,
  reportFor,
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
  noteAnswers,
  placesOfForms,
  settingOf,
  type Answer,
  type Question,
  type SurveySetting,
  type Wave,
} from './surveyForms.ts';
import { AGREEMENT } from './surveyScales.ts';
import { cutSlugOf, plainText, slugOf } from '../table/text.ts';

const FORMAT = 'project-outcome';

type Concept = NonNullable<EventOf<'survey.asked'>['data']['concept']>;

/** How statements about each outcome are worded; the first that fits holds, as others are about what was learned too. */
const STATEMENTS: readonly (readonly [concept: Concept, words: RegExp])[] = [
  ['confidence', /\bmore confident\b/],
  ['application', /\b(intend|plan|going|will|able) to (apply|use)\b|\bwill apply\b|\bapplied\b|\bused what i learn/],
  ['awareness', /\baware of\b/],
  ['knowledge', /\blearn(ed|t)\b|\bknow more\b/],
];
const TYPE_HEADERS = ['survey type', 'type of survey', 'wave', 'timing'];
const AREA_HEADERS = ['service area', 'survey topic', 'topic', 'program area'];
const WAVES: Readonly<Record<string, Wave>> = {
  immediate: 'after',
  'immediate survey': 'after',
  'follow up': 'follow-up',
  'follow up survey': 'follow-up',
};
/** The service areas that have surveys of their own. */
const AREAS: ReadonlySet<string> = new Set([
  'civic-community-engagement',
  'digital-learning',
  'early-childhood-literacy',
  'economic-development',
  'education-lifelong-learning',
  'health',
  'job-skills',
  'library-facilities',
  'summer-reading',
]);
const LONGEST_SURVEY = 64;

const conceptOf = (label: string): Concept | null =>
  STATEMENTS.find(([, words]) => words.test(keyOf(label)))?.[0] ?? null;

export const projectOutcome: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Answers to surveys of PLA Project Outcome',
  windowColumn: null,
  recognises: ({ header }) => {
    const concepts = new Set(header.map(conceptOf).filter((concept) => concept !== null)).size;
    return concepts < 2 ? 0 : 0.5 + 0.1 * concepts;
  },
  read,
};

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const setting = settingOf(source, FORMAT, report);
  const { header } = source.table;
  const at = (names: readonly string[]): number | null => {
    const position = header.findIndex((label) => names.includes(keyOf(label)));
    return position < 0 ? null : position;
  };
  const [type, area, library] = [at(TYPE_HEADERS), at(AREA_HEADERS), at(LIBRARY_HEADERS)];
  if (type === null)
    report.refuse([1, 'Survey type'], 'column-missing', `the columns ${header.join(', ')}`, 'a column "Survey type" with Immediate or Follow-up', FILE_REFUSED); // prettier-ignore
  if (setting === null || type === null) return { events: [], findings: report.findings };

  const statements = statementsIn(header, [type, area, library], report);
  const forms = formsIn(exactRows(source.table, report), report);
  flagRepeatedBlocks(forms, report);
  const placeOf = placesOfForms(library, plainText(header[library ?? 0] ?? ''), forms, setting, source.options, report);
  const settings = new Map<string, SurveySetting>();
  const asked = new Map<string, ActivityEvent>();
  const answers: { readonly answer: Answer; readonly setting: SurveySetting }[] = [];
  for (const form of forms) {
    const place = placeOf(form);
    const wave = wordOf(form, type, header, (text) => WAVES[keyOf(text)] ?? null, 'Immediate or Follow-up', report);
    const own = area === null ? setting : settingIn(form, area, header, setting, settings, report);
    if (place === null || wave === null || own === null) continue;
    for (const statement of statements) {
      const question = wave === 'after' ? statement.after : statement.followUp;
      const answer = answerOf(question, form, report);
      if (answer === null) continue;
      const key = `${own.survey} ${question.slug}`;
      if (!asked.has(key)) asked.set(key, askedEvent(question, own));
      const raw = form.cells[question.position] ?? '';
      answers.push({ answer: { row: form.row, place, question, answer, raw }, setting: own });
    }
  }
  noteAnswers(answers.map(({ answer }) => answer), report); // prettier-ignore
  const events = [...asked.values()];
  for (const { answer, setting: own } of answers) events.push(answeredEvent(answer, own));
  return { events, findings: report.findings };
}

/** A statement as a question of either wave. */
interface Statement {
  readonly after: Question;
  readonly followUp: Question;
}

/** The statements; every other column is named and not kept, two about one outcome are refused. */
function statementsIn(
  header: readonly string[],
  known: readonly (number | null)[],
  report: Report,
): readonly Statement[] {
  const concepts = header.map((label, position) => (known.includes(position) ? null : conceptOf(label)));
  return header.flatMap((label, position) => {
    const [column, concept] = [plainText(label), concepts[position] ?? null];
    if (known.includes(position) || column === '') return [];
    if (concept === null) {
      report.note([1, column], 'column-not-kept', 'a column that is no statement of the four outcomes', 'one of them', 'Nothing of the column was kept.'); // prettier-ignore
      return [];
    }
    if (concepts.filter((each) => each === concept).length > 1) {
      report.refuse([1, column], 'question-ambiguous', `${column}, one of several about ${concept}`, 'one statement about each outcome', 'The column was not imported.'); // prettier-ignore
      return [];
    }
    const question = { position, column, wording: column, slug: `${FORMAT}-${concept}`, scale: AGREEMENT, concept };
    return [{ after: { ...question, wave: 'after' }, followUp: { ...question, wave: 'follow-up' } }];
  });
}

/** What a cell means, or null with a finding. */
function wordOf<T>(
  { row, cells }: TableRow,
  at: number,
  header: readonly string[],
  meaning: (text: string) => T | null,
  expected: string,
  report: Report,
): T | null {
  const text = (cells[at] ?? '').trim();
  const found = meaning(text);
  if (found === null)
    report.refuse([row, plainText(header[at] ?? '')], text === '' ? 'value-missing' : 'category-unmapped', text, expected); // prettier-ignore
  return found;
}

/** The setting of a form's service area, which has a survey of its own. */
function settingIn(
  form: TableRow,
  at: number,
  header: readonly string[],
  setting: SurveySetting,
  settings: Map<string, SurveySetting>,
  report: Report,
): SurveySetting | null {
  const known = (text: string): string | null => (AREAS.has(slugOf(text)) ? slugOf(text) : null);
  const area = wordOf(form, at, header, known, `one of: ${[...AREAS].join(', ')}`, report);
  if (area === null) return null;
  const own = settings.get(area) ?? {
    ...setting,
    survey: cutSlugOf(`${setting.survey} ${area}`, LONGEST_SURVEY),
    part: area,
  };
  settings.set(area, own);
  return own;
}
