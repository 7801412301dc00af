import { createHash } from 'node:crypto';
import type { Plan } from '../domain/plan.ts';
import type { ProjectionName } from './ports.ts';

/** The name under which a plan's observations are stored: another calculation, even under the same version number, is another name. */
export function projectionName(plan: Plan): ProjectionName {
  return `${plan.id}@${plan.version}:${planHash(plan)}`;
}

/** First 12 hexadecimal digits of the SHA-256 of the plan as JSON. */
export const planHash = (plan: Plan): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
