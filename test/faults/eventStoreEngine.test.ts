/** The whole engine on EventStoreDB, chosen by configuration alone: the figures are those of the embedded default. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineFigures } from '../support/engineFigures.ts';
import { startDouble } from '../support/eventstoredb/startDouble.ts';
import { outcomes, post, served, withData } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';

/** Figures with the log on a server that is killed with the engine, and started again. */
async function figuresOnEventStore(env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
  let double = await startDouble({ folder });
  const { port, url } = double;
  await double.fill('orders-1', 100);
  try {
    return await engineFigures({ ...env, EVENTSTORE_URL: url }, async () => {
      await double.kill();
      double = await startDouble({ folder, port });
    });
  } finally {
    await double.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What the embedded engine says: worked out once for all that are compared with it. */
let embedded: ReturnType<typeof engineFigures> | null = null;
const embeddedFigures = (): ReturnType<typeof engineFigures> => (embedded ??= engineFigures({}));

async function recordVisits(data: string): Promise<void> {
  const server = await served(data);
  const visits = Array.from({ length: 300 }, (_, n) => ({
    specversion: '1.0', id: `v${n}`, source: `urn:library:E0800002${n % 2}:doors`, type: 'org.outcome-ledger.visits.counted.v1', subject: `E0800002${n % 2}/branch-${n % 5}`,
    data: { window: `20${18 + (n % 4)}-0${1 + (n % 9)}-01/P1M`, method: 'system', count: n },
  })); // prettier-ignore
  expect(await post(server.address, visits)).toMatchObject({ accepted: 300 });
  await server.end('SIGTERM');
}

describe('an engine with its log on EventStoreDB', () => {
  it('and the rest embedded says what the embedded engine says, after a kill of both, and verifies', async () => {
    expect(await figuresOnEventStore({})).toEqual(await embeddedFigures());
  });

  it('takes a log over from the embedded one by one command, and says the same with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
    const double = await startDouble({ folder });
    try {
      await withData(async (data) => {
        const series = ['--json', 'series', 'visits', '--place', 'E08000021', '--by', 'financial-year'];
        await recordVisits(data);
        const before = await outcomes(data, series);
        const moved = await outcomes(data, ['--json', 'migrate-log'], { OUTCOMES_TARGET_LOG_URL: double.url });
        expect(JSON.parse(moved.out)).toEqual({ events: 300, copiedBefore: 0 });
        const env = { EVENTSTORE_URL: double.url };
        expect((await outcomes(data, ['rebuild'], env)).code).toBe(0);
        expect((await outcomes(data, ['verify'], env)).out).toContain('byte-identical');
        expect(JSON.parse((await outcomes(data, series, env)).out)).toEqual(JSON.parse(before.out));
        expect((await outcomes(data, ['migrate-log', 'embedded'], env)).out).toContain('300 of them copied before');
        expect(await outcomes(data, ['migrate-log', 'embedded'])).toMatchObject({ code: 2 });
        expect(await outcomes(data, ['migrate-log', 'http://x'])).toMatchObject({ code: 2 });
      });
    } finally {
      await double.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('says what is wrong with its address, and never the password in it', async () => {
    await withData(async (data) => {
      for (const [address, why] of [
        ['esdb://admin:s3cret@127.0.0.1:99999999?tls=maybe', /connection string cannot be used/],
        ['esdb://admin:s3cret@127.0.0.1:2113?tls=false&unknown=1', /not known, "unknown"/],
        ['esdb://admin:s3cret@127.0.0.1:2113?tlsVerifyCert=false', /tlsCAFile/],
        ['esdb://admin:s3cret@127.0.0.1:2113?throwOnAppendFailure=false', /throwOnAppendFailure/],
        ['esdb://admin:s3cret@', /connection string cannot be used/],
        ['http://admin:s3cret@127.0.0.1:2113', /EVENTSTORE_URL: must be an esdb/],
      ] as const) {
        const { code, out, err } = await outcomes(data, ['verify'], { EVENTSTORE_URL: address });
        expect({ address, code }).toEqual({ address, code: 2 });
        expect(err).toMatch(why);
        expect(out + err).not.toContain('s3cret');
      }
      const both = { EVENTSTORE_URL: 'esdb://127.0.0.1:2113', OUTCOMES_LOG_URL: 'postgres://127.0.0.1/x' };
      expect((await outcomes(data, ['verify'], both)).err).toContain('both name a log');
    });
  });
});

describeWithPostgres('an engine with its log on EventStoreDB and the rest on PostgreSQL', (freshDatabase) => {
  it('says what the embedded engine says, after a kill of both, and verifies', async () => {
    const figures = await figuresOnEventStore({ OUTCOMES_READ_MODELS_URL: await freshDatabase() });
    expect(figures).toEqual(await embeddedFigures());
  });
});
