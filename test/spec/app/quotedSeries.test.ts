/** What readers are told beside the figures that the product comes with: what belongs to them, as they were stated. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { footer } from '../../../src/charts/headline.ts';
import { seriesTable } from '../../../src/charts/seriesTable.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeAll(async () => {
  under = await testLedger();
  const fileName = 'published-figures.csv';
  const bytes = readFileSync(`projections/publishedFigures/${fileName}`);
  await under.ledger.import({ fileName, sha256: sha256Of(bytes), table: readTable({ fileName, bytes }), options: {} }, {}); // prettier-ignore
  await under.ledger.project();
});
afterAll(() => under.close());

const published = (indicator: string, from?: string) =>
  under.ledger.series({ indicator, basis: 'published', ...(from === undefined ? {} : { from }) });

it('a note about computing does not stand with quoted figures', async () => {
  const visits = await published('visits');
  expect(visits.notes.join(' ')).toContain('ISO 2789');
  expect([...visits.notes, ...footer(visits)].join(' ')).not.toContain('52/12');
  const challenge = await published('summer-reading-challenge-participants');
  expect(challenge.notes.join(' ')).toContain('static at around 700,000');
  expect([...challenge.notes, ...footer(challenge)].join(' ')).not.toContain('pseudonym');
});

it('a level said of several years is no count over them, and stands in no series of counts', async () => {
  const challenge = await published('summer-reading-challenge-participants');
  expect(challenge.points.map(({ label }) => label)).toEqual(['2014', '2015', '2017', '2018', '2019']);
  expect(footer(challenge).join(' ')).not.toContain('differ in length');
});

it('what is quoted has the decimals that were stated', async () => {
  const wifi = await published('libraries-with-wifi');
  expect(textAlternative(wifi)).toContain('99%');
  expect(JSON.stringify([seriesTable(wifi), footer(wifi), textAlternative(wifi)])).not.toContain('99.0');
  const adults = await published('adults-who-used-a-library');
  expect(adults.progress.sentence).toMatch(/^From 33\.4% in 2016\/17 to 34% in 2017\/18: \+0\.6 percentage points/);
  expect(JSON.stringify(seriesTable(adults))).not.toContain('34.0');
});

it('where two sources differ the other one is named once', async () => {
  const text = footer(await published('adults-who-used-a-library')).join(' ');
  expect(text.match(/32\.7/g)).toHaveLength(1);
  expect(text).not.toMatch(/\. [a-z]/);
});

it('days without figures have a source all the same', async () => {
  const none = await published('visits', '2030-01-01');
  expect(none.points).toEqual([]);
  expect(none.source).not.toBe('');
  expect(textAlternative(none)).toContain('no figures in the days asked for');
});
