/** The active definitions, planned and named: what the projector computes and readers may ask for. */
import type { Definition } from '../../contracts/definition.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { planIndicator, type Plan } from '../domain/plan.ts';
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
  /** Throws `not-found`, naming what there is that looks like it. */
  find(id: string): Indicator;
}

/** An indicator ready to be computed. */
export function indicatorOf(definition: Definition): Indicator {
  const plan = planIndicator(definition);
  return { definition, plan, hash: planHash(plan), projection: projectionName(plan) };
}

/** Throws `invalid-definition` where two definitions share an id. */
export function catalogueOf(definitions: readonly Definition[]): Catalogue {
  const indicators = definitions.map(indicatorOf).sort((a, b) => (a.plan.id < b.plan.id ? -1 : 1));
  indicators.forEach(({ plan }, at) => {
    if (indicators[at + 1]?.plan.id === plan.id) {
      throw new LedgerError('invalid-definition', `Two definitions are called "${plan.id}".`);
    }
  });
  return {
    indicators,
    find(id) {
      const found = indicators.find(({ plan }) => plan.id === id);
      if (found !== undefined) return found;
      const words = id.split('-');
      const near = indicators
        .map(({ plan }) => plan.id)
        .filter((other) => words.some((word) => word.length > 3 && other.includes(word)));
      throw new LedgerError('not-found', `There is no indicator "${id}".`, {
        hint:
          near.length > 0
            ? `Did you mean ${near.join(' or ')}?`
            : '"outcomes indicators" and GET /v1/indicators list them.',
      });
    },
  };
}
