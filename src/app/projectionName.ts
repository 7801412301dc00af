import { hash } from 'node:crypto';
import type { Plan } from '../domain/plan.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { ProjectionName } from './ports.ts';

/** Rises when the same plan over the same facts gives another figure, or another note beside it: what older code stored is then made anew. */
const EVALUATOR_VERSION = 6;

const DRAFT = 'draft/';
const HASH_DIGITS = 12;

/**
 * The name under which a plan's observations are stored: another calculation, even under the same version number, is
 * another name, and so is the same over facts that were read otherwise.
 * @param readings digest of the readings that the facts are made with, empty for none
 */
export const projectionName = (plan: Plan, readings: string): ProjectionName =>
  `${plan.id}@${plan.version}:${planHash(plan)}${readings === '' ? '' : `:${readings.slice(0, HASH_DIGITS)}`}`;

/** A replay's observations stand beside the active ones, at the knowledge position of the replay. */
export const draftName = (projection: ProjectionName): ProjectionName => `${DRAFT}${projection}`;
/** Whether a name is that of a draft of the same indicator. */
export const isDraftOf = (name: ProjectionName, { id }: Plan): boolean => name.startsWith(`${DRAFT}${id}@`);
/** Whether a name is that of a draft. */
export const isDraft = (name: ProjectionName): boolean => name.startsWith(DRAFT);

/** First 12 hexadecimal digits of the SHA-256 of the plan and of the version of what evaluates it. */
export const planHash = (plan: Plan): string =>
  hash('sha256', canonicalJson({ evaluator: EVALUATOR_VERSION, plan })).slice(0, HASH_DIGITS);
