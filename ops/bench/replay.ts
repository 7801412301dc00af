/** Replay of one changed definition over the whole history, against the engines that people would use instead. */
import { createReadStream, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/domain/plan.ts';
import { evaluate, evaluations, observations } from '../../src/facts/evaluate.ts';
import type { Evaluation } from '../../src/facts/planState.ts';
import { openFactStore, type FactStore } from '../../src/facts/factStore.ts';
import { monthOf, dayOf } from '../../src/domain/periods.ts';
import type { Bench, Context, Figure, Timing } from './bench.ts';
import { E_FORMATS, planA, planB, planC, planD, planE } from './definitions.ts';
import { connectDuck, type Duck } from './duck.ts';
import { median, once, ratio, repeat } from './measure.ts';
import { withClient, withPostgres } from './postgres.ts';
import { csvFile, duckFile, factsFolder, parquetFile } from './prepare.ts';
import { AUTHORITIES, authorityCode, CHANNELS, CONTENT_AGES, eventOf, FORMATS, forEachRow } from './rows.ts';

const REPETITIONS = 5;
const PEER_REPETITIONS = 3;
const JSON_LINES = 1_000_000;

/** One question, in our words and in SQL. `{month}` and `{from}` differ between the ways of storing. */
interface Case {
  readonly letter: string;
  readonly name: string;
  readonly plan: Plan;
  readonly sql: string;
  /** People are counted when observations are made: their time belongs to the replay. */
  readonly observed: boolean;
  /** Whether the slower peers are asked too. */
  readonly everyPeer: boolean;
  readonly bars: { readonly natural: number; readonly tuned: number | null; readonly postgres: number | null };
}

const codes = (words: readonly string[], wanted: readonly string[]): string =>
  wanted.map((word) => words.indexOf(word)).join(', ');
const SUM_BARS = { natural: 6, tuned: 2, postgres: 50 };

const CASES: readonly Case[] = [
  {
    letter: 'A',
    name: 'month × library, sum of all facts',
    plan: planA,
    sql: 'select {month} as month, library, sum(quantity) as total from {from} group by 1, 2',
    observed: false,
    everyPeer: true,
    bars: SUM_BARS,
  },
  {
    letter: 'B',
    name: 'A with a breakdown by content age',
    plan: planB,
    sql: 'select {month} as month, library, content_age, sum(quantity) as total from {from} group by 1, 2, 3',
    observed: false,
    everyPeer: true,
    bars: SUM_BARS,
  },
  {
    letter: 'C',
    name: 'loans of two formats, month × library, by channel',
    plan: planC,
    sql: `select {month} as month, library, channel, sum(quantity) as total from {from}
      where kind in (1, 2, 3) and format in (${codes(FORMATS, ['physical-book', 'e-book'])}) group by 1, 2, 3`,
    observed: false,
    everyPeer: false,
    bars: SUM_BARS,
  },
  {
    letter: 'E',
    name: 'ratio of two filtered sums, month × library',
    plan: planE,
    sql: `select {month} as month, library,
      sum(quantity) filter (where format in (${codes(FORMATS, E_FORMATS)})) as part, sum(quantity) as total
      from {from} where kind in (1, 2, 3) group by 1, 2`,
    observed: false,
    everyPeer: true,
    bars: SUM_BARS,
  },
  {
    letter: 'D',
    name: 'different people, month × authority, exact',
    plan: planD,
    sql: `select {month} as month, authority, count(distinct person) as people from {from}
      where kind = 6 group by 1, 2`,
    observed: true,
    everyPeer: false,
    bars: { natural: 3, tuned: 3, postgres: null },
  },
];

export const replayBench: Bench = {
  name: 'replay',
  title: 'Replay of one changed definition over all facts',
  what: 'The columnar evaluator reads segments from disk and folds them into totals, one thread. Peers answer the same question over the same rows, with one thread, and their results are compared for equality before anything is timed. DuckDB natural: a Parquet file, the month by `date_trunc`. DuckDB tuned: a native table with the month stored. Peers hold small whole numbers instead of words and leave their results where they are; ours does too, and is timed again up to finished observations.',
  needsFacts: true,
  async run(context) {
    const store = openFactStore(factsFolder(context.folder));
    const figures: Figure[] = [];
    const timings: Timing[] = [];
    const notes: string[] = [];
    const ours = new Map<string, Timing>();
    const natural = await connectDuck(':memory:', 1);
    const tuned = await connectDuck(duckFile(context.folder), 1, true);
    try {
      for (const question of CASES) {
        context.say(`${question.letter}: ${question.name}`);
        const cells = await agree(question, store, tuned, sqlOf(question, 'tuned', context));
        await agree(question, store, natural, sqlOf(question, 'natural', context));
        notes.push(`${question.letter}: ${cells.toLocaleString('en-GB')} cells, equal in ours and both of DuckDB.`);
        const own = await timeOurs(question, store);
        ours.set(question.letter, own.judged);
        const byNatural = await timeDuck(question, natural, 'natural', context);
        const byTuned = await timeDuck(question, tuned, 'tuned', context);
        timings.push(...own.all, byNatural, byTuned);
        const { bars } = question;
        figures.push(
          against(question, own.judged, byNatural, 'DuckDB natural', bars.natural),
          against(question, own.judged, byTuned, 'DuckDB tuned', bars.tuned),
        );
      }
    } finally {
      natural.close();
      tuned.close();
    }
    await withPostgres(notes, async (postgres) => {
      const url = await postgres.freshDatabase();
      await comparePostgres(url, context, ours, { figures, timings, notes });
    });
    await compareJson(context, ours, { figures, timings, notes });
    return { figures, timings, notes };
  },
};

interface Collected {
  readonly figures: Figure[];
  readonly timings: Timing[];
  readonly notes: string[];
}

const against = (question: Case, own: Timing, peer: Timing, name: string, bar: number | null): Figure => ({
  name: `${question.letter}, ${question.name}`,
  value: ratio(peer, own),
  unit: '×',
  peer: name,
  ...(bar === null ? {} : { bar: { atLeast: bar } }),
});

function sqlOf({ sql }: Case, stored: 'natural' | 'tuned', { folder }: Context): string {
  return sql
    .replace('{month}', stored === 'tuned' ? 'month' : "date_trunc('month', day)")
    .replace('{from}', stored === 'tuned' ? 'facts' : `'${parquetFile(folder)}'`);
}

function foldAll(plan: Plan, store: FactStore): Evaluation {
  const [evaluation] = evaluations([plan], store, store.rows()) as [Evaluation];
  for (const _rows of evaluate([evaluation], store, 0, store.rows()));
  return evaluation;
}

async function timeOurs(question: Case, store: FactStore): Promise<{ judged: Timing; all: Timing[] }> {
  const { letter, plan } = question;
  const fold = await repeat(`${letter}: ours, folded`, REPETITIONS, () => foldAll(plan, store));
  const whole = await once(`${letter}: ours, folded and observed`, PEER_REPETITIONS, () => [
    ...observations(foldAll(plan, store), store, store.rows()),
  ]);
  return { judged: question.observed ? whole : fold, all: [fold, whole] };
}

function timeDuck(question: Case, duck: Duck, stored: 'natural' | 'tuned', context: Context): Promise<Timing> {
  const sql = sqlOf(question, stored, context);
  return repeat(`${question.letter}: DuckDB ${stored}`, PEER_REPETITIONS, () => duck.run(sql));
}

/** Throws where the two differ in a single cell; answers how many cells there are. */
async function agree(question: Case, store: FactStore, duck: Duck, sql: string): Promise<number> {
  const expected = new Map<string, number>();
  const asMonth = sql.includes('date_trunc') ? `(year(month) - 1970) * 12 + month(month) - 1` : 'month';
  for (const row of await duck.rows(`select ${asMonth} as m, * exclude (month) from (${sql})`)) {
    addRow(expected, question, row);
  }
  const found = cellsOf(question, store);
  const differs = [...found].find(([key, value]) => expected.get(key) !== value);
  if (differs === undefined && found.size === expected.size) return found.size;
  throw new Error(
    `${question.letter}: ${found.size} cells against ${expected.size} of DuckDB; first difference ${JSON.stringify(differs ?? null)}`,
  );
}

/** Rows of the peer as "month place category" → value; a ratio has a part and a whole. */
function addRow(cells: Map<string, number>, { letter }: Case, row: readonly number[]): void {
  const [month, place, third, fourth] = row;
  if (letter === 'E') {
    if ((fourth ?? 0) > 0 && (third ?? 0) > 0) cells.set(`${month} ${place} part`, third as number);
    cells.set(`${month} ${place} total`, fourth as number);
  } else if (fourth === undefined) cells.set(`${month} ${place}`, third as number);
  else cells.set(`${month} ${place} ${third}`, fourth);
}

const libraryOf = (place: string): number => Number(place.slice(place.lastIndexOf('-') + 1));

function cellsOf(question: Case, store: FactStore): Map<string, number> {
  const cells = new Map<string, number>();
  const evaluation = foldAll(question.plan, store);
  const authorities = new Map(Array.from({ length: AUTHORITIES }, (_, a) => [authorityCode(a), a]));
  for (const o of observations(evaluation, store, store.rows())) {
    const month = monthOf(dayOf(o.period.slice(0, 10)));
    if (question.letter === 'D') cells.set(`${month} ${authorities.get(o.place)}`, o.value as number);
    else if (question.letter === 'E') {
      if ((o.numerator ?? 0) > 0) cells.set(`${month} ${libraryOf(o.place)} part`, o.numerator as number);
      if (o.denominator !== null) cells.set(`${month} ${libraryOf(o.place)} total`, o.denominator);
    } else if (question.plan.breakdowns.length === 0) cells.set(`${month} ${libraryOf(o.place)}`, o.value as number);
    else if (o.breakdown !== '') cells.set(`${month} ${libraryOf(o.place)} ${codeOf(o.breakdown)}`, o.value as number);
  }
  return cells;
}

function codeOf(breakdown: string): number {
  const [dimension, word] = breakdown.split('=') as [string, string];
  if (word === 'not-stated') return 0;
  return ((dimension === 'channel' ? CHANNELS : CONTENT_AGES) as readonly string[]).indexOf(word);
}

/** A typed table, loaded once from the CSV and vacuumed; parallel workers off, so that it has one process as we have. */
async function comparePostgres(
  url: string,
  { folder, facts, say }: Context,
  ours: ReadonlyMap<string, Timing>,
  { figures, timings, notes }: Collected,
): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`create unlogged table facts (day date, library smallint, authority smallint, kind smallint,
      format smallint, content_age smallint, channel smallint, quantity integer, person integer)`);
    say('loading PostgreSQL');
    await client.query(`copy facts from '${csvFile(folder)}' (format csv)`);
    await client.query('vacuum (analyze, freeze) facts');
    await client.query("set work_mem = '512MB'");
    await client.query('set max_parallel_workers_per_gather = 0');
    notes.push(`PostgreSQL: unlogged table of ${facts.toLocaleString('en-GB')} rows, frozen, work_mem 512 MB.`);
    for (const question of CASES.filter(({ everyPeer }) => everyPeer)) {
      const sql = question.sql.replace('{month}', "date_trunc('month', day)").replace('{from}', 'facts');
      say(`PostgreSQL ${question.letter}`);
      const peer = await once(`${question.letter}: PostgreSQL`, PEER_REPETITIONS, () =>
        client.query(`select count(*) from (${sql}) as cells`),
      );
      timings.push(peer);
      const own = ours.get(question.letter) as Timing;
      figures.push(against(question, own, peer, 'PostgreSQL', question.bars.postgres));
    }
  });
}

/** Every line is parsed and added into a Map, as a script over an exported log would: measured on a part and scaled. */
async function compareJson(
  { facts, folder, say }: Context,
  ours: ReadonlyMap<string, Timing>,
  { figures, timings, notes }: Collected,
): Promise<void> {
  const lines = Math.min(JSON_LINES, facts);
  const file = join(folder, 'rows.ndjson');
  writeLines(file, lines);
  say(`JSON replay of ${lines} lines`);
  const measured = await once('JSON', PEER_REPETITIONS, () => replayJson(file));
  rmSync(file);
  const scale = facts / lines;
  const scaled: Timing = {
    name: `B: JSON.parse and a Map, line by line${scale === 1 ? '' : ` (measured on ${lines.toLocaleString('en-GB')} lines and scaled)`}`,
    unit: 's',
    runs: measured.runs.map((seconds) => seconds * scale),
  };
  timings.push(scaled);
  const question = CASES.find(({ letter }) => letter === 'B') as Case;
  figures.push(against(question, ours.get('B') as Timing, scaled, 'row-by-row JSON replay', 200));
  const first = CASES[0] as Case;
  figures.push(against(first, ours.get('A') as Timing, scaled, 'row-by-row JSON replay (of B)', 200));
  notes.push(`JSON replay: ${(median(scaled.runs) / facts / 1e-6).toFixed(2)} µs a line.`);
}

function writeLines(file: string, lines: number): void {
  writeFileSync(file, '');
  let text = '';
  forEachRow(lines, (row, index) => {
    text += `${JSON.stringify(eventOf(row, `e-${index}`))}\n`;
    if (text.length > 1 << 20) {
      appendFileSync(file, text);
      text = '';
    }
  });
  appendFileSync(file, text);
}

interface Line {
  readonly subject: string;
  readonly time?: string;
  readonly data: { readonly window?: string; readonly count?: number; readonly contentAge?: string };
}

async function replayJson(file: string): Promise<Map<string, number>> {
  const totals = new Map<string, number>();
  let rest = '';
  for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + (piece as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { subject, time, data } = JSON.parse(line) as Line;
      const key = `${(time ?? data.window ?? '').slice(0, 7)} ${subject} ${data.contentAge ?? ''}`;
      totals.set(key, (totals.get(key) ?? 0) + (data.count ?? 1));
    }
  }
  return totals;
}
