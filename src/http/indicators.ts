/** What can be asked for: the indicators, and what each holds. */
import { z } from 'zod';
import { definitionSchema } from '../../contracts/definition.ts';
import { outcomeField } from '../../contracts/fields.ts';
import { BASES, DIRECTIONS, GRANULARITIES } from '../../contracts/vocabulary.ts';
import type { Indicator } from '../app/catalogue.ts';
import type { Ledger } from '../app/ledger.ts';
import type { HeldSeries } from '../app/ports.ts';
import { placeName } from '../domain/places.ts';
import { problems, type Api } from './api.ts';
import { indicatorParams } from './seriesQuery.ts';

const heldSummarySchema = z.strictObject({
  series: z.int().describe('Series held: 0 where nothing has been reported yet'),
  places: z.int(),
  granularities: z.array(z.enum(GRANULARITIES)),
  bases: z.array(z.enum(BASES)),
  breakdowns: z.array(z.string()).describe('Categories held, dimension=category'),
});

const linksSchema = z.strictObject({ self: z.string(), series: z.string(), chart: z.string(), page: z.string() });

const summarySchema = z
  .strictObject({
    id: z.string(),
    version: z.int(),
    definition: z.string().describe('Hash of the plan'),
    title: z.string(),
    question: z.string(),
    outcome: outcomeField,
    unit: z.string(),
    decimals: z.int(),
    direction: z.enum(DIRECTIONS),
    baselines: definitionSchema.shape.baselines,
    holds: heldSummarySchema,
    links: linksSchema,
  })
  .meta({ id: 'IndicatorSummary' });
type Summary = z.infer<typeof summarySchema>;

export const indicatorListSchema = z.strictObject({
  position: z.int().describe('Knowledge position: the number of events taken in'),
  indicators: z.array(summarySchema),
});

export const indicatorSchema = z
  .strictObject({
    ...summarySchema.shape,
    position: z.int(),
    source: definitionSchema.describe('The definition as it was written'),
    places: z.array(z.strictObject({ code: z.string(), name: z.string(), series: z.int() })),
  })
  .meta({ id: 'IndicatorDetail' });

/** Adds `/v1/indicators` and `/v1/indicators/{id}`. */
export function indicatorRoutes(app: Api, { ledger }: { ledger: Ledger }): void {
  app.get(
    '/v1/indicators',
    { schema: { summary: 'All indicators', tags: ['indicators'], querystring: z.strictObject({}), response: { 200: indicatorListSchema, ...problems(400) } } }, // prettier-ignore
    async () => {
      const indicators: Summary[] = [];
      for (const indicator of ledger.catalogue.indicators) {
        indicators.push(summaryOf(indicator, await ledger.held(indicator.plan.id)));
      }
      return { position: ledger.ordinal(), indicators };
    },
  );

  app.get(
    '/v1/indicators/:id',
    { schema: { summary: 'One indicator: its definition and what it holds', tags: ['indicators'], params: indicatorParams, querystring: z.strictObject({}), response: { 200: indicatorSchema, ...problems(400, 404) } } }, // prettier-ignore
    async (request) => {
      const indicator = ledger.catalogue.find(request.params.id);
      const held = await ledger.held(indicator.plan.id);
      const series = new Map<string, number>();
      for (const { place } of held) series.set(place, (series.get(place) ?? 0) + 1);
      return {
        ...summaryOf(indicator, held),
        position: ledger.ordinal(),
        source: indicator.definition,
        places: [...series].map(([code, count]) => ({ code, name: placeName(code), series: count })),
      };
    },
  );
}

function summaryOf({ definition, hash }: Indicator, held: readonly HeldSeries[]): Summary {
  const self = `/v1/indicators/${definition.id}`;
  return {
    id: definition.id,
    version: definition.version,
    definition: hash,
    title: definition.title,
    question: definition.question,
    outcome: definition.outcome,
    unit: definition.unit.label,
    decimals: definition.unit.decimals,
    direction: definition.direction,
    baselines: definition.baselines,
    holds: {
      series: held.length,
      places: new Set(held.map(({ place }) => place)).size,
      granularities: GRANULARITIES.filter((each) => held.some(({ granularity }) => granularity === each)),
      bases: BASES.filter((each) => held.some(({ basis }) => basis === each)),
      breakdowns: [...new Set(held.map(({ breakdown }) => breakdown))].filter((each) => each !== '').sort(),
    },
    links: { self, series: `${self}/series`, chart: `${self}/chart`, page: `/indicators/${definition.id}` },
  };
}
