/** The whole engine on PostgreSQL, chosen by configuration alone: the figures are those of the embedded default. */
import { expect, it } from 'vitest';
import type { Series } from '../../contracts/series.ts';
import { outcomes, post, served, withData } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';

const event = (n: number): object => ({
  specversion: '1.0', id: `e${n}`, source: `urn:library:E0800002${n % 2}:lms`, type: 'org.outcome-ledger.loans.counted.v1', subject: `E0800002${n % 2}/branch-${n % 5}`,
  data: { window: `20${18 + (n % 4)}-0${1 + (n % 9)}-01/P1M`, method: 'system', counts: 'issues', format: n % 3 === 0 ? 'e-book' : 'physical-book', count: n },
}); // prettier-ignore
const all = Array.from({ length: 5_000 }, (_, n) => event(n));

async function figures(env: NodeJS.ProcessEnv): Promise<Series> {
  return withData(async (data) => {
    const server = await served(data, env);
    for (let at = 0; at < all.length; at += 700) await post(server.address, all.slice(at, at + 700));
    expect(await post(server.address, all)).toMatchObject({ accepted: 0, duplicates: all.length });
    await server.end('SIGKILL');
    const ran = await outcomes(
      data,
      ['--json', 'series', 'loans', '--place', 'E08000021', '--by', 'financial-year'],
      env,
    );
    const verified = await outcomes(data, ['verify'], env);
    expect(verified.out).toContain('byte-identical');
    return JSON.parse(ran.out) as Series;
  });
}

describeWithPostgres('an engine with log and read models on PostgreSQL', (freshDatabase) => {
  it('says what the embedded engine says, after a kill, and verifies', async () => {
    const url = await freshDatabase();
    expect(await figures({ OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url })).toEqual(await figures({}));
  });
});
