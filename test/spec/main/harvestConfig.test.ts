/** What a harvest is told to fetch, and where it takes credentials from. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { readHarvestConfig, type HarvestConfig } from '../../../src/main/harvestConfig.ts';

const PLATFORM = `  - name: example-press
    url: https://example.org/counter
    authority: E08000021
    reports: [DR_D1, PR_P1, DR_D1]
    since: 2023-04
`;
const ENV = { OUTCOMES_COUNTER_EXAMPLE_PRESS_CUSTOMER_ID: 'c-1', OUTCOMES_COUNTER_EXAMPLE_PRESS_API_KEY: 'k-1' };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'outcomes-harvest-config-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function read(text: string, env: NodeJS.ProcessEnv = ENV): HarvestConfig {
  const file = join(folder, 'harvest.yaml');
  writeFileSync(file, text);
  return readHarvestConfig(file, env);
}
/** What is said of it, in one text. */
function fault(text: string, env?: NodeJS.ProcessEnv): string {
  try {
    read(text, env);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return JSON.stringify([error.code, error.message, error.hint, error.faults]);
  }
  return 'nothing';
}

describe('the configuration of a harvest', () => {
  it('names platforms, reports and the first month', () => {
    expect(read(`platforms:\n${PLATFORM}`)).toEqual({
      pauseSeconds: 2,
      platforms: [
        {
          name: 'example-press',
          url: new URL('https://example.org/counter'),
          authority: 'E08000021',
          reports: ['DR_D1', 'PR_P1'],
          since: (2023 - 1970) * 12 + 3,
          credentials: { customerId: 'c-1', requestorId: undefined, apiKey: 'k-1' },
        },
      ],
    });
  });

  it.each([
    ['https://example.org/counter', 'https://example.org/counter?api_key=hidden', 3],
    ['https://example.org/counter', 'https://me:hidden@example.org/counter', 3],
    ['https://example.org/counter', 'https://example.org/counter/r51', 3],
    ['https://example.org/counter', 'example.org/hidden', 3],
    ['E08000021', 'E92000001', 4],
    ['[DR_D1, PR_P1, DR_D1]', '[DR_D9]', 5],
    ['[DR_D1, PR_P1, DR_D1]', '[]', 5],
    ['2023-04', '2023-14', 6],
    ['example-press', 'Example Press', 2],
    ['since', 'from', 6],
  ])('is told that %s may not be %s, at its line, without repeating an address', (from, to, line) => {
    const said = fault(`platforms:\n${PLATFORM.replace(from, to)}`);
    expect(said).toContain('"usage"');
    expect(said).toContain(`"line":${line}`);
    expect(said).not.toContain('hidden');
  });

  it('has names that differ: each names a file', () => {
    expect(fault(`platforms:\n${PLATFORM}${PLATFORM}`)).toContain('must each have a name of its own');
    expect(fault('platforms: []')).toContain('"usage"');
  });
});

describe('credentials', () => {
  it('are missing where one of them is, and where is said', () => {
    for (const env of [{}, { ...ENV, OUTCOMES_COUNTER_EXAMPLE_PRESS_API_KEY: '' }])
      expect(fault(`platforms:\n${PLATFORM}`, env)).toContain('Set OUTCOMES_COUNTER_EXAMPLE_PRESS_CUSTOMER_ID');
  });

  it('are taken from a file that nobody else may read, and what is wrong there is not repeated', () => {
    const file = join(folder, 'credentials.yaml');
    const env = { OUTCOMES_COUNTER_CREDENTIALS: file };
    expect(fault(`platforms:\n${PLATFORM}`, env)).toContain('"not-found"');
    writeFileSync(file, 'example-press:\n  customerId: "c-2"\n  requestorId: "r-2"\n');
    chmodSync(file, 0o640);
    expect(fault(`platforms:\n${PLATFORM}`, env)).toContain('others may read it');
    chmodSync(file, 0o600);
    expect(read(`platforms:\n${PLATFORM}`, env).platforms[0]?.credentials).toMatchObject({ customerId: 'c-2', requestorId: 'r-2' }); // prettier-ignore
    // The environment goes before it.
    expect(read(`platforms:\n${PLATFORM}`, { ...env, ...ENV }).platforms[0]?.credentials.customerId).toBe('c-1');
    for (const text of ['example-press:\n  customerId: hidden\n  key: hidden\n', 'example-press: [hidden', 'hidden']) {
      writeFileSync(file, text);
      const said = fault(`platforms:\n${PLATFORM}`, env);
      expect([said.includes('hidden'), said.includes('line ')]).toEqual([false, true]);
    }
  });
});
