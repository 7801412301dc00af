/** The real files that are altered, and how each is imported. */
import type { ImportOptions } from '../../../src/importers/importer.ts';

export interface Case {
  readonly file: string;
  readonly options: ImportOptions;
  readonly separator?: string;
  readonly encoding?: string;
  /** Each row is a thing by itself: the same row twice is two things. */
  readonly rowsRepeat?: boolean;
  /** Mutations after which nothing in the file tells that it was another one. */
  readonly unseen?: readonly string[];
  /** Its numbers may have decimals and be below nothing: another number is then no mistake that can be seen. */
  readonly decimals?: boolean;
}

const NEWCASTLE = { authority: 'E08000021' };
/** Of a survey every header is a question: renamed it is another question, and left out it was not asked. */
const QUESTIONS = { rowsRepeat: true, unseen: ['one header renamed', 'a column missing'] };
const SURVEY = { ...NEWCASTLE, period: '2011-04-01/P1Y', survey: 'survey' };

export const CASES: readonly Case[] = [
  { file: 'newcastle/2008-onwards-monthly-visits.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/physical_visits_newcastle.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/tests/loans_success.csv', options: { authority: 'X00000001' } },
  { file: 'published-figures/published_figures.csv', options: {}, decimals: true },
  { file: 'newcastle/Work club - branch libraries.csv', options: SURVEY, ...QUESTIONS },
  { file: "newcastle/Children's event (long) - branch libraries.csv", options: SURVEY, ...QUESTIONS },
  // An action without outcomes is one that the report links to none.
  { file: 'taskforce-actions/actions.csv', options: { on: '2020-03-31' }, unseen: ['a blank cell'] },
];
