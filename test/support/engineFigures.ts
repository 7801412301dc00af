import { expect } from 'vitest';
import type { Series } from '../../contracts/series.ts';
import { outcomes, post, served, withData } from './outcomes.ts';

const event = (n: number): object => ({
  specversion: '1.0', id: `e${n}`, source: `urn:library:E0800002${n % 2}:lms`, type: 'org.outcome-ledger.loans.counted.v1', subject: `E0800002${n % 2}/branch-${n % 5}`,
  data: { window: `20${18 + (n % 4)}-0${1 + (n % 9)}-01/P1M`, method: 'system', counts: 'issues', format: n % 3 === 0 ? 'e-book' : 'physical-book', count: n },
}); // prettier-ignore
const all = Array.from({ length: 5_000 }, (_, n) => event(n));

/**
 * The figures of a whole engine, configured by `env`, that was sent 5,000 events in batches and then all of them again,
 * was killed, and verified. `between` is done while nothing of it runs.
 */
export async function engineFigures(env: NodeJS.ProcessEnv, between = async (): Promise<void> => {}): Promise<Series> {
  return withData(async (data) => {
    const server = await served(data, env);
    for (let at = 0; at < all.length; at += 700) await post(server.address, all.slice(at, at + 700));
    expect(await post(server.address, all)).toMatchObject({ accepted: 0, duplicates: all.length });
    await server.end('SIGKILL');
    await between();
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
