/**
 * Checks a build: `node --import runTypeScript.mjs harness.ts <folder that holds dist> [embedded|eventStore|figures]`. Ends with
 * 0 when all checks pass, with 9 when one does not, and says which.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAt } from './check.ts';
import { EMBEDDED } from './embedded.ts';
import { EVENT_STORE } from './eventStore.ts';
import { FIGURES } from './figures.ts';

const CHECKS = { embedded: EMBEDDED, eventStore: EVENT_STORE, figures: FIGURES };

const [root, which] = process.argv.slice(2) as [string, keyof typeof CHECKS];
const build = buildAt(root);

for (const [name, check] of Object.entries(CHECKS[which])) {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    await check({ build, folder });
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    console.log(`${name}: ${(error as Error).message.split('\n')[0]}`);
    process.exitCode = 9;
    break;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit();
