/** The definitions that the product comes with: that they can be run, and that what they quote is there to be quoted. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activityEvent, typeOf, type EventOf, type FactKind } from '../../../contracts/activityEvent.ts';
import { notesOf, type Definition } from '../../../contracts/definition.ts';
import { OUTCOMES } from '../../../contracts/fields.ts';
import { parseDefinition } from '../../../contracts/parseDefinition.ts';
import { granularityOfInterval, intervalOf, windowOf } from '../../../src/domain/periods.ts';
import { planIndicator, type Divisor, type Plan } from '../../../src/domain/plan.ts';
import { publishedFigures } from '../../../src/importers/publishedFigures.ts';
import { importText } from '../importers/importing.ts';

const folder = new URL('../../../projections/', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const files = readdirSync(new URL('indicators/', folder), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => `indicators/${file}`)
  .sort();

const faultsOf = (file: string): unknown => parseDefinition(text(file), file).faults ?? [];
const definitions = files.map((file): [string, Definition] => [file, parseDefinition(text(file)).definition!]);

const figures = importText(publishedFigures, text('publishedFigures/published-figures.csv'))
  .events.map((event) => event as EventOf<'figure.published'>)
  .map(({ subject, data }) => ({ place: subject, ...data, window: intervalOf(windowOf(data.window)) }));

interface Schema {
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly const?: unknown;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
}
const root = z.toJSONSchema(activityEvent, { io: 'input' }) as Schema & { $defs: Record<string, Schema> };
const resolved = (schema: Schema | undefined): Schema =>
  schema?.$ref === undefined ? (schema ?? {}) : resolved(root.$defs[schema.$ref.replace('#/$defs/', '')]);

/** What the contract of an event type says of the field behind a dimension; undefined where it has none. */
function dimensionIn(kind: FactKind, dimension: string): Schema | undefined {
  const event = root.oneOf?.map(resolved).find((one) => one.properties?.type?.const === typeOf(kind));
  const field = { challengeYear: 'year', pointKind: 'kind' }[dimension] ?? dimension;
  const found = resolved(event?.properties?.data).properties?.[field];
  return found === undefined ? undefined : resolved(found);
}

type Fold = Exclude<Divisor, { fold: 'population' }>;
const foldsOf = ({ measure }: Plan): Fold[] =>
  measure === null ? [] : [measure.numerator, measure.denominator].filter((p) => p !== null && p.fold !== 'population');
const kindsOf = (fold: Fold): readonly FactKind[] => ('kinds' in fold ? fold.kinds : ['service-point.status']);

it('there are definitions, and figures to quote', () => {
  expect(files.length).toBeGreaterThanOrEqual(16);
  expect(figures).toHaveLength(57);
});

it('no two definitions have one id', () => {
  const ids = definitions.map(([, { id }]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(OUTCOMES)('the outcome %s has at least one indicator', (outcome) => {
  expect(definitions.some(([, definition]) => definition.outcome === outcome)).toBe(true);
});

describe.each(files)('%s', (file) => {
  const definition = parseDefinition(text(file), file).definition;

  it('has no fault, and can be planned', () => {
    expect(faultsOf(file)).toEqual([]);
    expect(planIndicator(definition!).id).toBe(definition!.id);
  });

  it('is named after its id, in the folder of its outcome', () => {
    expect(`${definition?.id}.yaml`).toBe(basename(file));
    expect(definition?.outcome).toBe(basename(dirname(file)));
  });

  it('quotes a statistic that is published, and prefers figures of that statistic', () => {
    const quoted = figures.filter(({ statistic }) => statistic === definition?.published?.statistic);
    expect(quoted.length > 0).toBe(definition?.published !== undefined);
    const references = quoted.map(({ reference }) => reference);
    for (const preferred of definition?.published?.prefer ?? []) expect(references).toContain(preferred);
  });

  it('says which source it prefers where two give the same place and period', () => {
    const quoted = figures.filter(({ statistic }) => statistic === definition?.published?.statistic);
    const keys = quoted.map(({ place, window }) => `${place} ${window}`);
    const contested = keys.some((key, at) => keys.indexOf(key) !== at);
    if (contested) expect(definition?.published?.prefer?.length).toBeGreaterThan(0);
    else expect(definition?.published?.prefer).toBeUndefined();
  });

  it('has baselines that there can be: published ones are in the figures, computed ones are periods it computes', () => {
    for (const { basis, place, period, value } of definition?.baselines ?? []) {
      expect(value, 'a value is looked up, not copied').toBeUndefined();
      if (basis === 'published') {
        const statistic = definition?.published?.statistic;
        expect(figures).toContainEqual(expect.objectContaining({ statistic, place, window: period }));
      } else {
        expect(definition?.measure).toBeDefined();
        expect(definition?.granularities).toContain(granularityOfInterval(period));
      }
    }
  });

  it('has no target: no source states one', () => expect(definition?.targets).toEqual([]));

  it('uses only dimensions that its event types have, and values that their contracts know', () => {
    const plan = planIndicator(definition!);
    for (const fold of foldsOf(plan)) {
      for (const kind of kindsOf(fold)) {
        const cuts = [...fold.where.map((w) => w.dimension), ...plan.breakdowns];
        for (const dimension of cuts) expect(dimensionIn(kind, dimension), `${dimension} of ${kind}`).toBeDefined();
        for (const { dimension, values } of fold.where) {
          const schema = dimensionIn(kind, dimension);
          const known = schema?.enum ?? (schema?.const === undefined ? undefined : [schema.const]);
          for (const value of values) {
            if (known !== undefined) expect(known, `${dimension} of ${kind}`).toContain(value);
            else expect(value).toMatch(new RegExp(schema?.pattern ?? '^$'));
          }
        }
      }
    }
  });

  it('sums only what its event types state: hours are those of digital sessions', () => {
    const sums = foldsOf(planIndicator(definition!)).filter((fold) => fold.fold === 'sum');
    const hours = sums.filter(({ field }) => field === 'seconds').flatMap(({ kinds }) => kinds);
    expect(hours.every((kind) => kind.startsWith('digital-session'))).toBe(true);
  });

  it('asks for coverage only where counts over windows are summed', () => {
    const overWindows = foldsOf(planIndicator(definition!)).some((fold) =>
      kindsOf(fold).some((kind) => kind.endsWith('s.counted')),
    );
    if (definition?.coverage === 'service-point-months') expect(overWindows).toBe(true);
  });

  it('tells a reader what is counted, in words that stand by themselves', () => {
    expect(definition?.notes.length).toBeGreaterThanOrEqual(2);
    expect(notesOf(definition!).join(' ')).not.toMatch(/\bPF\d{3}\b|\bO\d-\d\d\b/);
  });

  it('is a question', () => expect(definition?.question).toMatch(/^[A-Z].*\?$/));
});
