/** The real files that are altered, and how each is imported. */
import type { ImportOptions } from '../../../src/importers/importer.ts';

export interface Case {
  readonly file: string;
  readonly options: ImportOptions;
  readonly separator?: string;
  readonly encoding?: string;
  /** Each row is a thing by itself: the same row twice is two things. */
  readonly rowsRepeat?: boolean;
  /** Its numbers may have decimals and be below nothing: another number is then no mistake that can be seen. */
  readonly decimals?: boolean;
}

const NEWCASTLE = { authority: 'E08000021' };

export const CASES: readonly Case[] = [
  { file: 'newcastle/2008-onwards-monthly-visits.csv', options: NEWCASTLE },
  { file: 'newcastle/newcastle_usage_2008-2017_long.csv', options: NEWCASTLE },
  { file: 'newcastle/2008-onwards-monthly-computer-use.csv', options: NEWCASTLE },
  { file: 'newcastle/2019-onwards-monthly-wifi-users.csv', options: NEWCASTLE },
  { file: 'newcastle/Online Resources Usage.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/physical_visits_newcastle.csv', options: NEWCASTLE },
  { file: 'schema-librarydata/tests/loans_success.csv', options: { authority: 'X00000001' } },
  { file: 'published-figures/published_figures.csv', options: {}, decimals: true },
];
