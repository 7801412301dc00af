/**
 * Runs the benches, each in a process of its own, prints ratios first and then medians, and after a full run writes
 * them, good or bad, to docs/benchmarks.md.
 *
 *   npm run bench -- [--only <name>[,<name>]] [--facts 10000000] [--quick] [--write]
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SEGMENT_ROWS } from '../../src/facts/factStore.ts';
import { packageRoot } from '../../src/main/packageRoot.ts';
import type { Bench, Context, Ran } from './bench.ts';
import { BENCHES } from './benches.ts';
import { machine } from './machine.ts';
import { page, text } from './report.ts';

const QUICK_FACTS = 100_000;
const FULL_FACTS = 10_000_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    facts: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    child: { type: 'string' },
    folder: { type: 'string' },
  },
});

const quick = values.quick;
/** Whole segments: the rows of an unfinished one live in memory only. */
const facts = Math.ceil(Number(values.facts ?? (quick ? QUICK_FACTS : FULL_FACTS)) / SEGMENT_ROWS[0]) * SEGMENT_ROWS[0];
let interrupted = false;
const begun = performance.now();
const say = (line: string): void =>
  void process.stderr.write(`  ${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

async function runAll(): Promise<void> {
  const wanted = values.only?.split(',');
  const unknown = wanted?.filter((name) => BENCHES.every((bench) => bench.name !== name)) ?? [];
  if (unknown.length > 0 || !Number.isInteger(facts) || facts < 1) {
    process.stderr.write(`--only takes ${BENCHES.map(({ name }) => name).join(', ')}; --facts a whole number\n`);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL, as another user, loads a file from it.
  try {
    const started = new Date();
    const ran: Ran[] = [];
    for (const bench of BENCHES) {
      const isWanted = wanted === undefined || wanted.includes(bench.name);
      if (!isWanted && !(bench.name === 'prepare' && wanted?.some(needsFacts) === true)) continue;
      process.stderr.write(`${bench.name}: ${bench.title}\n`);
      ran.push(await inChild(bench, folder));
      if (interrupted) break;
    }
    const report = { machine: await machine(), facts, quick, started, ran };
    process.stdout.write(text(report));
    if (!interrupted && (values.write || (wanted === undefined && !quick))) {
      writeFileSync(join(packageRoot(), 'docs', 'benchmarks.md'), page(report));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const needsFacts = (name: string): boolean => BENCHES.find((bench) => bench.name === name)?.needsFacts === true;

/** Runs one bench in a child, so that no bench is slowed by the heap or the compiled code of another. */
async function inChild({ name, title, what }: Bench, folder: string): Promise<Ran> {
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      '--child',
      name,
      '--folder',
      folder,
      '--facts',
      String(facts),
    ].concat(quick ? ['--quick'] : []),
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const stop = (): void => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let outcome: Ran['outcome'] = null;
  let failure: string | null = null;
  child.on('message', (message: { outcome?: Ran['outcome']; failure?: string }) => {
    outcome = message.outcome ?? null;
    failure = message.failure ?? null;
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (outcome === null && failure === null) failure = `the process ended with ${code}`;
  return { name, title, what, outcome, failure, seconds: (performance.now() - start) / 1000 };
}

async function runAsChild(name: string, folder: string): Promise<void> {
  // What it started ends with it, whichever way it ends.
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, () => process.exit(1));
  const context: Context = { facts, quick, folder, say };
  const bench = BENCHES.find((one) => one.name === name) as Bench;
  const send = (message: object): Promise<void> =>
    new Promise((resolve) => (process.send === undefined ? resolve() : process.send(message, () => resolve())));
  try {
    await send({ outcome: await bench.run(context) });
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await send({ failure: error instanceof Error ? error.message : String(error) });
  }
  process.removeAllListeners('disconnect');
  process.disconnect?.();
}

if (values.child !== undefined) await runAsChild(values.child, values.folder as string);
else await runAll();
