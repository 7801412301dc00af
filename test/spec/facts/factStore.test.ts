import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterEach, describe, expect, it } from 'vitest';
import { activityEvent, typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { NO_READINGS } from '../../../src/domain/readings.ts';
import { openFactStore, type FactStore } from '../../../src/facts/factStore.ts';
import { madeOtherwise } from '../../../src/facts/manifest.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  folders.push(folder);
  return folder;
};
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const person = (n: number): string => n.toString(16).padStart(32, '0');

/** Loans, sign-ups, counts, a figure and amendments, in a fixed mixture. */
function event(n: number): ActivityEvent {
  const envelope = { specversion: '1.0', id: `e${n}`, source: `urn:library:feed-${n % 3}` };
  const subject = `E0800002${n % 5}/branch-${n % 40}`;
  const time = new Date(Date.UTC(2019, 0, 1) + n * 60_000).toISOString();
  const draft =
    n % 500 === 499
      ? {
          type: typeOf('fact.retracted'),
          time,
          data: {
            target: { source: `urn:library:feed-${(n - 7) % 3}`, id: `e${n - 7}` },
            by: 'data-officer',
            why: 'miscounted',
          },
        }
      : n % 900 === 17
        ? {
            type: typeOf('figure.published'),
            subject: 'E92000001',
            data: {
              statistic: 'visits',
              window: '2019-04-01/P1Y',
              value: n / 10,
              unit: 'visits',
              scope: 'England',
              survey: false,
              source: 'A publisher',
            },
          }
        : n % 4 === 0
          ? { type: typeOf('visits.counted'), subject, data: { window: '2019-06-01/P1M', method: 'manual', count: n } }
          : n % 4 === 1
            ? {
                type: typeOf('challenge.joined'),
                subject,
                time,
                data: {
                  challenge: 'summer-reading-challenge',
                  year: 2019,
                  ageBand: '4-7',
                  participant: person(n % 900),
                },
              }
            : {
                type: typeOf('loan.issued'),
                subject,
                time,
                data: { format: n % 2 === 0 ? 'e-book' : 'physical-book' },
              };
  return activityEvent.parse({ ...envelope, ...draft });
}
const log = Array.from({ length: 70_000 }, (_, n) => ({ position: String(n + 1).padStart(16, '0'), event: event(n) }));

function filled(folder: string, batch: number, count = log.length): FactStore {
  const store = openFactStore(folder);
  for (let at = 0; at < count; at += batch) store.append(log.slice(at, Math.min(count, at + batch)));
  return store;
}

describe('the fact store', () => {
  it('has the same bytes whatever the batches were, and after being opened again in between', () => {
    const whole = filled(newFolder(), 70_000).digests();
    const odd = filled(newFolder(), 937).digests();
    const folder = newFolder();
    filled(folder, 5_000, 30_000);
    const reopened = openFactStore(folder);
    reopened.append(log.slice(reopened.rows()));
    expect(odd).toEqual(whole);
    expect(reopened.digests()).toEqual(whole);
    expect(whole.map(({ file }) => file)).toEqual([
      'manifest.json',
      '000000000000-65536.facts.arrow',
      '000000000000-65536.subjects.arrow',
      '000000065536-4096.facts.arrow',
      '000000069632-368 (tail, in memory)',
    ]);
  });

  it('tells facts that were made with other readings, also where they fill no segment', () => {
    const folder = newFolder();
    openFactStore(folder, { readings: NO_READINGS, digest: 'these' }).append(log.slice(0, 3));
    expect(['these', 'those'].map((digest) => madeOtherwise(folder, digest))).toEqual([false, true]);
    rmSync(join(folder, 'manifest.json'));
    expect(madeOtherwise(folder, 'these')).toBe(true);
    expect(madeOtherwise(join(folder, 'not-there'), 'these')).toBe(false);
  });

  it('keeps on disk what its manifest lists, and nothing else', () => {
    const folder = newFolder();
    const store = filled(folder, 20_000);
    writeFileSync(join(folder, '000000069632-4096.facts.arrow.partial'), 'half a segment');
    expect(readdirSync(openedAgain(folder)).sort()).toEqual([
      '000000000000-65536.facts.arrow',
      '000000000000-65536.subjects.arrow',
      '000000065536-4096.facts.arrow',
      'manifest.json',
    ]);
    expect(store.digestsOnDisk()).toEqual(store.digests());
  });

  it.each<[what: string, edit: (segments: Record<string, unknown>[]) => unknown]>([
    ['a key renamed', ([one, ...rest]) => { const { file, ...others } = one!; return [{ ...others, fime: file }, ...rest]; }],
    ['nothing in place of a segment', () => [null]],
    ['an empty segment', () => [{}]],
    ['no list', () => undefined],
    ['a run that lies beyond its file', ([one]) => [{ ...one, runs: { ...(one!['runs'] as object), day: { offset: 1e12, bytes: 4_096 } } }]],
    ['a run of another width', ([one]) => [{ ...one, runs: { ...(one!['runs'] as object), identity: { offset: 0, bytes: 10 } } }]],
    ['no runs', ([one]) => [{ ...one, runs: {} }]],
    ['a segment missing before another', (all) => all.slice(1)],
    ['the name of another file', ([one]) => [{ ...one, file: '../ledger.sqlite' }]],
    ['a zone that is none', ([one]) => [{ ...one, zone: { kinds: null } }]],
  ])('whose manifest was edited does not open, and says what to do: %s', (_, edit) => {
    const folder = newFolder();
    filled(folder, 9_000, 9_000);
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { segments: Record<string, unknown>[] };
    writeFileSync(path, JSON.stringify({ ...manifest, segments: edit(manifest.segments) }));
    expect(() => openFactStore(folder)).toThrow(expect.objectContaining({ code: 'facts-damaged', hint: expect.stringContaining('rebuild') as string }) as Error);
  }); // prettier-ignore

  it('whose folder was taken away says so, and does not break off', () => {
    const folder = newFolder();
    const store = filled(folder, 9_000, 9_000);
    rmSync(folder, { recursive: true });
    const damaged = expect.objectContaining({ code: 'facts-damaged', message: expect.stringContaining('is missing') as string }) as Error; // prettier-ignore
    expect(() => [...store.chunks(() => ['day'], 0, 9_000)]).toThrow(damaged);
    expect(() => store.append(log.slice(9_000, 14_000))).toThrow(damaged);
    expect(store.digestsOnDisk().filter(({ sha256 }) => sha256 === 'missing')).not.toEqual([]);
  });

  it('starts again from its last whole segment', () => {
    const folder = newFolder();
    filled(folder, 10_000, 10_000);
    const store = openFactStore(folder);
    expect(store.rows()).toBe(8_192);
    expect(store.position()).toBe('0000000000008192');
  });

  it('can be opened by any Arrow reader: codes, words and dates', () => {
    const folder = newFolder();
    filled(folder, 10_000, 5_000);
    const table = tableFromIPC(readFileSync(join(folder, '000000000000-4096.facts.arrow')));
    const row = table.get(8)?.toJSON() as Record<string, unknown>;
    expect(row).toMatchObject({
      kind: 'visits.counted',
      place: 'E08000023/branch-8',
      quantity: 8,
      method: 'manual',
      grain: 'month',
    });
    expect(table.numRows).toBe(4_096);
  });

  it('counts each retracted fact out, and leaves the figures of the others', () => {
    const store = filled(newFolder(), 4_000, 9_000);
    const superseded = store.superseded(9_000);
    // Every 500th event retracts the one seven before it; neither counts.
    for (let n = 499; n < 9_000; n += 500) expect([superseded.has(n), superseded.has(n - 7)]).toEqual([true, true]);
    expect(superseded.size).toBe(36);
    expect(store.figures(9_000)).toHaveLength(10);
    expect(store.superseded(400).size).toBe(0);
  });

  it('loses nothing when a segment cannot be written, and goes on when it can', () => {
    const folder = newFolder();
    const store = filled(folder, 4_000, 4_000);
    rmSync(folder, { recursive: true });
    expect(() => store.append(log.slice(4_000, 9_000))).toThrow();
    mkdirSync(folder);
    store.append(log.slice(store.rows(), 9_000));
    expect(store.digests()).toEqual(filled(newFolder(), 9_000, 9_000).digests());
  });

  it('gives a reader all rows that it asked for, though the store seals and merges meanwhile', () => {
    const store = filled(newFolder(), 5_000, 65_500);
    let rows = 0;
    for (const chunk of store.chunks(() => ['day'], 0, 65_500)) {
      rows += chunk.columns.day?.length ?? 0;
      if (store.rows() === 65_500) store.append(log.slice(65_500, 66_000));
    }
    expect(rows).toBe(65_500);
  });

  it.each([
    ['a byte changed', (path: string) => writeFileSync(path, flipped(readFileSync(path)))],
    ['bytes added', (path: string) => appendFileSync(path, 'x')],
    ['the file gone', (path: string) => rmSync(path)],
  ])('names the segment with %s, and the way out', (_, damage) => {
    const folder = newFolder();
    filled(folder, 10_000, 5_000);
    const path = join(folder, '000000000000-4096.facts.arrow');
    expect(existsSync(path)).toBe(true);
    damage(path);
    expect(() => openFactStore(folder)).toThrow(
      expect.objectContaining({
        code: 'facts-damaged',
        message: expect.stringContaining('000000000000-4096') as string,
        hint: expect.stringContaining('outcomes rebuild') as string,
      }) as Error,
    );
  });
});

function openedAgain(folder: string): string {
  openFactStore(folder);
  return folder;
}
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1]! ^= 1;
  return copy;
}
