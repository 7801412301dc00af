import { z } from 'zod';
import {
  citationField,
  dateField,
  placeField,
  provenanceField,
  publishersWords,
  slugField,
  yesNoField,
} from '../fields.ts';
import { POPULATION_AGES } from '../vocabulary.ts';

const weeklyHours = z.number().min(0).max(168).multipleOf(0.01);

/** What a service point was on a day, and from then on until it says otherwise. */
export const servicePointStatus = z
  .strictObject({
    on: dateField,
    open: z.enum(['open', 'closed']),
    wifi: yesNoField.optional().describe('Free Wi-Fi for the public'),
    statutory: yesNoField.optional(),
    kind: z.enum(['static', 'mobile', 'archive', 'home-service', 'institution', 'online', 'other']).optional(),
    runBy: z
      .enum(['authority', 'authority-unstaffed', 'commissioned', 'community', 'independent', 'other'])
      .optional()
      .describe('Who runs it: the types LAL, LAL-, CL, CRL and ICL of the open data schema'),
    coLocated: yesNoField.optional(),
    hoursPerWeek: weeklyHours.optional(),
    staffedHoursPerWeek: weeklyHours.optional(),
    computers: z.int().min(0).max(10_000).optional().describe('Computers for the public'),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'ServicePointStatus' });

/** An estimate of the people who live in a place on a day. */
export const referencePopulation = z
  .strictObject({
    on: dateField,
    population: z.int().positive().max(2_000_000_000),
    ages: z.enum(POPULATION_AGES),
    source: citationField,
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'ReferencePopulation' });

const degrees = (most: number) => z.number().min(-most).max(most);

/** A place as a register describes it, from a day on. */
export const placeDescribed = z
  .strictObject({
    on: dateField.describe('From when, or the day of the register'),
    until: dateField.optional().describe('The last day on which there was such a place'),
    name: publishersWords(1, 120).describe('Name of a building or an area, never of a person'),
    level: z.enum(['service-point', 'authority', 'region', 'nation', 'country']),
    within: placeField.optional().describe('The wider place that it lies in, where its code does not tell'),
    region: publishersWords(1, 60).optional().describe('Name of the region that it lies in'),
    latitude: degrees(90).optional(),
    longitude: degrees(180).optional(),
    ruralUrban: slugField.optional().describe('Rural urban classification'),
    imdDecile: z
      .enum(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'unknown'])
      .optional()
      .describe('Index of Multiple Deprivation decile of the neighbourhood, 1 the most deprived'),
    yearOpened: z.int().min(1600).max(2100).optional(),
    yearClosed: z.int().min(1850).max(2100).optional(),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'PlaceDescribed' });

/** What an authority became on a day: one or several others, wholly or in part. */
export const placeSucceeded = z
  .strictObject({
    on: dateField.describe('First day of the successors'),
    by: z.array(placeField).min(1).max(20),
    change: z.enum(['recoded', 'merged', 'split', 'unknown']).describe('Recoded: the same area under another code'),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'PlaceSucceeded' });

/** A mean of a deprivation measure over the neighbourhoods of a place: a mean of deciles is not a decile. */
export const referenceDeprivation = z
  .strictObject({
    on: dateField,
    index: slugField.describe('The index and its year, such as imd-2015'),
    domain: slugField.describe('Multiple, income, employment, ...'),
    meanDecile: z.number().min(1).max(10).multipleOf(0.001),
    source: citationField,
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'ReferenceDeprivation' });

/** The authorities most like this one, the nearest first. */
export const referenceNeighbours = z
  .strictObject({
    on: dateField,
    neighbours: z.array(placeField).min(1).max(200),
    source: citationField,
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'ReferenceNeighbours' });
