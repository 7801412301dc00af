/** The page on harvesting: its configuration is one, and its names are those of the program. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHarvestConfig } from '../../src/main/harvestConfig.ts';
import { outcomes } from '../support/outcomes.ts';

const PAGE = readFileSync('docs/harvesting.md', 'utf8');
const [config = '', credentials = ''] = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-harvesting-page-'));
  writeFileSync(join(folder, 'harvest.yaml'), config);
  writeFileSync(join(folder, 'credentials.yaml'), credentials);
  chmodSync(join(folder, 'credentials.yaml'), 0o600);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('the page on harvesting', () => {
  it('has a configuration and credentials that are taken as they stand', () => {
    const env = { OUTCOMES_COUNTER_CREDENTIALS: join(folder, 'credentials.yaml') };
    const { platforms, pauseSeconds } = readHarvestConfig(join(folder, 'harvest.yaml'), env);
    expect(platforms).toMatchObject([{ name: 'example-press', apiPlatform: 'Example Press', reports: ['PR_P1', 'DR_D1'], credentials: { customerId: '…', requestorId: '…', apiKey: '…' } }]); // prettier-ignore
    expect(pauseSeconds).toBe(2);
  });

  it('names the variables that are read', () => {
    const named = [...PAGE.matchAll(/`(OUTCOMES_COUNTER_EXAMPLE_PRESS_\w+)`/g)].map(([, name]) => [name, 'x']);
    expect(named.length).toBe(3);
    const [platform] = readHarvestConfig(join(folder, 'harvest.yaml'), Object.fromEntries(named) as NodeJS.ProcessEnv).platforms; // prettier-ignore
    expect(platform?.credentials).toEqual({ customerId: 'x', requestorId: 'x', apiKey: 'x' });
  });

  it('names every option of the command', async () => {
    const { out } = await outcomes(folder, ['harvest', 'counter', '--help']);
    const options = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
    expect(options).toEqual(['--dry-run']);
    for (const option of options) expect(PAGE).toContain(`\`${option}\``);
  });
});
