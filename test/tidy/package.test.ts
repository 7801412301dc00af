/** What package.json and the lock file promise to a newcomer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const all = { ...manifest.dependencies, ...manifest.devDependencies };

describe('package.json', () => {
  it.each(Object.entries(all))('%s is pinned exactly (%s)', (_, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('every dependency is used', () => {
    const text = ['contracts', 'projections', 'src', 'test', 'ops']
      .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
      .filter((path) => /\.(ts|mjs|js|json)$/.test(path))
      .map((path) => readFileSync(path, 'utf8'))
      .concat(readFileSync('package.json', 'utf8').replace(/"(dev)?[dD]ependencies": \{[^}]*\}/g, ''))
      .join('\n');
    // @types packages are used by the compiler; the command of typescript is tsc.
    const unused = Object.keys(all).filter(
      (name) => !name.startsWith('@types/') && name !== 'typescript' && !text.includes(name),
    );
    expect(unused).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names no download address, so that it installs from any registry', () => {
    const text = readFileSync('package-lock.json', 'utf8');
    expect(text).not.toContain('"resolved"');
    expect(text).not.toMatch(/registry\.[a-z]/);
  });
});
