/** The page on readings: its example is followed from top to bottom, and each command says what the page says. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readingSchema } from '../../contracts/reading.ts';
import { outcomes } from '../support/outcomes.ts';

const PAGE = readFileSync('docs/readings.md', 'utf8');
const files = [...PAGE.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];
const examples = [...PAGE.matchAll(/```console\n\$ npx outcomes (.*)\n([\s\S]*?)```/g)].map(
  ([, command = '', says = '']) => ({ command, says }),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-readings-'));
  for (const [, name = '', text = ''] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('has its files and its commands', () => {
  expect([files.length, examples.length]).toEqual([3, 4]);
});

it.each(examples)('$command', async ({ command, says }) => {
  const args = command.split(' ').map((word) => (word.endsWith('.csv') || word === 'readings' ? join(folder, word) : word)); // prettier-ignore
  const { out, code } = await outcomes(join(folder, 'data'), args);
  expect(out).toBe(says);
  expect(code).toBe(0);
});

it('describes every field of a reading, and every form that is delivered', () => {
  const line = readingSchema.shape.lines.element.shape;
  const meaning = line.is.unwrap().shape;
  for (const field of [readingSchema.shape, line, meaning].flatMap((shape) => Object.keys(shape)))
    expect(PAGE).toContain(`| \`${field}\``.replace('| `source`', '`source`').replace('| `until`', '`until`'));
  const delivered = readdirSync('projections/readings').flatMap((name) =>
    name.endsWith('.yaml') ? [name.replace('.yaml', '')] : [],
  );
  expect(delivered.length).toBeGreaterThan(3);
  for (const form of delivered) expect(PAGE).toContain(`\`${form}\``);
});
