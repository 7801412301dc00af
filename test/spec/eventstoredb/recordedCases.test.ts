/**
 * The double answers as real servers answered: every recorded case of both versions. With `EVENTSTORE_URL` the same
 * cases are played on that server, which must answer as one of the two did.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, describe, expect, it } from 'vitest';
import { needsRestart, playCase, recordedCases, type Stage } from '../../support/eventstoredb/playCase.ts';
import type { Version } from '../../support/eventstoredb/server.ts';
import { startDouble, type Double } from '../../support/eventstoredb/startDouble.ts';
import { wholeProof } from '../../support/share.ts';

const VERSIONS: readonly Version[] = ['23.10.6', '24.2.0'];
const RECORDED_PATIENCE_MS = 12_000;
/** The double decides at once that it will not answer, so waiting longer proves little. */
const patience_ms = wholeProof ? RECORDED_PATIENCE_MS : 1_000;

/** A double for one version, and the client of the moment. `outside` runs it in a process of its own. */
async function doubleStage(version: Version, outside: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-double-'));
  const start = (port: number): Promise<Double> => startDouble({ folder, version, port, inProcess: !outside });
  let double = await start(0);
  let client = EventStoreDBClient.connectionString(double.url);
  const stage: Stage = {
    patience_ms,
    client: () => client,
    async restart(how) {
      await (how === 'graceful' ? double.stop() : double.kill());
      double = await start(double.port);
      client = EventStoreDBClient.connectionString(double.url);
    },
    fill: (stream, count) => double.fill(stream, count),
  };
  const end = async (): Promise<void> => {
    await client.dispose();
    await double.stop();
    rmSync(folder, { recursive: true });
  };
  return { stage, end };
}

describe('recorded cases', () => {
  const alike = new Map<Version, number>(VERSIONS.map((version) => [version, 0]));
  const cases = VERSIONS.flatMap((version) => recordedCases(version).map((played) => ({ version, played })));
  const ends: (() => Promise<void>)[] = [];
  const stages = new Map<string, Promise<Stage>>();
  /** One double in this process for most cases of a version, one of its own for those that kill or restart it. */
  const stageFor = (version: Version, outside: boolean): Promise<Stage> => {
    const key = `${version} ${outside}`;
    const stage = stages.get(key) ?? doubleStage(version, outside).then((made) => (ends.push(made.end), made.stage));
    stages.set(key, stage);
    return stage;
  };

  it.each(cases.map(({ version, played }) => [version, played.name, played] as const))(
    '%s: %s',
    async (version, _, played) => {
      expect(await playCase(played, await stageFor(version, needsRestart(played)))).toEqual(played.seen);
      alike.set(version, (alike.get(version) as number) + 1);
    },
  );

  afterAll(async () => {
    for (const end of ends) await end();
    const sum = [...alike.values()].reduce((all, count) => all + count, 0);
    const each = [...alike].map(([version, count]) => `${count} of ${version}`).join(', ');
    console.log(`recorded cases: ${sum} of ${cases.length} answered alike (${each})`);
  });
});

const url = process.env['EVENTSTORE_URL'];

function playOnRealServer(address: string): void {
  const client = EventStoreDBClient.connectionString(address);
  const stage: Stage = {
    patience_ms: RECORDED_PATIENCE_MS,
    client: () => client,
    restart: () => Promise.reject(new Error('the server is not ours to restart')),
    async fill(stream, count) {
      for (let left = count; left > 0; left -= 2_000) {
        const events = Array.from({ length: Math.min(left, 2_000) }, () => jsonEvent({ type: 'Filler', data: {} }));
        await client.appendToStream(stream, events);
      }
    },
  };
  const [older, newer] = VERSIONS.map(recordedCases) as [
    ReturnType<typeof recordedCases>,
    ReturnType<typeof recordedCases>,
  ];
  for (const [i, played] of older.entries()) {
    it.skipIf(needsRestart(played))(
      `${played.name}${needsRestart(played) ? ' (needs a restart of the server)' : ''}`,
      async () => {
        expect([played.seen, newer[i]?.seen]).toContainEqual(await playCase(played, stage));
      },
    );
  }
  afterAll(() => client.dispose());
}

if (url === undefined) console.log('recorded cases on a real server: not run, EVENTSTORE_URL is not set');
else describe('recorded cases on the server of EVENTSTORE_URL', () => playOnRealServer(url));
