/** The real files that are altered, and how each is imported. */
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { authorityNames } from '../../support/authorityNames.ts';
import type { ReadReal } from '../../support/realData.ts';

export interface Case {
  readonly file: string;
  readonly options: ImportOptions;
  readonly separator?: string;
  readonly encoding?: 'utf-8' | 'windows-1252';
  /** Each row is a thing by itself: the same row twice is two things. */
  readonly rowsRepeat?: boolean;
  /** Mutations after which nothing in the file tells that it was another one. */
  readonly unseen?: readonly string[];
  /** Its numbers may have decimals and be below nothing: another number is then no mistake that can be seen. */
  readonly decimals?: boolean;
}

const NEWCASTLE = { authority: 'E08000021' };
const TESTS = { authorities: { 'Test authority': 'X00000001', Aberdeenshire: 'S12000034' }, on: '2020-03-31' };
const TORONTO = { authority: 'CA-OTP', on: '2023-12-31' };
const SURVEY = { ...NEWCASTLE, period: '2011-04-01/P1Y', survey: 'real' };
/** Of a survey every header is a question: renamed it is another question, and left out it was not asked. */
const QUESTIONS = { rowsRepeat: true, unseen: ['one header renamed', 'a column missing'] };
/** Codes of their time: before the reorganisations of 2019 and 2023. */
const LIBRARIES_WEST = {
  Bristol: 'E06000023',
  Somerset: 'E10000027',
  'South Gloucestershire': 'E06000025',
  Dorset: 'E10000009',
  Poole: 'E06000029',
  'North Somerset': 'E06000024',
  'Bath and North East Somerset': 'E06000022',
};
/** Its branches are numbers. */
const BRANCHES = Object.fromEntries(Array.from({ length: 60 }, (_, number) => [String(number), `branch-${number}`]));

export const casesOf = (readReal: ReadReal): readonly Case[] => [
  { file: 'newcastle/2008-onwards-monthly-visits.csv', options: NEWCASTLE },
  { file: 'newcastle/newcastle_usage_2008-2017_long.csv', options: NEWCASTLE },
  { file: 'newcastle/2008-onwards-monthly-computer-use.csv', options: NEWCASTLE },
  { file: 'newcastle/2019-onwards-monthly-wifi-users.csv', options: NEWCASTLE },
  { file: 'newcastle/Online Resources Usage.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/physical_visits_newcastle.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/tests/loans_success.csv', options: TESTS },
  { file: 'schema-librarydata/tests/events_success.csv', options: TESTS, rowsRepeat: true },
  { file: 'schema-librarydata/tests/libraries_success.csv', options: TESTS },
  { file: 'schema-librarydata/tests/membership_success.csv', options: TESTS },
  { file: 'schema-librarydata/tests/mobile-library-stops-success.csv', options: TESTS },
  { file: 'schema-librarydata/tests/physical_visits_success.csv', options: TESTS },
  { file: 'schema-librarydata/tests/stock_summary_success.csv', options: TESTS },
  { file: 'schema-librarydata/membership_bristol.csv', options: { authorities: { 'Bristol City Council': 'E06000023' } } },
  { file: 'schema-librarydata/mobile_library_stops_somerset.csv', options: { authorities: { Somerset: 'E10000027' } }, decimals: true },
  { file: 'librarieswest-membership/librarieswest_members.csv', options: { authorities: LIBRARIES_WEST, on: '2018-10-01' } },
  { file: 'newcastle/top-5-most-borrowed-items.csv', options: { ...NEWCASTLE, libraries: BRANCHES }, rowsRepeat: true },
  { file: 'published-figures/published_figures.csv', options: {}, decimals: true },
  { file: 'ace-activity-2023-24/libraries_activity_data_2023_2024.csv', options: { authorities: authorityNames(readReal) }, decimals: true },
  { file: 'ace-activity-2023-24/derived-long/visits.csv', options: {}, decimals: true },
  { file: 'ace-activity-2023-24/derived-long/loans.csv', options: {}, decimals: true },
  { file: 'counter-r51-samples/PRP1_sample_r51.tsv', options: NEWCASTLE, separator: '\t' },
  { file: 'counter-r51-samples/TRB1_sample_r51.tsv', options: NEWCASTLE, separator: '\t' },
  // An action without outcomes is one that the report links to none.
  { file: 'taskforce-actions/actions.csv', options: { on: '2020-03-31' }, unseen: ['a blank cell'] },
  { file: 'geography/mye24tablesew.csv', options: {} },
  { file: 'geography/uk_local_authorities.csv', options: { on: '2023-12-01' } },
  { file: 'geography/authorities_imd_population_2016.csv', options: { on: '2016-04-01' }, decimals: true },
  { file: 'geography/localauthoritynearestneighboursengland.csv', options: { on: '2023-04-01' } },
  { file: 'basic-dataset-libraries-2023/basic-dataset-for-libraries-2023-enhanced.csv', options: {}, decimals: true },
  { file: 'newcastle/current-libraries.csv', options: { ...NEWCASTLE, on: '2024-09-01' }, decimals: true },
  { file: 'newcastle/opening-hours-per-week.csv', options: NEWCASTLE, decimals: true },
  { file: 'newcastle/Work club - branch libraries.csv', options: SURVEY, ...QUESTIONS },
  // Without its pair, a question is one of its own, which is told in row 1.
  { file: 'newcastle/Internet taster session - branch libraries.csv', options: SURVEY, ...QUESTIONS, unseen: [...QUESTIONS.unseen, 'a column twice'] },
  { file: "newcastle/Children's event (long) - branch libraries.csv", options: SURVEY, ...QUESTIONS },
  { file: 'newcastle/2016-10-01 Datamorphosis.csv', options: SURVEY, ...QUESTIONS, encoding: 'windows-1252' },
  { file: 'toronto-public-library/tpl-visits-annual-by-branch-2012-2022.csv', options: TORONTO },
  { file: 'toronto-public-library/tpl-workstation-usage-annual-by-branch-2012-2017.csv', options: TORONTO },
  { file: 'toronto-public-library/tpl-branch-general-information-2023.csv', options: TORONTO },
]; // prettier-ignore
