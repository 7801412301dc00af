import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDirectory } from '../../src/sql/dataDirectoryLock.ts';

const loader = new URL('../support/runTypeScript.mjs', import.meta.url).pathname;
const source = new URL('../../src/sql/dataDirectoryLock.ts', import.meta.url).href;

describe('the lock on a data directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'outcomes-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('refuses a second process while the first lives, and lets it in after kill -9', async () => {
    const script = `
      const { lockDataDirectory } = await import('${source}');
      globalThis.held = lockDataDirectory('${directory}');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const first = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => first.once('close', resolve));
    try {
      await new Promise((resolve) => first.stdout.once('data', resolve));
      expect(() => lockDataDirectory(directory)).toThrow(
        expect.objectContaining({ code: 'data-directory-in-use', hint: expect.any(String) as string }) as Error,
      );
    } finally {
      first.kill('SIGKILL');
    }
    await gone;
    lockDataDirectory(directory).release();
  });

  it('refuses the same process too, until it is released', () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow('Another process');
    lock.release();
    lockDataDirectory(directory).release();
  });

  it('makes the directory', () => {
    lockDataDirectory(join(directory, 'new', 'deep')).release();
    expect(existsSync(join(directory, 'new', 'deep'))).toBe(true);
  });

  it('says that a directory cannot be used', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => lockDataDirectory(join(directory, 'file'))).toThrow(
      expect.objectContaining({ code: 'unavailable' }) as Error,
    );
  });
});
