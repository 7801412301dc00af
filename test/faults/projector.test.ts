/** P2, P5: a step that fails, wherever it fails, leaves no trace in the figures. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { typeOf } from '../../contracts/activityEvent.ts';
import type { ReadModels } from '../../src/app/ports.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { events } from '../support/arbitraries.ts';
import { NOW, ownDefinitions, testLedger } from '../support/ledger.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'projector-'));
  folders.push(made);
  return made;
};
afterEach(() => folders.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

/** Read models of which the calls with these numbers fail. */
function failing(inner: ReadModels, numbers: ReadonlySet<number>): { readModels: ReadModels; calls: () => number } {
  let calls = 0;
  const readModels = new Proxy(inner, {
    get(target, name: keyof ReadModels) {
      return async (...args: unknown[]) => {
        calls += 1;
        if (numbers.has(calls)) throw new Error(`call ${calls}, ${name}, fails`);
        return (target[name] as (...a: unknown[]) => Promise<unknown>)(...args);
      };
    },
  });
  return { readModels, calls: () => calls };
}

/** Calls made while an empty ledger is opened: two checkpoints, what is held, where each indicator stands and its replacement. */
const OPENING_CALLS = 3 + 2 * ownDefinitions().length;

const [sample] = fc.sample(events(undefined, 60), { numRuns: 1, seed: 7 }) as [object[]];
const visit = (id: string, count: number): object => ({
  specversion: '1.0', id, source: 'urn:library:a', type: typeOf('visits.counted'), subject: 'E08000021/city',
  data: { window: '2018-06-01/P1M', method: 'manual', count },
}); // prettier-ignore

async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('fails')) throw error;
    }
  }
  throw new Error('still failing');
}

describe('a projector whose read models fail', () => {
  it('says the same after each single call, and each pair of calls, that failed', async () => {
    let calls = 1;
    for (let first = 1; first <= calls; first++) {
      for (const numbers of [new Set([first]), new Set([first, first + 1])]) {
        const { readModels, ...broken } = failing(
          memoryReadModels(),
          new Set([...numbers].map((n) => n + OPENING_CALLS)),
        );
        const engine = await testLedger({ readModels, folder: folder() });
        for (let at = 0; at < sample.length; at += 12) {
          await engine.ledger.record(sample.slice(at, at + 12));
          await untilDone(() => engine.ledger.project());
        }
        calls = Math.max(calls, Math.min(30, broken.calls() - OPENING_CALLS));
        await untilDone(async () => expect((await engine.ledger.verify()).differences).toEqual([]));
      }
    }
  });
});

describe('a definition that comes back', () => {
  it('is evaluated anew: nobody kept its observations up to date', async () => {
    const definitions = ownDefinitions().filter((d) => d.id === 'visits');
    const other = definitions.map((d) => ({ ...d, version: 2, breakdowns: [] }));
    const log = memoryLog({ now: () => NOW });
    const readModels = memoryReadModels();
    const where = folder();
    for (const [at, active] of [definitions, other, definitions].entries()) {
      const engine = await testLedger({ log, readModels, folder: where, definitions: active });
      await engine.ledger.record([visit(`v${at}`, 100)]);
      await engine.ledger.project();
      expect((await engine.ledger.verify()).differences).toEqual([]);
    }
  });

  it('is not taken from an old draft of it', async () => {
    const definitions = ownDefinitions().filter((d) => d.id === 'visits');
    const [draft] = definitions.map((d) => ({ ...d, version: 2, breakdowns: [] }));
    const log = memoryLog({ now: () => NOW });
    const readModels = memoryReadModels();
    const where = folder();
    const engine = await testLedger({ log, readModels, folder: where, definitions });
    await engine.ledger.record([visit('v1', 100)]);
    await engine.ledger.project();
    expect(await engine.ledger.replay(draft!)).toMatchObject({ stored: true });
    await engine.ledger.record([visit('v2', 100)]);
    await engine.ledger.project();
    const later = await testLedger({ log, readModels, folder: where, definitions: [draft!] });
    expect((await later.ledger.verify()).differences).toEqual([]);
  });
});
