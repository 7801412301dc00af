/** The examples that the documentation shows: the valid ones are accepted, the others refused at the place they name. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  activityEvent,
  EVENT_KINDS,
  kindOf,
  readActivityEvent,
  type ActivityEvent,
} from '../../../contracts/activityEvent.ts';

const folder = new URL('../../../contracts/examples/', import.meta.url);
const read = (group: string): readonly (readonly [name: string, content: unknown])[] =>
  readdirSync(new URL(`${group}/`, folder))
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(new URL(`${group}/${file}`, folder), 'utf8'))]);

const valid = read('valid');
const invalid = read('invalid') as readonly (readonly [string, { why: string; pointer: string; event: unknown }])[];

/** Every place at which an event is refused: an unknown field is refused where it stands. */
function pointersOf(error: z.ZodError): string[] {
  const paths = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
  );
  return [...new Set(paths.map((path) => path.map((step) => `/${String(step)}`).join('')))];
}

describe('valid examples', () => {
  it.each(valid)('%s is accepted, and nothing is changed by it', (_, event) => {
    const parsed = activityEvent.safeParse(event);
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(parsed.data).toEqual(event);
  });

  it.each(valid)('%s is named after its event type', (file, event) => {
    const kind = kindOf((event as ActivityEvent).type);
    expect(file === `${kind}.json` || file.startsWith(`${kind}.`)).toBe(true);
  });

  it.each(EVENT_KINDS)('there is one of %s', (kind) => {
    expect(valid.map(([file]) => file)).toContain(`${kind}.json`);
  });

  it.each(['visits.counted', 'loans.counted', 'digital-sessions.counted', 'activity.held'])(
    'there is one of %s with a reason in the place of a number',
    (kind) => {
      const absent = valid.find(([file]) => file === `${kind}.absent.json`)?.[1];
      expect(absent).toMatchObject({ data: { absent: expect.any(String) as string } });
    },
  );

  it('have an id of their own within their source', () => {
    const identities = valid.map(([, event]) => event as ActivityEvent).map(({ source, id }) => `${source} ${id}`);
    expect(new Set(identities).size).toBe(identities.length);
  });
});

describe('invalid examples', () => {
  it.each(invalid)('%s is refused at the place it names, and nowhere else', (_, { pointer, event }) => {
    const parsed = activityEvent.safeParse(event);
    expect(parsed.success).toBe(false);
    expect(pointersOf(parsed.error!)).toEqual([pointer]);
  });

  it.each(invalid)('%s is refused in plain words', (_, { event }) => {
    const { error } = readActivityEvent(event);
    // An unknown field is told by its name, and an unknown type by itself, where events are recorded.
    const told = error!.issues.filter(({ code, path }) => code !== 'unrecognized_keys' && path.join('/') !== 'type');
    for (const { message } of told) expect(message).toMatch(/^must /);
  });

  it.each(invalid)('%s says why, and nothing else', (_, content) => {
    expect(Object.keys(content).sort()).toEqual(['event', 'pointer', 'why']);
    expect(content.why.length).toBeGreaterThan(8);
  });
});

describe('what is wrong is said in plain words', () => {
  const visits = valid.find(([file]) => file === 'visits.counted.json')![1] as { data: object };
  const withData = (data: object): unknown => ({ ...visits, data: { ...visits.data, ...data } });
  const issued = valid.find(([file]) => file === 'loan.issued.json')![1] as object;
  const digital = valid.find(([file]) => file === 'digital-sessions.counted.json')![1] as { data: object };

  it.each([
    ['a number as text', withData({ count: '5' }), 'must be a number, not text'],
    ['a number with decimals', withData({ count: 5.5 }), 'must be a whole number, not a number with decimals'],
    ['no number', withData({ count: null }), 'must be a number, not null'],
    ['less than nothing', withData({ count: -1 }), 'must be at least 0'],
    ['a number too large', withData({ count: 1e12 }), 'must be at most 1000000000'],
    ['a word of no list', withData({ site: 'here' }), 'must be one of library-only, co-located'],
    ['another version of the envelope', { ...visits, specversion: '0.3' }, 'must be 1.0'],
    ['data that are a list', { ...visits, data: [] }, 'must be an object, not a list'],
    ['no data', { ...visits, data: undefined }, 'must be given'],
    ['no time', { ...issued, time: undefined }, 'must be given'],
    ['no date', { ...withData({}) as object, type: 'org.outcome-ledger.service-point.status.v1', data: { open: 'open' } }, 'must be given'],
    ['too many decimals', { ...digital, data: { ...digital.data, hours: 1.234 } }, 'must be a multiple of 0.01'],
    ['a place that is too long', { ...visits, subject: `E08000021/${'a'.repeat(80)}` }, 'must be at most 80 characters long'],
  ])('%s', (_, event, words) => {
    expect(readActivityEvent(event).error?.issues.map(({ message }) => message)).toEqual([words]);
  }); // prettier-ignore
});
