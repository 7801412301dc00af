/** The runbook: its commands are those of the program, and the blocks that it calls tested are run here as they stand. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observationsIn } from '../support/observationsIn.ts';
import { outcomes } from '../support/outcomes.ts';
import { findServer } from '../support/postgresCluster.ts';
import { describeWithPostgres } from '../support/postgres.ts';

const run = promisify(execFile);
const RUNBOOK = readFileSync('docs/operations.md', 'utf8');
const FIGURES = 'projections/publishedFigures/published-figures.csv';

const blocks = new Map(
  [...RUNBOOK.matchAll(/<!-- run: ([\w-]+) -->\n```sh\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [
    name,
    text,
  ]),
);
const server = findServer();
const PATH = `${'bin' in server ? server.bin + delimiter : ''}${process.env['PATH'] ?? ''}`;

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-runbook-'));
  mkdirSync(join(folder, 'backup'));
  env = { ...process.env, EVENTSTORE_URL: undefined, PATH, OUTCOMES_DATA: join(folder, 'data'), BACKUP: join(folder, 'backup') }; // prettier-ignore
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs a block in a shell that stops at the first failure; `npx outcomes` is the built program. */
async function runBlock(name: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const block = blocks.get(name);
  if (block === undefined) throw new Error(`The runbook has no block "${name}".`);
  const program = `npx() { shift; '${process.execPath}' '${resolve('dist/src/main/cli.js')}' "$@"; }\n`;
  const { stdout } = await run('bash', ['-euc', program + block], { env: { ...env, ...more } });
  return stdout;
}

const inData = (more: NodeJS.ProcessEnv = {}): Promise<string> => observationsIn(join(folder, 'data'), more);
async function importFigures(more: NodeJS.ProcessEnv = {}): Promise<string> {
  expect(await outcomes(join(folder, 'data'), ['import', FIGURES], more)).toMatchObject({ code: 0 });
  return inData(more);
}
const hasSqlite3 = await run('sqlite3', ['--version']).then(
  () => true,
  () => false,
);
if (!hasSqlite3) console.warn('SKIPPED the runbook’s embedded backup: there is no sqlite3 command here');

describe('the runbook', () => {
  it('names commands that the program has', async () => {
    const { out } = await outcomes(folder, ['--help']);
    const known = [...out.matchAll(/^ {2}([a-z][a-z-]+)/gm)].map(([, name]) => name);
    const named = [...RUNBOOK.matchAll(/npx outcomes ([a-z-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(known).toContain(name);
  });

  it('calls as many blocks tested as are run', () => {
    expect([...blocks.keys()].sort()).toEqual([
      'embedded-backup',
      'embedded-restore',
      'move-to-postgres',
      'postgres-backup',
      'postgres-restore',
    ]);
    expect(RUNBOOK.match(/\(\*tested\*\)/g)).toHaveLength(blocks.size);
  });

  it.runIf(hasSqlite3)('backs up and restores the embedded stores', async () => {
    const before = await importFigures();
    await runBlock('embedded-backup');
    expect(await runBlock('embedded-restore')).toContain('byte-identical');
    expect(await inData()).toBe(before);
  });
});

describeWithPostgres('the runbook on PostgreSQL', (freshDatabase) => {
  it('backs up and restores log and read models', async () => {
    const url = await freshDatabase();
    const stores = { OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url };
    const before = await importFigures(stores);
    await runBlock('postgres-backup', stores);
    const ADMIN_URL = new URL('/postgres', url).href;
    const restored = await runBlock('postgres-restore', {
      ...stores,
      ADMIN_URL,
      DATABASE: new URL(url).pathname.slice(1),
    });
    expect(restored).toContain('byte-identical');
    expect(await inData(stores)).toBe(before);
  });

  it('moves the embedded log there', async () => {
    const before = await importFigures();
    const TARGET = await freshDatabase();
    expect(await runBlock('move-to-postgres', { TARGET })).toMatch(
      /Both logs hold the same 57 events[\s\S]*byte-identical/,
    );
    expect(await inData({ OUTCOMES_LOG_URL: TARGET })).toBe(before);
  });
});
