/** Whether the parts of a definition fit together: what each may be alone, its schema says. */
import type { FactKind } from './activityEvent.ts';
import type { Definition } from './definition.ts';
import type { Impossible } from './possibleCuts.ts';

/** Of all kinds these alone may state hours: a sum of hours over others would give no figure, and no reason why. */
const WITH_HOURS: ReadonlySet<FactKind> = new Set(['digital-session.ended', 'digital-sessions.counted']);

/** Every part of a definition that does not fit the others, or stands there twice. */
export const misfits = (definition: Definition): Impossible[] => [
  ...givenTwice(definition),
  ...withoutHours(definition),
  ...misfitsOfMeasure(definition),
];

type Part = Readonly<Record<string, { readonly of?: readonly FactKind[]; readonly field?: string }>>;

function partsOf(measure: Definition['measure']): { path: string[]; part: Part }[] {
  if (measure === undefined) return [];
  if (!('ratio' in measure)) return [{ path: ['measure'], part: measure }];
  return (['numerator', 'denominator'] as const).map((name) => ({
    path: ['measure', 'ratio', name],
    part: measure.ratio[name] as Part,
  }));
}

function givenTwice({ measure, places, granularities, breakdowns, baselines }: Definition): Impossible[] {
  const kinds = partsOf(measure).flatMap(({ path, part }) =>
    Object.entries(part).flatMap(([fold, { of = [] }]) => repeatsIn(of, [...path, fold, 'of'])),
  );
  const same = baselines.map(({ basis, place, period, scope }) =>
    JSON.stringify([basis, place, lengthOf(period), scope]),
  );
  return [
    ...kinds,
    ...repeatsIn(places, ['places']),
    ...repeatsIn(granularities, ['granularities']),
    ...repeatsIn(breakdowns, ['breakdowns']),
    ...repeatsIn(same, ['baselines'], 'is the baseline of the same place and period again: expected each once'),
  ];
}

const repeatsIn = (
  values: readonly string[],
  path: readonly string[],
  message = 'is given twice: expected each once',
): Impossible[] =>
  values.flatMap((value, at) => (values.indexOf(value) < at ? [{ path: [...path, at], message }] : []));

/** A window with its length in months or days, so that a year is twelve months. */
function lengthOf(window: string): string {
  const [start, length = ''] = window.split('/P');
  const number = Number(length.slice(0, -1));
  const [factor, unit] = { Y: [12, 'M'], W: [7, 'D'] }[length.slice(-1)] ?? [1, length.slice(-1)];
  return `${start}/P${number * Number(factor)}${unit}`;
}

const withoutHours = ({ measure }: Definition): Impossible[] =>
  partsOf(measure).flatMap(({ path, part }) =>
    part['sum']?.field !== 'hours'
      ? []
      : (part['sum'].of ?? []).flatMap((kind, at) =>
          WITH_HOURS.has(kind) ? [] : [{ path: [...path, 'sum', 'of', at], message: 'states no hours: expected digital sessions' }],
        ),
  ); // prettier-ignore

function misfitsOfMeasure({ measure, coverage, overlap, places, breakdowns }: Definition): Impossible[] {
  const [numerator, denominator] = partsOf(measure).map(({ part }) => Object.keys(part)[0]);
  if (numerator === undefined) return [];
  const found: Impossible[] = [];
  const refuse = (path: string[], message: string): void => void found.push({ path, message });
  const overPeople = denominator === 'population';
  if (numerator === 'latest' && breakdowns.length > 0)
    refuse(['breakdowns'], 'a latest measure cannot be broken down: put the category in "where"');
  if (denominator !== undefined && !overPeople && (numerator === 'latest') !== (denominator === 'latest'))
    refuse(['measure', 'ratio'], 'a latest measure can only be divided by another latest measure or by a population');
  if (coverage !== 'none' && (numerator === 'latest' || numerator === 'distinct'))
    refuse(['coverage'], 'coverage by service point and month is for counts over windows');
  if (overlap === 'choose-one' && numerator !== 'sum')
    refuse(['overlap'], 'choose-one is for sums of counts over windows');
  else if (overlap === 'choose-one' && denominator !== undefined && !overPeople)
    refuse(['overlap'], 'choose-one with a denominator is only for a population');
  if (overPeople && places.includes('service-point'))
    refuse(['places'], 'a service point has no population: leave service-point out of "places"');
  return found;
}
