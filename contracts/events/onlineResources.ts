import { z } from 'zod';
import { countedOver, countField, slugField } from '../fields.ts';

/**
 * What was counted. Different metrics of one resource are never added. The words from `searches-platform` on are the
 * metric types of the COUNTER Code of Practice, release 5.1.
 */
export const RESOURCE_METRICS = [
  'sessions',
  'users',
  'searches',
  'pages-viewed',
  'reports-viewed',
  'books-viewed',
  'courses-accessed',
  'tests-taken',
  'chats',
  'downloads',
  'items-borrowed',
  'app-devices',
  'app-launches',
  'unknown',
  'searches-platform',
  'searches-regular',
  'searches-automated',
  'searches-federated',
  'total-item-investigations',
  'total-item-requests',
  'unique-item-investigations',
  'unique-item-requests',
  'unique-title-investigations',
  'unique-title-requests',
  'no-license',
  'limit-exceeded',
] as const;

/** Use of an online resource over a window, by one metric. */
export const resourceUseCounted = countedOver(['count'], {
  resource: slugField.describe('The database, title or platform'),
  platform: slugField.optional(),
  metric: z.enum(RESOURCE_METRICS),
  report: slugField.optional().describe('The COUNTER report it stands in: two reports may hold the same use'),
  dataType: slugField.optional().describe('COUNTER Data_Type, such as book'),
  accessType: slugField.optional().describe('COUNTER Access_Type, such as controlled'),
  accessMethod: slugField.optional().describe('COUNTER Access_Method, such as regular'),
  yop: z
    .string()
    .regex(/^\d{4}$/, 'must be a year of four digits')
    .optional()
    .describe('Year of publication'),
  count: countField.optional(),
}).meta({ id: 'ResourceUseCounted' });
