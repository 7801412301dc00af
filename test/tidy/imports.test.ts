/** The one import rule, and the purity of the ring in the middle, held as data. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const PURE = ['contracts', 'src/domain', 'projections', 'src/charts', 'src/importers'];
const INNER = ['contracts', 'src/domain'];
const MIDDLE = [...INNER, 'projections', 'src/charts', 'src/importers', 'src/facts'];
const APP = [...MIDDLE, 'src/app'];
const ADAPTERS = [
  'src/memory',
  'src/sql',
  'src/eventstoredb',
  'src/files',
  'src/render',
  'src/identity',
  'src/outgoing',
  'src/http',
  'src/web',
];

/** What each room may import: other rooms, and packages. */
const ROOMS: Readonly<Record<string, { local: readonly string[]; packages: readonly string[]; node: boolean }>> = {
  contracts: { local: [], packages: ['zod', 'yaml'], node: false },
  'src/domain': { local: ['contracts'], packages: ['luxon'], node: false },
  projections: { local: INNER, packages: [], node: false },
  'src/charts': { local: INNER, packages: ['vega-lite'], node: false },
  'src/importers': { local: INNER, packages: [], node: false },
  'src/facts': { local: INNER, packages: ['apache-arrow'], node: true },
  'src/app': { local: MIDDLE, packages: ['safe-stable-stringify'], node: true },
  // The oracle shares nothing with what it checks.
  'src/memory': { local: [...INNER, 'src/app'], packages: [], node: true },
  'src/sql': { local: APP, packages: ['kysely', 'libsql', 'pg'], node: true },
  'src/eventstoredb': { local: APP, packages: ['@eventstore/db-client'], node: true },
  'src/files': { local: APP, packages: ['csv-parse', 'csv-stringify', 'saxes', 'yauzl'], node: true },
  'src/render': { local: APP, packages: ['vega', 'vega-lite', '@resvg/resvg-js'], node: true },
  'src/identity': { local: APP, packages: [], node: true },
  'src/outgoing': { local: APP, packages: ['zod'], node: true },
  'src/http': {
    local: APP,
    packages: ['fastify', 'fastify-type-provider-zod', '@fastify/swagger', 'zod', 'csv-stringify', 'prom-client'],
    node: true,
  },
  'src/web': { local: APP, packages: ['nunjucks', 'fastify', 'zod'], node: true },
  // A package of its own, which services take without the rest.
  'src/client': { local: [], packages: [], node: true },
  'src/main': { local: [...APP, ...ADAPTERS], packages: ['commander', 'cli-progress', 'zod'], node: true },
};

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\b/, 'a clock: take the time as an argument'],
  [/\bDateTime\.(now|local|utc)\(\)/, 'a clock: take the time as an argument'],
  [/\bMath\.random\b|\bcrypto\b/, 'randomness or hashing: take the value as an argument'],
  [/\bprocess\./, 'the process: pass what is needed from src/main'],
  [/\basync\b|\bawait\b|\bPromise\b/, 'asynchrony: move the effect to src/app or an adapter'],
  [/\bconsole\./, 'output: return what is to be said'],
];

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path))
    .filter((path) => !path.startsWith('src/client/dist/'));

const files = ['contracts', 'projections', 'src'].flatMap(sources);
const roomOf = (path: string): string | undefined =>
  Object.keys(ROOMS).find((room) => path === room || path.startsWith(`${room}/`));
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
const importsOf = (text: string): string[] => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

describe('the import rule', () => {
  it('finds the sources at all', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  it.each(files)('%s stays in its room', (path) => {
    const room = roomOf(path);
    expect(room, `${path} lies in no room of the table ROOMS: name the concept and put it in one`).toBeDefined();
    const { local, packages, node } = ROOMS[room as string] as (typeof ROOMS)[string];
    for (const name of importsOf(readFileSync(path, 'utf8'))) {
      if (name.startsWith('node:')) {
        expect(node, `${path} imports ${name}: ${room} is pure, take the effect as an argument`).toBe(true);
      } else if (name.startsWith('.')) {
        const target = roomOf(relative('.', resolve(dirname(path), name)));
        expect(
          [room, ...local],
          `${path} imports ${name}: ${room} may import ${local.join(', ') || 'no other room'}`,
        ).toContain(target);
      } else {
        expect(packages, `${path} imports ${name}: add the package to the room's row, or use what is there`).toContain(
          packageOf(name),
        );
      }
    }
  });
});

describe('the pure ring', () => {
  it.each(files.filter((path) => PURE.includes(roomOf(path) ?? '')))('%s has no effects', (path) => {
    const text = withoutComments(readFileSync(path, 'utf8'));
    for (const [pattern, what] of EFFECTS) expect(pattern.exec(text)?.[0], `${path} uses ${what}`).toBeUndefined();
  });
});

describe('every source file', () => {
  it('is imported by another, or is where a program starts', () => {
    const starts = new Set(['src/main/cli.ts', 'src/client/index.ts']);
    const everywhere = [...files, ...sources('ops'), ...sources('test')];
    const imported = new Set(
      everywhere.flatMap((path) =>
        importsOf(readFileSync(path, 'utf8'))
          .filter((name) => name.startsWith('.'))
          .map((name) => relative('.', resolve(dirname(path), name))),
      ),
    );
    expect(files.filter((path) => !imported.has(path) && !starts.has(path))).toEqual([]);
  });

  it('of the tests runs whole: no .only, .todo or silent .skip', () => {
    const silent = /\b(describe|it|test)\.(only|todo|skip)\b(?!\(`\$\{name\} \(skipped: )/;
    const narrowed = sources('test').filter((path) =>
      silent.test(readFileSync(path, 'utf8').replace(/^ *const silent = .*$/gm, '')),
    );
    expect(narrowed).toEqual([]);
  });
});
