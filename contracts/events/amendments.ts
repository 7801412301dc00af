import { z } from 'zod';
import { idField, sourceField } from '../fields.ts';

const amendmentFields = {
  target: z
    .strictObject({ source: sourceField, id: idField })
    .describe('The event that is amended; it may itself be an amendment, and may arrive later'),
  by: z
    .enum(['data-officer', 'service-manager', 'system-supplier', 'analyst', 'importer'])
    .describe('The role of who says so; never a name'),
  why: z.enum([
    'miscounted',
    'wrong-place',
    'wrong-period',
    'wrong-category',
    'counted-twice',
    'counter-fault',
    'sent-by-mistake',
    'publisher-revised',
    'unreadable',
  ]),
};

/** The fields of an amendment that withdraws its target for good, unless the retraction is itself retracted. */
export const factRetracted = z.strictObject(amendmentFields).meta({ id: 'FactRetracted' });

/** The fields of an amendment that puts another fact in the place of its target. */
export function factCorrected<T extends z.ZodType>(replacement: T) {
  return z.strictObject({ ...amendmentFields, replacement }).meta({ id: 'FactCorrected' });
}
