/** How files are imported: every example is imported here as it stands, and says what the page says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMPORTERS } from '../../src/importers/importers.ts';
import { commandsIn, filesIn } from '../support/docsPage.ts';
import { outcomes } from '../support/outcomes.ts';

/** The page, and those below it. */
const PAGE = ['docs/importing.md', ...readdirSync('docs/importing').map((name) => `docs/importing/${name}`)]
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const files = filesIn(PAGE);
const examples = commandsIn(PAGE);
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-importing-'));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('the page on importing', () => {
  it('describes every format, with an example of each', () => {
    expect([...PAGE.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name).sort()).toEqual(
      IMPORTERS.map(({ format }) => format).sort(),
    );
    expect(examples).toHaveLength(IMPORTERS.length);
    for (const { command } of examples) expect(files.map(({ name }) => name)).toContain(wordsOf(command)[1]);
  });

  it('names every option that the command has', async () => {
    const { out } = await outcomes(folder, ['import', '--help']);
    const options = [...out.matchAll(/^ {2}(--[a-z]+)/gm)].map(([, name]) => name);
    expect(options.length).toBeGreaterThan(5);
    for (const option of options) expect(PAGE).toContain(`\`${option}`);
  });

  it.each(examples)('$command', async ({ command, says }) => {
    const args = wordsOf(command).map((word) => (files.some(({ name }) => name === word) ? join(folder, word) : word));
    const { out, code } = await outcomes(join(folder, `data-of-${args[1]!.split('/').at(-1)}`), args);
    expect(out).toBe(says);
    expect([0, 9]).toContain(code);
  });
});
