import { z } from 'zod';
import {
  absenceField,
  contentAgeField,
  countField,
  dateField,
  formatField,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  provenanceField,
  publishersWords,
} from '../fields.ts';

/** Items held on a day: a stock, which is never added over days. */
export const stockCounted = z
  .strictObject({
    on: dateField,
    items: countField.optional(),
    absent: absenceField.optional(),
    format: formatField,
    contentAge: contentAgeField.optional(),
    localCategory: publishersWords(0, 80).optional().describe('The item category as the service writes it'),
    provenance: provenanceField.optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.items]), NUMBER_OR_ABSENCE)
  .meta({ id: 'StockCounted' });
