/** A long file of loans, imported as any file is, against reading the same file with the CSV library alone. */
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { once as emitted } from 'node:events';
import { parse } from 'csv-parse';
import { openPath } from '../../src/files/openFile.ts';
import { openEngine } from '../../src/main/openEngine.ts';
import type { Bench } from './bench.ts';
import { median, once } from './measure.ts';

const ROWS = 1_000_000;
const QUICK_ROWS = 20_000;
const MIB = 1024 * 1024;
const LARGEST_MIB = 1024;

export const importing: Bench = {
  name: 'importing',
  title: 'A file of loans into the ledger',
  what: 'A CSV file of Koha statistics: read row by row, each row checked, recorded in the embedded log and projected into the figures, as `outcomes import` does it. The peer reads the same file with csv-parse as a stream and does nothing with its rows.',
  needsFacts: false,
  async run({ folder, quick, say }) {
    const rows = quick ? QUICK_ROWS : ROWS;
    const own = join(folder, 'importing');
    rmSync(own, { recursive: true, force: true });
    mkdirSync(own, { recursive: true });
    const file = join(own, 'statistics.csv');
    await writeLoans(file, rows);

    const alone = await once('read with csv-parse alone', 1, async () => {
      let count = 0;
      for await (const _row of createReadStream(file).pipe(parse())) count += 1;
      if (count !== rows + 1) throw new Error(`csv-parse read ${count} rows`);
    });
    let largest = 0;
    const config = { data: join(own, 'data'), readings: null, host: '127.0.0.1', port: 0, eventStoreUrl: null, logUrl: null, readModelsUrl: null }; // prettier-ignore
    const engine = await openEngine(config, { onFailure: (error) => say(String(error)) });
    const measured = await once('imported', 1, async () => {
      const watch = (): void => void (largest = Math.max(largest, process.memoryUsage.rss()));
      const opened = { ...(await openPath(file)), options: { authority: 'X99000001', libraries: BRANCHES } };
      const report = await engine.ledger.import(opened, {}, watch);
      if (report.accepted !== rows) throw new Error(`${report.accepted} of ${rows} rows were recorded`);
      await engine.ledger.project(watch);
    });
    await engine.close();
    rmSync(own, { recursive: true, force: true });
    const [readFor, importedFor] = [median(alone.runs), median(measured.runs)];
    return {
      timings: [alone, measured],
      figures: [
        { name: 'import of single loans', value: readFor / importedFor, unit: '×', peer: 'csv-parse alone' },
        { name: 'rows recorded and projected', value: rows / importedFor, unit: 'events/s' },
        { name: 'largest memory while importing', value: largest / MIB, unit: 'MiB', bar: { atMost: LARGEST_MIB } },
      ],
      notes: [`${rows.toLocaleString('en-GB')} rows; csv-parse alone reads ${Math.round(rows / readFor).toLocaleString('en-GB')} a second.`], // prettier-ignore
    };
  },
};

const BRANCHES = { CPL: 'central', WLK: 'walker', FEN: 'fenham' };

async function writeLoans(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('datetime,branch,type,itemtype,itemnumber\n');
  for (let row = 0; row < rows; row++) {
    const at = new Date(Date.UTC(2021, 0, 4, 9) + row * 60_000);
    const branch = Object.keys(BRANCHES)[row % 3] ?? '';
    const line = `${at.toISOString().slice(0, 19).replace('T', ' ')},${branch},${row % 4 === 0 ? 'renew' : 'issue'},BOOK,${row}\n`;
    if (!out.write(line)) await emitted(out, 'drain');
  }
  out.end();
  await emitted(out, 'finish');
}
