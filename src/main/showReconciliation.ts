/** What `outcomes reconcile` prints for a person. */
import { formatNumber } from '../domain/formatNumber.ts';
import { intervalOf, periodLabel } from '../domain/periods.ts';
import type { LineComparison, Mismatch, Reconciliation } from '../domain/reconcile.ts';

const whole = (n: number): string => formatNumber(n, 0);
const many = (n: number, thing: string): string => `${whole(n)} ${thing}${n === 1 ? '' : 's'}`;
const listed = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** What is equal and what is not, line by line, then the lines that hold what the other form states under another name. */
export function showReconciliation({ forms, compared, mismatches, notCompared }: Reconciliation): string {
  const both = compared.reduce((sum, { equal, different }) => sum + equal + different, 0);
  return [
    `${forms[0]} and ${forms[1]}, as their readings say they are meant:`,
    ...compared.flatMap((one) => comparisonLines(one, forms)),
    ...(both > 0 ? [`  Stated by both, ${whole(both)} places and spans: an indicator that adds its sources counts them twice, unless one of the readings says "notCounted".`] : []), // prettier-ignore
    ...(compared.length === 0 ? ['  no line of one means what a line of the other means'] : []),
    ...mismatches.map((mismatch) => mismatchLine(mismatch, forms)),
    ...(mismatches.length === 0
      ? [`No line of ${forms[1]} holds what ${forms[0]} states under a line of another meaning.`]
      : ['What is recorded is right as it was given: correct the reading of the form (docs/readings.md).']),
    ...notCompared.flatMap((lines, at) =>
      lines.length === 0 ? [] : [`Not compared, ${forms[at]}: ${many(lines.length, 'line')} (--json lists them).`],
    ),
  ].join('\n');
}

function comparisonLines(
  { means, lines, totals, places, equal, different, onlyIn, examples }: LineComparison,
  forms: readonly string[],
): string[] {
  // prettier-ignore
  return [
    `  ${means}`,
    ...forms.map((form, at) => `    ${form}: ${whole(totals[at] ?? 0)} from ${many(places[at] ?? 0, 'place')}, under ${listed(lines[at] ?? [])}`), // prettier-ignore
    `    places and spans that both state: ${whole(equal)} equal, ${whole(different)} different; only one states: ${whole(onlyIn[0])} and ${whole(onlyIn[1])}`,
    ...examples.slice(0, 1).map(({ place, first, last, values }) => `    for example ${place}, ${periodLabel(intervalOf({ first, last }))}: ${whole(values[0])} and ${whole(values[1])}`), // prettier-ignore
  ];
}

function mismatchLine(
  { code, line, means, holds, cells, found }: Mismatch,
  [first, second]: readonly [string, string],
): string {
  // prettier-ignore
  const named = holds.map((held) => `"${held.line}" (${held.means})`);
  const what = {
    'holds-another-line': `holds what ${first} states under ${named.join('')}`,
    'mixes-lines': `mixes what ${first} states under ${named.join(' and ')}`,
    'sums-lines': `holds the sums of what ${first} states under ${named.join(' and ')}`,
  }[code];
  return `${code}: "${line}" of ${second}, read as ${means}, ${what}: ${whole(found)} of ${whole(cells)} figures are equal.`;
}
