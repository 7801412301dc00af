/** The whole engine on PostgreSQL, chosen by configuration alone: the figures are those of the embedded default. */
import { expect, it } from 'vitest';
import { engineFigures } from '../support/engineFigures.ts';
import { describeWithPostgres } from '../support/postgres.ts';

describeWithPostgres('an engine with log and read models on PostgreSQL', (freshDatabase) => {
  it('says what the embedded engine says, after a kill, and verifies', async () => {
    const url = await freshDatabase();
    const onPostgres = await engineFigures({ OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url });
    expect(onPostgres).toEqual(await engineFigures({}));
  });
});
