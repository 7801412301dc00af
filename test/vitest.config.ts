import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgresCluster.globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: process.env['OUTCOMES_SHARE'] === 'all' ? 1_800_000 : 120_000,
    hookTimeout: 60_000,
  },
});
