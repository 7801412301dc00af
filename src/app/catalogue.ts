/** The active definitions, planned and named: what the projector computes and readers may ask for. */
import type { Definition } from '../../contracts/definition.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { planIndicator, type Plan } from '../domain/plan.ts';
import { NO_READING_SET, type ReadingSet } from '../domain/readings.ts';
import { planHash, projectionName } from './projectionName.ts';
import type { ProjectionName } from './ports.ts';

/** A definition, what it plans, and the names by which the plan is known. */
export interface Indicator {
  readonly definition: Definition;
  readonly plan: Plan;
  readonly hash: string;
  readonly projection: ProjectionName;
}

/** The active indicators, sorted by id. */
export interface Catalogue {
  readonly indicators: readonly Indicator[];
  /** Any other definition, as it would be computed from the same facts. */
  planned(definition: Definition): Indicator;
  /** Throws `not-found`, naming what there is that looks like it. */
  find(id: string): Indicator;
  /** Indicators whose id looks like this one, the most alike first. */
  near(id: string): readonly Indicator[];
}

/**
 * The catalogue of these definitions, computed from facts that are made with these readings. Throws `invalid-definition`
 * where two definitions share an id.
 */
export function catalogueOf(
  definitions: readonly Definition[],
  { digest }: Pick<ReadingSet, 'digest'> = NO_READING_SET,
): Catalogue {
  function planned(definition: Definition): Indicator {
    const plan = planIndicator(definition);
    return { definition, plan, hash: planHash(plan), projection: projectionName(plan, digest) };
  }
  const indicators = definitions.map(planned).sort((a, b) => (a.plan.id < b.plan.id ? -1 : 1));
  indicators.forEach(({ plan }, at) => {
    if (indicators[at + 1]?.plan.id === plan.id) {
      throw new LedgerError('invalid-definition', `Two definitions are called "${plan.id}".`);
    }
  });
  function near(id: string): readonly Indicator[] {
    const words = id.split('-');
    const byWord = indicators.filter(({ plan }) => words.some((word) => word.length > 3 && plan.id.includes(word)));
    if (byWord.length > 0) return byWord;
    const furthest = Math.max(2, Math.floor(id.length / 4));
    return indicators
      .map((indicator) => ({ indicator, distance: editsBetween(id, indicator.plan.id) }))
      .filter(({ distance }) => distance <= furthest)
      .sort((a, b) => a.distance - b.distance)
      .map(({ indicator }) => indicator);
  }
  return {
    indicators,
    planned,
    near,
    find(id) {
      const found = indicators.find(({ plan }) => plan.id === id);
      if (found !== undefined) return found;
      const alike = near(id).map(({ plan }) => plan.id);
      throw new LedgerError('not-found', `There is no indicator "${id}".`, {
        hint:
          alike.length > 0
            ? `Did you mean ${alike.join(' or ')}?`
            : '"outcomes indicators" and GET /v1/indicators list them.',
      });
    },
  };
}

/** Characters put in, left out or exchanged that make one text of another. Texts from outside are compared by their beginning. */
function editsBetween(one: string, other: string): number {
  const [a, b] = [one.slice(0, 80), other.slice(0, 80)];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(same, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
