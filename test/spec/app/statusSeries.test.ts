/** A share of libraries by their latest status: what it counts, and what it says of the time after the last one. */
import { expect, it } from 'vitest';
import { catalogueOf } from '../../../src/app/catalogue.ts';
import { testLedger } from '../../support/ledger.ts';

const status = (library: string, on: string, wifi: string) => ({
  specversion: '1.0',
  id: `${library} ${on}`.replace(' ', ':'),
  source: 'urn:library:E08000021:assets',
  type: 'org.outcome-ledger.service-point.status.v1',
  subject: `E08000021/${library}`,
  data: { on, open: 'open', wifi, statutory: 'yes', kind: 'static' },
});

it('counts each status once, and says that the last one holds on', async () => {
  const under = await testLedger();
  await under.ledger.record(['a', 'b', 'c', 'd'].map((library, at) => status(library, '2019-05-01', at < 3 ? 'yes' : 'no'))); // prettier-ignore
  await under.ledger.project();
  const series = await under.ledger.series({ indicator: 'libraries-with-wifi', place: 'E08000021', granularity: 'financial-year' }); // prettier-ignore
  expect(series.points).toMatchObject([{ value: 75, numerator: 3, denominator: 4, events: 4 }]);
  expect(series.notes[0]).toBe('A status holds until the next one. The last was sent in 2019/20; later periods are not shown.'); // prettier-ignore
  await under.close();
});

it('an indicator with a slip of the pen in it is known by what is most like it', async () => {
  const under = await testLedger();
  const near = (id: string): string[] => under.ledger.catalogue.near(id).map(({ plan }) => plan.id);
  expect(near('vists')).toEqual(['visits']);
  expect(near('laons')).toEqual(['loans']);
  expect(near('visits-by-head')).toContain('visits-per-head');
  expect(near('zzz')).toEqual([]);
  expect(catalogueOf([]).near('visits')).toEqual([]);
  expect(() => under.ledger.catalogue.find('vists')).toThrow('There is no indicator "vists".');
  await under.close();
});
