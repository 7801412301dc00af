/** A correction or retraction that names an event which the log does not hold is told, so that a mistyped id is noticed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { typeOf } from '../../../contracts/activityEvent.ts';
import { showVerification } from '../../../src/main/show.ts';
import { testServer, visits, type TestServer } from '../../http/testServer.ts';

let under: TestServer;
beforeAll(async () => {
  under = await testServer({ filled: false });
});
afterAll(() => under.close());

const SOURCE = 'urn:library:E08000021:desk';
const retraction = (id: string, target: { source: string; id: string }): object => ({
  specversion: '1.0', id, source: SOURCE, type: typeOf('fact.retracted'), time: '2026-10-30T09:00:00Z',
  data: { target, by: 'data-officer', why: 'counted-twice' },
}); // prettier-ignore

const told = async (): Promise<number> => {
  const { body } = await under.app.inject('/metrics');
  return Number(/^outcomes_unmatched_amendments (\d+)$/m.exec(body)?.[1]);
};

it('is counted for the operator, named by verify with what it names, and no longer once the event has come', async () => {
  const event = visits('count-1', '2021-01', 5) as { source: string; id: string };
  const late = visits('count-2', '2021-01', 7) as { source: string; id: string };
  await under.ledger.record([
    event,
    retraction('typing-error', { source: event.source, id: 'count-l' }),
    retraction('early', { source: late.source, id: late.id }),
    retraction('right', { source: event.source, id: event.id }),
  ]);
  await under.ledger.project();
  expect(await told()).toBe(2);

  const first = await under.ledger.verify();
  expect(first.differences).toEqual([]);
  const mistyped = { ordinal: 2, source: SOURCE, id: 'typing-error', type: typeOf('fact.retracted'), target: { source: event.source, id: 'count-l' } }; // prettier-ignore
  expect(first.unmatched).toEqual([
    mistyped,
    expect.objectContaining({ ordinal: 3, id: 'early', target: { source: late.source, id: late.id } }),
  ]);
  expect(showVerification(first)).toContain(
    `2 amendments name events that the log does not hold, and wait for it:\n  2: ${mistyped.type} "typing-error" of ${SOURCE} names "count-l" of ${event.source}\n`,
  );

  await under.ledger.record([late]);
  await under.ledger.project();
  expect(await told()).toBe(1);
  expect((await under.ledger.verify()).unmatched).toEqual([mistyped]);

  await under.ledger.record([retraction('withdrawn', { source: SOURCE, id: 'typing-error' })]);
  await under.ledger.project();
  expect(await told()).toBe(0);
  const settled = await under.ledger.verify();
  expect(settled.unmatched).toEqual([]);
  expect(showVerification(settled)).not.toContain('amendment');
});
