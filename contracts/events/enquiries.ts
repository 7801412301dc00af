import { countedOver, countField } from '../fields.ts';

/** Enquiries answered in a window. What counts as one is the service's own rule, and changes. */
export const enquiriesCounted = countedOver(['count'], { count: countField.optional() }).meta({
  id: 'EnquiriesCounted',
});
