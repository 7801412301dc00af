/**
 * Lets a child process or worker of a test run TypeScript sources as they are, on the oldest Node we support:
 * `node --import ./test/support/runTypeScript.mjs file.ts`. Types are taken off, nothing is checked. What came out is
 * kept below `node_modules/.cache`, by what went in: loading the compiler takes longer than most children run.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (!import.meta.url.includes('?hooks')) register(`${import.meta.url}?hooks`);

const folder = fileURLToPath(new URL('../../node_modules/.cache/run-typescript', import.meta.url));
const { version } = createRequire(import.meta.url)('typescript/package.json');

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const path = join(folder, `${hash('sha256', [version, url, text].join('\0'))}.js`);
  const source = (await readFile(path, 'utf8').catch(() => null)) ?? (await keep(path, await transpiled(url, text)));
  return { format: 'module', source, shortCircuit: true };
}

async function transpiled(url, text) {
  const { default: typescript } = await import('typescript');
  const { outputText } = typescript.transpileModule(text, {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2023,
      inlineSourceMap: true,
    },
    fileName: fileURLToPath(url),
  });
  return outputText;
}

/** Keeps the text whole or not at all: several children may do so at once. */
async function keep(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, text);
  await rename(partial, path);
  return text;
}
