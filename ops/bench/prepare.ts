/** Makes what the benches share: a store of facts in the layout that a live store comes to, and the peers' copies. */
import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isoOf } from '../../src/domain/periods.ts';
import { columnBuilder, newDictionaries, type ColumnBuilder } from '../../src/facts/columns.ts';
import { SEGMENT_ROWS } from '../../src/facts/factStore.ts';
import { writeManifest, type SegmentEntry } from '../../src/facts/manifest.ts';
import { readFact } from '../../src/facts/readFact.ts';
import { writeSegment } from '../../src/facts/segmentFile.ts';
import { toFact } from '../../src/facts/toFact.ts';
import type { Bench, Context } from './bench.ts';
import { connectDuck } from './duck.ts';
import { secondsOf } from './measure.ts';
import { authorityOf, eventOf, factOf, forEachRow } from './rows.ts';

export const factsFolder = (folder: string): string => join(folder, 'facts');
export const csvFile = (folder: string): string => join(folder, 'rows.csv');
export const parquetFile = (folder: string): string => join(folder, 'rows.parquet');
export const duckFile = (folder: string): string => join(folder, 'rows.duckdb');
export const positionOf = (row: number): string => String(row).padStart(16, '0');

const MIB = 1_048_576;

export const prepare: Bench = {
  name: 'prepare',
  title: 'The synthetic facts',
  what: 'Five years in time order, 3,000 libraries in 150 authorities, six kinds of fact, people from a pool of two million. The fact store is written with the store’s own functions, without going through events; how fast events become facts is the bench `decode`.',
  needsFacts: false,
  async run(context) {
    checkFacts();
    const facts = await secondsOf(() => writeFacts(context));
    const csv = await secondsOf(() => writeCsv(context));
    const duck = await secondsOf(() => loadDuck(context));
    context.say(`facts ${facts.toFixed(1)} s, CSV ${csv.toFixed(1)} s, Parquet and DuckDB ${duck.toFixed(1)} s`);
    const sizes = [
      `fact segments ${mib(sizeOfFolder(factsFolder(context.folder)))} MiB`,
      `CSV ${mib(statSync(csvFile(context.folder)).size)} MiB`,
      `Parquet ${mib(statSync(parquetFile(context.folder)).size)} MiB`,
      `DuckDB table ${mib(statSync(duckFile(context.folder)).size)} MiB`,
    ];
    return {
      figures: [],
      timings: [],
      notes: [`${context.facts.toLocaleString('en-GB')} rows: ${sizes.join(', ')}.`],
    };
  },
};

const mib = (bytes: number): number => Math.round(bytes / MIB);

/** The shortcut from row to fact must say what the events would have said. */
function checkFacts(): void {
  forEachRow(2_000, (row, index) => {
    const { identity: _identity, ...expected } = toFact(eventOf(row, `e-${index}`));
    const { identity: _other, ...made } = factOf(row, index);
    if (!isDeepStrictEqual(made, expected)) throw new Error(`row ${index} is another fact than its event`);
  });
}

/** Writes full segments of the largest size that the rows left fill, as merging would have left them. */
function writeFacts({ facts, folder, say }: Context): void {
  const store = factsFolder(folder);
  mkdirSync(store);
  const dictionaries = newDictionaries();
  const segments: SegmentEntry[] = [];
  let first = 0;
  let people = 0;
  let builder: ColumnBuilder | undefined;
  let size = 0;
  const seal = (full: ColumnBuilder): void => {
    const columns = full.columns();
    const after = people;
    people = dictionaries.subjects.size;
    segments.push(
      writeSegment(store, dictionaries, {
        first,
        columns,
        identities: full.identities(),
        rare: full.rare(),
        position: positionOf(first + columns.rows),
        people: { after, upTo: people },
      }),
    );
    first += columns.rows;
    say(`${first.toLocaleString('en-GB')} facts`);
  };
  forEachRow(facts, (row, index) => {
    if (builder === undefined) {
      size = SEGMENT_ROWS.findLast((rows) => rows <= facts - index) as number;
      builder = columnBuilder(dictionaries, size);
    }
    const fact = factOf(row, index);
    // A server is opened over these facts and a log that holds an empty last event only: it must be that one's.
    const isLast = index === facts - 1;
    builder.add(isLast ? { ...fact, identity: readFact({ event: {}, position: positionOf(facts) }).identity } : fact);
    if (builder.rows < size) return;
    seal(builder);
    builder = undefined;
  });
  writeManifest(store, segments, '');
}

const CSV_BYTES = 1 << 20;

/** Codes instead of words, so that no peer is slowed by text. */
function writeCsv({ facts, folder }: Context): void {
  const file = openSync(csvFile(folder), 'w', 0o644);
  const dates = new Map<number, string>();
  let text = '';
  forEachRow(facts, (row) => {
    let date = dates.get(row.day);
    if (date === undefined) dates.set(row.day, (date = isoOf(row.day)));
    const person = row.person === 0 ? '' : String(row.person);
    text += `${date},${row.library},${authorityOf(row.library)},${row.kind},${row.format},${row.contentAge},${row.channel},${row.quantity},${person}\n`;
    if (text.length > CSV_BYTES) {
      writeSync(file, text);
      text = '';
    }
  });
  writeSync(file, text);
  closeSync(file);
}

const DUCK_COLUMNS = `{'day': 'DATE', 'library': 'USMALLINT', 'authority': 'USMALLINT', 'kind': 'UTINYINT',
  'format': 'UTINYINT', 'content_age': 'UTINYINT', 'channel': 'UTINYINT', 'quantity': 'USMALLINT', 'person': 'UINTEGER'}`;

/** As naturally stored: a Parquet file. Tuned: a native table in which the month is kept as a small whole number. */
async function loadDuck({ folder }: Context): Promise<void> {
  const duck = await connectDuck(duckFile(folder), 2);
  try {
    const rows = `read_csv('${csvFile(folder)}', header = false, columns = ${DUCK_COLUMNS})`;
    await duck.run('set preserve_insertion_order = true');
    await duck.run(`copy (select * from ${rows}) to '${parquetFile(folder)}' (format parquet)`);
    await duck.run(`create table facts as
      select *, ((year(day) - 1970) * 12 + month(day) - 1)::usmallint as month from '${parquetFile(folder)}'`);
    await duck.run('checkpoint');
  } finally {
    duck.close();
  }
}

const sizeOfFolder = (folder: string): number =>
  readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
