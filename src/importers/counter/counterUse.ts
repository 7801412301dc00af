/**
 * What the two forms of a COUNTER report have in common: rows of use by month, each of one item, metric and split, and
 * the names that its items go by here.
 */
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import type { Report, Spot } from '../importer.ts';
import { METRIC_TYPES, SPLIT_NAMES, SPLITS, type ReportId, type Split } from './counterVocabulary.ts';
import { countHint, countOf, slugOf, WHOLE_NUMBER } from '../table/text.ts';

/** One number as it stands in the file. */
export interface MonthCell {
  readonly count: number;
  readonly raw: string;
  /** Header of its column, or the name of its month. */
  readonly column: string;
  /** JSON pointer; null in a table. */
  readonly path: string | null;
}

/** The use of one item by one metric. */
export interface UseRow {
  /** In a table its row; in a document its number among all of these, in the order of the document. */
  readonly row: number;
  readonly what: UseOf;
  /** By month since January 1970. */
  readonly months: ReadonlyMap<number, MonthCell>;
  /** What a month says that is left out because nothing was used; null where the form leaves none out, or it is not so. */
  readonly leftOut: ((month: number) => MonthCell | null) | null;
}

/** What is counted, in the words of the contract. */
export type UseOf = Pick<
  EventOf<'resource-use.counted'>['data'],
  'resource' | 'platform' | 'metric' | 'dataType' | 'accessType' | 'accessMethod' | 'yop'
>;
type Metric = UseOf['metric'];

/** How an item is written: by element name, as the tables have them (`Title`, `Platform`, `ISBN`, …). */
export type Element = (name: string) => string;

export const LONGEST_RESOURCE = 64;

/** Metric types under the names that the contract has for them. */
const METRICS: ReadonlyMap<string, Metric> = new Map(
  METRIC_TYPES.map((type) => [type, type.toLowerCase().replaceAll('_', '-') as Metric]),
);

/** What names the item of a report of each family. */
const NAME_OF: Readonly<Record<string, string>> = { PR: 'Platform', DR: 'Database', TR: 'Title', IR: 'Item' };
export const nameElementOf = (report: ReportId): string => NAME_OF[report.slice(0, 2)] ?? 'Item';

/**
 * Identifiers of titles and items, those that stay the same for longest first. A title may be renamed, and two may be
 * called the same, so names are used only where there is no identifier.
 */
const IDENTIFIERS: readonly (readonly [element: string, prefix: string])[] = [
  ['ISBN', 'isbn'],
  ['Online_ISSN', 'issn'],
  ['Print_ISSN', 'issn'],
  ['DOI', 'doi'],
  ['Proprietary_ID', 'id'],
  ['URI', 'uri'],
];
export const IDENTIFIER_ELEMENTS = IDENTIFIERS.map(([element]) => element);

/**
 * The slug an item goes by: platforms and databases by their name, titles and items by the first identifier they have
 * and else by their name. Null where none of these makes one.
 */
export function resourceOf(report: ReportId, element: Element): string | null {
  const byName = slugOf(element(nameElementOf(report)));
  const byIdentifier = IDENTIFIERS.map(([name, prefix]) => {
    const digits = prefix === 'isbn' ? element(name).replaceAll('-', '') : element(name);
    return slugOf(digits) === '' ? '' : `${prefix}-${slugOf(digits)}`;
  });
  const named = /^[PD]R/.test(report) ? [byName, ...byIdentifier] : [...byIdentifier, byName];
  return named.find((slug) => slug !== '' && slug.length <= LONGEST_RESOURCE) ?? null;
}

/** The name of a row that somebody has added below the others. Words beside it make a title. */
const A_TOTAL = /^(grand |sub)?totals?:?$/i;

/**
 * What a row counts, or null with a finding where any part of it cannot be used.
 * @param spotOf  where an element of the row stands
 * @param everywhere  what the filters of the report say of every row
 */
export function useOf(
  report: ReportId,
  element: Element,
  everywhere: Readonly<Partial<Record<Split, string>>>,
  spotOf: (element: string) => Spot,
  findings: Report,
): UseOf | null {
  const refusedBefore = findings.findings.length;
  const name = nameElementOf(report);
  const resource = resourceOf(report, element);
  if (resource === null)
    findings.refuse(spotOf(name), 'resource-unusable', element(name), `a name or an identifier that makes a word of at most ${LONGEST_RESOURCE} letters, digits and hyphens`); // prettier-ignore
  const platform = slugOf(element('Platform'));
  if (platform === '' || platform.length > LONGEST_RESOURCE)
    findings.refuse(spotOf('Platform'), platform === '' ? 'value-missing' : 'resource-unusable', element('Platform'), 'the name of the platform'); // prettier-ignore
  for (const column of new Set([name, 'Platform']))
    if (A_TOTAL.test(element(column).trim()))
      findings.refuse(
        spotOf(column),
        'totals-row',
        element(column),
        'what was used: totals are worked out, not imported',
      );
  const written = element('Metric_Type');
  const metric = METRICS.get(written);
  if (metric === undefined)
    findings.refuse(spotOf('Metric_Type'), 'metric-unknown', written, `one of ${METRIC_TYPES.join(', ')}`);
  const splits: Partial<Record<Split, string>> = {};
  for (const split of SPLIT_NAMES) {
    const value = element(split) || everywhere[split];
    if (value === undefined) continue;
    if (SPLITS[split].includes(value)) splits[split] = slugOf(value);
    else findings.refuse(spotOf(split), 'category-unmapped', value, `one of ${SPLITS[split].join(', ')}`);
  }
  const yop = element('YOP');
  if (yop !== '' && !/^\d{4}$/.test(yop)) findings.refuse(spotOf('YOP'), 'not-a-number', yop, 'a year of four digits');
  if (findings.findings.length > refusedBefore || resource === null || metric === undefined) return null;
  const { Data_Type: dataType, Access_Type: accessType, Access_Method: accessMethod } = splits;
  return {
    resource,
    platform,
    metric,
    ...(dataType === undefined ? {} : { dataType }),
    ...(accessType === undefined ? {} : { accessType }),
    ...(accessMethod === undefined ? {} : { accessMethod }),
    ...(yop === '' ? {} : { yop }),
  };
}

/** The count in a cell, or null with a finding at it. */
export function countIn(raw: string, spot: Spot, findings: Report): number | null {
  const count = countOf(raw);
  if (count === null) findings.refuse(spot, 'not-a-whole-number', raw.trim(), `${WHOLE_NUMBER}${countHint(raw)}`);
  return count;
}

/** Elements that may name people: never kept. */
export const NAMES_PEOPLE: ReadonlySet<string> = new Set(['Authors', 'Parent_Authors', 'Component_Authors'].map(keyOf));
