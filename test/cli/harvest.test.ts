/** `outcomes harvest counter` as it is run, against a server on this machine. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as double from '../support/counter/counterApi.ts';
import { CREDENTIALS, startCounterApi, type CounterApi } from '../support/counter/counterApi.ts';
import { database, madeUpReport, type CounterDocument } from '../support/counter/reports.ts';
import { outcomes, served } from '../support/outcomes.ts';

const lastMonth = (back: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
};
const SINCE = lastMonth(2);
const report = (first: number): CounterDocument =>
  madeUpReport(
    'DR_D1',
    [SINCE, lastMonth(1)],
    [database('Database 1', { Searches_Regular: { [SINCE]: first, [lastMonth(1)]: 8 } })],
  );

let folder: string;
let api: CounterApi;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-harvesting-'));
  api = await startCounterApi([report(5)]);
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const data = (): string => join(folder, 'data');
const SECRETS = {
  OUTCOMES_COUNTER_EXAMPLE_CUSTOMER_ID: CREDENTIALS.customerId,
  OUTCOMES_COUNTER_EXAMPLE_REQUESTOR_ID: CREDENTIALS.requestorId,
  OUTCOMES_COUNTER_EXAMPLE_API_KEY: CREDENTIALS.apiKey,
  OUTCOMES_HARVEST_LOOPBACK: 'allowed',
};
function configured(more = ''): string {
  const file = join(folder, 'harvest.yaml');
  const text = `platforms:
  - name: example
    url: ${api.url.href}
    authority: E08000021
    reports: [DR_D1]
    since: ${SINCE}
pauseSeconds: 0.1
${more}`;
  writeFileSync(file, text);
  return file;
}
const harvest = (args: readonly string[] = [], env: NodeJS.ProcessEnv = SECRETS) =>
  outcomes(data(), ['harvest', 'counter', configured(), ...args], env);

describe('outcomes harvest counter', () => {
  it('shows what it would ask for, and asks nobody', async () => {
    const { out, code } = await harvest(['--dry-run']);
    expect([out, code]).toEqual([`example DR_D1 ${SINCE}: to be asked for\nexample DR_D1 ${lastMonth(1)}: to be asked for\n`, 0]); // prettier-ignore
    expect([api.asked.length, existsSync(data())]).toEqual([0, false]);
  });

  it('fetches and imports, once, and leaves no credentials anywhere', async () => {
    const { out, err, code } = await harvest();
    expect(out).toBe(
      [SINCE, lastMonth(1)]
        .map(
          (month) =>
            `example DR_D1 ${month}: imported; 1 recorded, 0 recorded before, 0 corrected, 0 refused, 0 flagged\n`,
        )
        .join(''),
    );
    expect([err, code]).toEqual(['', 0]);
    expect(await harvest()).toMatchObject({ out: 'Nothing is due: every month was fetched, and none can have been corrected since.\n', code: 0 }); // prettier-ignore
    expect(api.asked.length).toBe(2);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    const kept = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'));
    expect(kept.length).toBeGreaterThan(4);
    for (const secret of Object.values(CREDENTIALS))
      expect(kept.join('') + files.join('') + out + err).not.toContain(secret);
  });

  it('corrects what the provider has corrected', async () => {
    await harvest();
    await api.stop();
    api = await startCounterApi([report(6)]);
    const state = join(data(), 'harvest', 'example.json');
    // As if it had been fetched the day before yesterday.
    const before = new Date(Date.now() - 2 * 86_400_000).toISOString();
    writeFileSync(state, readFileSync(state, 'utf8').replace(/"at": "[^"]+"/g, `"at": "${before}"`));
    const { out, code } = await harvest();
    expect(out.split('\n')[0]).toBe(`example DR_D1 ${SINCE}: imported; 0 recorded, 0 recorded before, 1 corrected, 0 refused, 0 flagged`); // prettier-ignore
    expect(out.split('\n')[1]).toContain('0 recorded, 1 recorded before, 0 corrected');
    expect(code).toBe(0);
  });

  it('imports through the server that has the data directory open', async () => {
    const server = await served(data(), SECRETS);
    try {
      const { out, code } = await harvest();
      expect([out.match(/1 recorded/g)?.length, code]).toEqual([2, 0]);
    } finally {
      await server.end('SIGTERM');
    }
  });

  it('says what could not be fetched, and ends so that a timer notices', async () => {
    api.next(double.repeatsCredentials);
    const { out, code } = await harvest();
    expect(out).toContain(`example DR_D1 ${SINCE}: not fetched: asking again is of no use until something is changed; 2010: Requestor is Not Authorized to Access Usage for Institution: unknown [withheld]`); // prettier-ignore
    expect(code).toBe(7);
  });

  it('does not call this machine unless it is told that it may', async () => {
    const { out, code } = await harvest([], { ...SECRETS, OUTCOMES_HARVEST_LOOPBACK: undefined });
    expect(out).toContain('127.0.0.1 is not an address of the public internet');
    expect([code, api.asked.length]).toEqual([7, 0]);
  });
});
