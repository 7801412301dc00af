import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wholeProof } from './share.ts';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** All databases of a run together take about a third of this. */
const NEEDED_BYTES = 3 * 2 ** 30;
/** Folders of runs start like this, then comes the number of the run's process. */
const FOLDER = 'outcomes-tests-';

/**
 * Temporary files of `npm test` lie in memory where there is room: most of its time would else be spent waiting for the
 * disk. What it kills are processes, and a file in memory outlives its process as one on a disk does; that everything
 * is flushed in the right order is tested by what is asked of the system (test/faults/planted). `npm run prove` works
 * on the disk, and so does whoever sets TMPDIR.
 */
export default function setup(): (() => void) | undefined {
  if (wholeProof || process.env['TMPDIR'] !== undefined || !hasRoom()) return undefined;
  for (const left of leftBehind()) rmSync(left, { recursive: true, force: true });
  const folder = mkdtempSync(join(MEMORY, `${FOLDER}${process.pid}-`));
  chmodSync(folder, 0o755); // PostgreSQL may run as a user of its own.
  process.env['TMPDIR'] = folder;
  return () => {
    delete process.env['TMPDIR'];
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}

/** Our folders of runs that were broken off: memory is too dear to be left with them. */
const leftBehind = (): string[] =>
  readdirSync(MEMORY)
    .filter((name) => name.startsWith(FOLDER) && !runs(Number.parseInt(name.slice(FOLDER.length), 10)))
    .map((name) => join(MEMORY, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.());

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
