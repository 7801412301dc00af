/** Which places an event can be about: activity happens in a library authority, and only figures are of nations. */
import { describe, expect, it } from 'vitest';
import { activityEvent, FACT_KINDS, kindOf, typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { readdirSync, readFileSync } from 'node:fs';

const folder = 'contracts/examples/valid';
const examples = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as ActivityEvent,
);
const accepts = (kind: string, subject: string): boolean =>
  activityEvent.safeParse({ ...examples.find(({ type }) => kindOf(type) === kind), subject }).success;

const OF_ANY_PLACE = [
  'figure.published',
  'reference.population',
  'place.described',
  'place.succeeded',
  'reference.deprivation',
  'action.reported',
];
const ACTIVITY = FACT_KINDS.filter((kind) => !OF_ANY_PLACE.includes(kind));
const WIDER = [
  'E92000001',
  'E92000001/city',
  'K02000001/city',
  'W92000004',
  'N92000002',
  'X92000001/city',
  'E12000001',
];

describe.each(ACTIVITY)('%s', (kind) => {
  it.each(['E08000021', 'E08000021/city', 'E10000014', 'E06000001', 'E07000008', 'E09000001', 'W06000015', 'S12000036', 'N09000003', 'X99000001/central', 'X00000001', 'CA-OTP', 'CA-OTP/albion'])(
    'happens in %s',
    (place) => expect(accepts(kind, place)).toBe(true),
  ); // prettier-ignore

  it('happens in no nation, region or union of nations, nor at a service point of one', () => {
    expect(WIDER.filter((place) => accepts(kind, place))).toEqual([]);
  });
});

it.each(OF_ANY_PLACE)('%s may be of a nation or several', (kind) => {
  expect(['E92000001', 'K02000001', 'E08000021'].filter((place) => accepts(kind, place))).toHaveLength(3);
});

it('a correction puts activity in no nation either', () => {
  const correction = examples.find(({ type }) => type === typeOf('fact.corrected')) as {
    data: { replacement: object };
  };
  const { data } = correction;
  const moved = { ...correction, data: { ...data, replacement: { ...data.replacement, subject: 'E92000001' } } };
  const { error } = activityEvent.safeParse(moved);
  expect(error?.issues.map(({ path }) => path.join('/'))).toEqual(['data/replacement/subject']);
});
