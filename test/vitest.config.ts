import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longestFirst.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/inMemory.globalSetup.ts', 'test/support/postgresCluster.globalSetup.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // On two cores: a third works while others wait for processes that they started.
    maxWorkers: 3,
    testTimeout: process.env['OUTCOMES_SHARE'] === 'all' ? 1_800_000 : 120_000,
    hookTimeout: 60_000,
  },
});
