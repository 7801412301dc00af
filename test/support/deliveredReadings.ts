/** The readings that the product delivers. */
import { readReadings } from '../../src/files/readReadings.ts';

export const DELIVERED = 'projections/readings';
export const { readings: deliveredReadings } = readReadings([DELIVERED]);
