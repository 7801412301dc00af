/** The page on readings: its example is followed from top to bottom, and each command says what the page says. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { categoryReadingSchema, formReadingSchema } from '../../contracts/reading.ts';
import { commandsIn, filesIn } from '../support/docsPage.ts';
import { outcomes } from '../support/outcomes.ts';

const PAGE = readFileSync('docs/readings.md', 'utf8');
const files = filesIn(PAGE);
const examples = commandsIn(PAGE);

/** Of readings, as the commands name them. */
const folders = new Set(files.flatMap(({ name }) => (name.includes('/') ? [dirname(name)] : [])));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-readings-'));
  for (const { name, text } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('has its files and its commands', () => {
  expect([files.length, examples.length]).toEqual([5, 6]);
});

it.each(examples)('$command', async ({ command, says }) => {
  const args = command.split(' ').map((word) => (word.endsWith('.csv') || folders.has(word) ? join(folder, word) : word)); // prettier-ignore
  const { out, code } = await outcomes(join(folder, 'data'), args);
  expect(out).toBe(says);
  expect(code).toBe(0);
});

it('describes every field of a reading, and every form that is delivered', () => {
  const { shape } = formReadingSchema;
  const line = shape.lines.element.shape;
  const category = categoryReadingSchema.shape.lines.element.shape;
  const shapes = [shape, line, line.is.unwrap().shape, category, category.is.shape];
  for (const field of shapes.flatMap((each) => Object.keys(each)))
    expect(PAGE).toContain(`| \`${field}\``.replace('| `source`', '`source`').replace('| `until`', '`until`'));
  const delivered = readdirSync('projections/readings').flatMap((name) =>
    name.endsWith('.yaml') ? [name.replace('.yaml', '')] : [],
  );
  expect(delivered.length).toBeGreaterThan(3);
  for (const form of delivered) expect(PAGE).toContain(`\`${form}\``);
});
