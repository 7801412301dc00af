/** The examples that the documentation shows: the valid ones are accepted, the others refused at the place they name. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { activityEvent, EVENT_KINDS, kindOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';

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

  it.each(invalid)('%s says why, and nothing else', (_, content) => {
    expect(Object.keys(content).sort()).toEqual(['event', 'pointer', 'why']);
    expect(content.why.length).toBeGreaterThan(8);
  });
});
