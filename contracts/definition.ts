/**
 * How an indicator is calculated: the small YAML document that analysts write, as a schema. The parser that gives
 * errors a line and a column is `parseDefinition`.
 */
import { z } from 'zod';
import { FACT_KINDS, isActivity, type FactKind } from './activityEvent.ts';
import { DIMENSIONS, namesPeople } from './dimensions.ts';
import { citationField, definitionWords, outcomeField, placeField, slugField, windowField } from './fields.ts';
import { misfits } from './fittingParts.ts';
import { impossibleCuts } from './possibleCuts.ts';
import { BASES, CALENDAR_GRANULARITIES, DIRECTIONS, POPULATION_AGES, type Basis } from './vocabulary.ts';

const PLACE_LEVELS = ['service-point', 'authority', 'nation'] as const;
export type PlaceLevel = (typeof PLACE_LEVELS)[number];

const kindsThat = (fit: (kind: FactKind) => boolean) =>
  z.array(z.enum(FACT_KINDS.filter(fit) as [FactKind, ...FactKind[]])).min(1);
const kinds = kindsThat(isActivity);
const where = z
  .partialRecord(z.enum(DIMENSIONS), z.array(z.string().min(1).max(64)).min(1))
  .describe('Only facts whose dimension has one of these values; several dimensions must all hold');

/** Number of events. */
const count = z.strictObject({ of: kinds, where: where.optional() });
/** Total of the quantity that the events state (single events state 1), or of the hours. */
const sum = z.strictObject({ of: kinds, field: z.enum(['quantity', 'hours']), where: where.optional() });
/** Number of different people, each counted once in a period. */
const distinct = z.strictObject({ of: kindsThat(namesPeople), where: where.optional() });
/** Number of service points whose latest status at the end of the period is one of these. */
const latest = z.strictObject({ of: z.tuple([z.literal('service-point.status')]), where: where.optional() });
/** People who live in the place: the estimate nearest to the middle of the period. */
const population = z.strictObject({ ages: z.enum(POPULATION_AGES) });

const single = z.union([
  z.strictObject({ count }),
  z.strictObject({ sum }),
  z.strictObject({ distinct }),
  z.strictObject({ latest }),
]);

const ratio = z.strictObject({
  numerator: single,
  denominator: z.union([...single.options, z.strictObject({ population })]),
  per: z.union([z.literal(1), z.literal(100), z.literal(1000)]),
});

const baseline = z
  .strictObject({
    basis: z.enum(BASES),
    place: placeField.optional().describe('Left out: each place has its own baseline, of this period'),
    period: windowField,
    value: z.number().optional().describe('Stated by a source; left out: the observation of that period'),
    scope: definitionWords(2, 120).optional(),
    source: citationField.optional(),
    caution: definitionWords(5, 160).optional().describe('What must be said with every comparison with this baseline'),
  })
  .refine((b) => b.value === undefined || b.source !== undefined, 'a stated baseline value needs its source');

const target = z.strictObject({
  place: placeField.optional(),
  value: z.number(),
  period: windowField,
  source: citationField,
});

/** What a reader must know, of all figures or of those of one basis. */
const note = z.union(
  [definitionWords(5, 300), z.strictObject({ basis: z.enum(BASES), text: definitionWords(5, 300) })],
  'expected text, or a mapping of basis and text',
);

export const definitionSchema = z
  .strictObject({
    id: slugField,
    version: z.int().positive(),
    title: definitionWords(5, 90),
    question: definitionWords(10, 200).describe('The question about an outcome that the number answers'),
    outcome: outcomeField,
    unit: z.strictObject({
      label: definitionWords(1, 60).describe('As it reads after a number: visits, loans per person, %'),
      decimals: z.int().min(0).max(4),
    }),
    direction: z.enum(DIRECTIONS).describe('Which way is better'),
    evidence: z.enum(['count', 'ratio', 'coverage-share', 'survey-share', 'distinct-people']),
    measure: z.union([...single.options, z.strictObject({ ratio })]).optional(),
    published: z
      .strictObject({
        statistic: slugField,
        prefer: z
          .array(z.string().min(1))
          .optional()
          .describe('Compiler references, best first, where two sources give the same period'),
      })
      .optional(),
    coverage: z.enum(['service-point-months', 'none']).describe('Who should have reported, for counts over windows'),
    overlap: z
      .enum(['add', 'choose-one'])
      .describe('Two sources that report one service point and month: added, or only the better method used'),
    places: z.array(z.enum(PLACE_LEVELS)),
    granularities: z.array(z.enum(CALENDAR_GRANULARITIES)),
    breakdowns: z.array(z.enum(DIMENSIONS)).default([]),
    baselines: z.array(baseline).default([]),
    targets: z.array(target).default([]),
    notes: z.array(note).default([]),
  })
  .refine(
    (d) => d.measure !== undefined || d.published !== undefined,
    'needs a measure, a published statistic, or both',
  )
  .refine((d) => d.measure === undefined || (d.places.length > 0 && d.granularities.length > 0), {
    message: 'a measure needs at least one place level and one granularity',
    path: ['places'],
  })
  .superRefine((definition, context) => {
    for (const { path, message } of [...impossibleCuts(definition), ...misfits(definition)])
      context.addIssue({ code: 'custom', path, message });
  })
  .meta({ id: 'IndicatorDefinition' });

export type Definition = z.infer<typeof definitionSchema>;

/** The notes of a definition that belong to figures of a basis; all of them where none is given. */
export const notesOf = ({ notes }: Pick<Definition, 'notes'>, basis?: Basis): string[] =>
  notes.flatMap((each) =>
    typeof each === 'string' ? [each] : basis === undefined || each.basis === basis ? [each.text] : [],
  );
