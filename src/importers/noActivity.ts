/** Tables that are known and hold no activity: what others have worked out of counts that are not in the file. */
import { keyOf } from '../domain/labels.ts';
import type { FileHead } from './importer.ts';

const NAMED_AVERAGE = /(^|[^a-z])(averages?|avg|mean)([^a-z]|$)/i;
/** `visits_Per_Cap`, `visits_Per_Hour`: something for each of another thing. */
const RATE = /^[a-z ]+ per [a-z ]+$/;
const YEAR = /^year( ?\d+)?$/;

/**
 * Why a table is no activity, or null. An average over many services says nothing of what happened in any of them, and
 * the counts that it was made from cannot be had back from it.
 */
export function whyNoActivity({ fileName, header }: FileHead): string | null {
  const labels = header.map(keyOf).filter((label) => label !== '');
  const rates = labels.filter((label) => RATE.test(label)).length;
  const isRates = labels.some((label) => YEAR.test(label)) && rates >= 2;
  return isRates && (NAMED_AVERAGE.test(fileName) || rates >= labels.length - 1)
    ? 'it holds averages of others: an average is no activity, and no counts can be made from it'
    : null;
}
