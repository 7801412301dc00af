/**
 * The teeth of the harness for P1 to P5 and P10: bugs are planted in a copy of the build, one at a time, and each must be
 * found. A share of them, drawn from the seed, in `npm test`; all in `npm run prove`.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded, SEED } from '../../support/seeded.ts';
import { wholeProof } from '../../support/share.ts';
import { BUGS, type Bug } from './bugs.ts';

/** Bugs planted in `npm test`. */
const SHARE = 15;
/** A run takes a few seconds; one that takes longer than this proves nothing. */
const PATIENCE_MS = 110_000;

const loader = resolve('test/support/runTypeScript.mjs');
const harness = resolve('test/faults/planted/harness.ts');

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'planted-build-'));
  mkdirSync(join(copy, 'dist'));
  for (const name of ['src', 'contracts', 'projections'])
    cpSync(join('dist', name), join(copy, 'dist', name), { recursive: true });
  for (const name of ['package.json', 'node_modules', 'projections']) symlinkSync(resolve(name), join(copy, name));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs the checks on the copy: null when all pass, else what was found. */
function check(which: Bug['found']): Promise<string | null> {
  const child = spawn(process.execPath, ['--import', loader, harness, copy, which], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  return new Promise((done, failed) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) done(null);
      else if (code === 9) done(said.trim().split('\n').at(-1)!);
      // A build that cannot be loaded, or does not end, proves nothing.
      else failed(new Error(signal === 'SIGKILL' ? `no end within ${PATIENCE_MS / 1_000} s` : said));
    }),
  );
}

/** Makes the change in the copy, and answers how to take it back. */
function plant({ name, file, text, put }: Bug): () => void {
  const path = join(copy, 'dist/src', file);
  const whole = readFileSync(path, 'utf8');
  const places = whole.split(text).length - 1;
  if (places !== 1) throw new Error(`"${name}" is to be planted in ${file}, where its text stands ${places} times`);
  writeFileSync(
    path,
    whole.replace(text, () => put),
  );
  return () => writeFileSync(path, whole);
}

function drawn(): readonly Bug[] {
  if (wholeProof) return BUGS;
  const draw = seeded(SEED);
  const left = [...BUGS];
  return Array.from({ length: SHARE }, () => left.splice(draw.below(left.length), 1)[0]!);
}

const bugs = drawn();

describe(`${bugs.length} of ${BUGS.length} planted bugs (seed ${SEED})`, () => {
  it.each(['embedded', 'eventStore', 'figures'] as const)('the build itself passes the checks: %s', async (which) => {
    expect(await check(which)).toBeNull();
  });

  it('each finds its place in the build', () => {
    for (const bug of BUGS) plant(bug)();
  });

  const found: string[] = [];
  it.each(bugs)('found: $name ($file)', async (bug) => {
    const takeBack = plant(bug);
    try {
      const why = await check(bug.found);
      expect(why, 'no check found it').not.toBeNull();
      found.push(`${bug.name} → ${why}`);
    } finally {
      takeBack();
    }
  });
  afterAll(() => console.log(`planted bugs: ${found.length} of ${bugs.length} found\n${found.join('\n')}`));
});
