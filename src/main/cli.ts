#!/usr/bin/env node
/**
 * The command line. Results go to standard output, everything else to standard error. What is heavy to load (databases,
 * HTTP, drawing) is loaded by the command that needs it, so that help and mistakes are answered at once.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import { ERROR_CODES, PARTLY_REFUSED_EXIT } from '../../contracts/errors.ts';
import { dateField, methodField, slugField, windowField } from '../../contracts/fields.ts';
import { baselineProgressChart } from '../charts/baselineProgressChart.ts';
import { IN_ORDER, selectionFields } from '../../contracts/selection.ts';
import { factRetracted } from '../../contracts/events/amendments.ts';
import { AUTHORITY_CODE, BASES, type Basis, GRANULARITIES, type Granularity } from '../../contracts/vocabulary.ts';
import type { ImportReport } from '../app/importFile.ts';
import type { Dismissal } from '../app/parked.ts';
import type { Progress } from '../app/progress.ts';
import { requestOf } from '../app/selection.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import type { Encoding } from '../files/decodeText.ts';
import { mappingOf } from '../files/readMapping.ts';
import { namesIn } from '../files/namesIn.ts';
import { whyNot } from '../files/whyNot.ts';
import { seriesCsv } from '../http/seriesCsv.ts';
import { MEASURES, type ImportOptions, type Measure } from '../importers/importer.ts';
import { readConfig } from './config.ts';
import { keysCommand, peopleOption, pseudonymiseCommand } from './keysCommands.ts';
import { pseudonymsBy, type Linking } from './people.ts';
import { progressLine } from './progressLine.ts';
import { showReconciliation } from './showReconciliation.ts';
import {
  refusals,
  showImport,
  showIndicators,
  showParked,
  showPartlyRefused,
  showProblem,
  showReplay,
  showSeries,
  showVerification,
} from './show.ts';
import { showFeeds } from './showFeeds.ts';
import type { Opening, Target } from './target.ts';

const PNG_WIDTH = 1600;
const JSON_INDENT = 2;

interface GlobalFlags {
  readonly data?: string;
  readonly readings?: string;
  readonly json?: boolean;
}

const program = new Command('outcomes')
  .description('Outcome indicators for public libraries: baseline against progress, from activity events.')
  .option('--data <folder>', 'data directory (else OUTCOMES_DATA, else ./data)')
  .option('--readings <folder>', 'readings that go before those delivered (else OUTCOMES_READINGS)')
  .option('--json', 'print one JSON object instead of text')
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeErr: () => undefined });

program
  .command('serve')
  .description('serve the API and the pages until stopped')
  .option('--host <address>', 'address to listen on (else OUTCOMES_HOST, else 127.0.0.1)')
  .option('--port <number>', 'port to listen on, 0 for any free one (else OUTCOMES_PORT, else 8017)')
  .action(async (flags: { host?: string; port?: string }) => {
    const { progress, end } = progressLine(process.stderr);
    const { serve } = await import('./serve.ts');
    const server = await serve(
      readConfig(process.env, { ...globals(), ...flags }),
      (line) => process.stderr.write(`${line}\n`),
      progress,
    ).finally(end);
    const stopped = untilStopped();
    print({ address: server.address }, `Serving ${server.address}/ until stopped with Ctrl-C.`);
    await stopped;
    await server.stop();
  });

program
  .command('demo')
  .description('start the engine, stream made-up events, import published figures, draw charts, and keep serving')
  .option('--port <number>', 'port to listen on (else OUTCOMES_PORT, else 8017, else any free one)')
  .action(async (flags: { port?: string }) => {
    const stopped = untilStopped();
    const { demo } = await import('./demo.ts');
    const work = demo(readConfig(process.env, { ...globals(), ...flags }), (line) =>
      process.stdout.write(`${line}
`),
    );
    const server = await Promise.race([work, stopped]);
    // Stopped in the middle: everything acknowledged is on disk, and the next start goes on from there.
    if (server === undefined) process.exit(ERROR_CODES.interrupted.exit);
    await stopped;
    await server.stop();
  });

program
  .command('import')
  .description('record what files say: open data, figures, library systems, people counters')
  .argument('<file...>')
  .option('--format <name>', 'instead of detecting it')
  .option('--authority <code>', 'GSS code of the authority that the whole file is about')
  .option('--name <name=code...>', 'authority name in the file = its GSS code')
  .option('--names <file>', 'CSV with the columns name and code: what many authorities are called in the file')
  .option('--library <name=slug...>', 'name or code of a library in the file = its name as a service point')
  .option('--period <window>', 'the window that the whole file is about, such as 2011-04-01/P1Y')
  .option('--on <date>', 'the day on which everything in the file was so')
  .option('--survey <name>', 'short name of the survey that the file holds answers of')
  .option('--mapping <file.yaml>', 'what the columns mean, for a layout that no format knows')
  .addOption(new Option('--zero <meaning>', 'what 0 means').choices(['closed', 'count']))
  .addOption(new Option('--measure <what>', 'what an unlabelled table counts').choices(MEASURES))
  .option('--citation <text>', 'where the figures were published')
  .addOption(new Option('--method <how>', 'how the counts were made').choices(methodField.options))
  .option('--halve', 'counters count whoever passes, in and out: halve them')
  .addOption(peopleOption())
  .addOption(new Option('--encoding <name>', 'text encoding').choices(['utf-8', 'windows-1252']).default('utf-8'))
  .option('--strict', 'record nothing of a file in which anything is refused')
  .option('--dry-run', 'record nothing, and show what would be recorded, refused and flagged')
  .option('--report <file>', 'write all findings to a file: .html, .csv or .json')
  .option('--correct', 'where another number is recorded, record that the file corrects it')
  .addHelpText(
    'after',
    `\nEnds with ${PARTLY_REFUSED_EXIT} where something was refused and the rest was recorded, with ${ERROR_CODES['invalid-file'].exit} where nothing of a file was: files after it are left.\nFormats, cells and options: docs/importing.md.`,
  )
  .action(async (files: string[], flags: ImportFlags) => {
    const options = importOptions(flags);
    // All are looked for before the first is imported: a name that is mistyped stops everything while nothing is done yet.
    for (const file of files) refuseUnreadable(file);
    const write = flags.report === undefined ? null : await writerTo(flags.report);
    const cancel = new AbortController();
    process.once('SIGINT', () => cancel.abort());
    const reports: ImportReport[] = [];
    try {
      await withTarget(
        async (target, progress) => {
          const { encoding, format, strict, dryRun, correct } = flags;
          for (const path of files) {
            const request = { path, encoding, format, strict, dryRun, correct, options };
            reports.push(await target.import(request, progress, cancel.signal));
          }
        },
        flags.dryRun === true ? { scratch: true } : { make: true },
      );
    } finally {
      if (reports.length > 0) print({ imports: reports }, reports.map(showImport).join('\n'));
      write?.(reports);
    }
    const left = reports.reduce((sum, report) => sum + refusals(report), 0);
    if (left === 0) return;
    process.exitCode = PARTLY_REFUSED_EXIT;
    process.stderr.write(`${showPartlyRefused(left)}\n`);
  });

const edge = {
  data: () => readConfig(process.env, globals()).data,
  print,
  now: () => new Date(),
};
program.addCommand(inherited(keysCommand(edge)));
program.addCommand(inherited(pseudonymiseCommand(edge, (typed) => authorityCode(typed, `--authority ${typed}`))));

program
  .command('harvest')
  .description('fetch what others count, and import it')
  .command('counter')
  .description('the use of online resources, from COUNTER APIs (formerly SUSHI)')
  .argument('<config>', 'YAML file of platforms: docs/harvesting.md')
  .option('--dry-run', 'ask nobody, and show what would be asked for')
  .addHelpText(
    'after',
    `\nEnds with ${ERROR_CODES.unavailable.exit} where something could not be fetched, with ${PARTLY_REFUSED_EXIT} where something that was fetched was refused.`,
  )
  .action(async (file: string, flags: { dryRun?: boolean }) => {
    const { exitCodeOf, harvest, planHarvest, showHarvest } = await import('./harvest.ts');
    const { readHarvestConfig } = await import('./harvestConfig.ts');
    const config = readHarvestConfig(file, process.env);
    const { data } = readConfig(process.env, globals());
    const result =
      flags.dryRun === true
        ? planHarvest(config, data)
        : await withTarget((target, progress) => harvest(config, data, target, progress), { make: true });
    print(result, showHarvest(result));
    process.exitCode = exitCodeOf(result);
  });

program
  .command('replay')
  .description('evaluate a definition over the whole history and compare it with the active version')
  .argument('<definition>', 'a YAML file, or the id of an active indicator')
  .action(async (definition: string) => {
    const request = /\.ya?ml$/.test(definition)
      ? { yaml: readBytes(definition).toString('utf8'), name: definition }
      : { indicator: definition };
    const cancel = new AbortController();
    process.once('SIGINT', () => cancel.abort());
    const result = await withTarget((target, progress) => target.replay(request, progress, cancel.signal));
    print(result, showReplay(result));
  });

program
  .command('indicators')
  .description('list the indicators that can be asked for: id, title, unit and baseline')
  .action(async () => {
    const indicators = await withTarget((target) => target.indicators());
    print({ indicators }, showIndicators(indicators));
  });

program
  .command('series')
  .description('print one indicator along time, with baseline and progress')
  .argument('<indicator>')
  .addOption(seriesOption('place'))
  .addOption(seriesOption('by'))
  .addOption(seriesOption('basis'))
  .addOption(seriesOption('breakdown'))
  .addOption(seriesOption('from'))
  .addOption(seriesOption('to'))
  .option('--csv', 'print CSV')
  .action(async (indicator: string, flags: SeriesFlags & { csv?: boolean }) => {
    if (flags.csv === true && globals().json === true)
      throw new LedgerError('usage', 'Give --csv or --json, not both.');
    const request = seriesRequest(indicator, flags);
    const series = await withTarget((target) => target.series(request));
    if (flags.csv === true) process.stdout.write(seriesCsv(series));
    else print(series, showSeries(series));
  });

program
  .command('chart')
  .description('draw baseline against progress of one indicator')
  .argument('<indicator>')
  .argument('<file>', 'where to: .svg, .png or .json (Vega-Lite)')
  .addOption(seriesOption('place'))
  .addOption(seriesOption('by'))
  .addOption(seriesOption('basis'))
  .addOption(seriesOption('breakdown'))
  .addOption(seriesOption('from'))
  .addOption(seriesOption('to'))
  .action(async (indicator: string, file: string, flags: SeriesFlags) => {
    const draw = CHART_FORMATS[extname(file).toLowerCase()];
    if (draw === undefined) {
      throw new LedgerError('usage', `A chart can be .svg, .png or .json, not "${extname(file)}".`, {
        hint: 'Give the file one of these endings.',
      });
    }
    const request = seriesRequest(indicator, flags);
    if (!existsSync(dirname(file))) {
      throw new LedgerError('not-found', `There is no folder ${dirname(file)} to put ${basename(file)} into.`, {
        hint: 'Make it, or name another.',
      });
    }
    const series = await withTarget((target) => target.series(request));
    const spec = baselineProgressChart(series);
    const drawn = await draw(spec);
    try {
      writeFileSync(file, drawn);
    } catch (error) {
      throw new LedgerError('not-allowed', `${file} cannot be written: ${whyNot(error)}.`);
    }
    print({ file, description: spec.description }, `${file}\n${spec.description ?? ''}`);
  });

program
  .command('rebuild')
  .description('forget facts, observations and the register of feeds, and make them again from the log')
  .action(async () => {
    const { events } = await withTarget((target, progress) => target.rebuild(progress), { startAgain: true });
    print(
      { events },
      `Facts, observations and the register of feeds made again from ${formatNumber(events, 0)} events.`,
    );
  });

program
  .command('reconcile')
  .description('compare what two forms state of the same places and times, as their readings say they are meant')
  .argument('<form>', 'the one that is trusted more, such as ace-activity-return')
  .argument('<other>', 'the one that is looked at, such as ace-long-visits')
  .action(async (form: string, other: string) => {
    const reconciliation = await withTarget((target, progress) => target.reconcile([form, other], progress));
    print(reconciliation, showReconciliation(reconciliation));
  });

const parked = program
  .command('parked')
  .description('list events of the log that could not be read; figures that may depend on them are incomplete')
  .action(async () => {
    const events = await withTarget((target) => target.parked());
    print({ parked: events }, showParked(events));
  });
parked
  .command('dismiss')
  .description('record that a parked event is not to count')
  .argument('<number>', 'its number in the log')
  .addOption(new Option('--by <role>', 'who says so').choices(factRetracted.shape.by.options).makeOptionMandatory())
  .addOption(new Option('--why <reason>', 'why').choices(factRetracted.shape.why.options).makeOptionMandatory())
  .action(async (number: string, dismissal: Dismissal) => {
    if (!/^[1-9]\d{0,14}$/.test(number)) throw new LedgerError('usage', `"${number}" is not the number of an event.`);
    await withTarget((target) => target.dismiss(Number(number), dismissal));
    print({ dismissed: Number(number) }, `Event ${number} is recorded as not to count.`);
  });

program
  .command('feeds')
  .description('list feeds, or one: what came last, what is due, which periods and numbers never came')
  .argument('[source]', 'the source of its events')
  .action(async (source: string | undefined) => {
    const report = await withTarget((target) => target.feeds(source));
    print(report, showFeeds(report));
  });

program
  .command('migrate-log')
  .description('copy every event into another log, the same order and times; goes on where it stopped')
  .argument('[target]', '"embedded", a postgres:// or an esdb:// address (else OUTCOMES_TARGET_LOG_URL)')
  .action(async (given: string | undefined) => {
    const { progress, end } = progressLine(process.stderr);
    const { moveLog } = await import('./migrateLog.ts');
    const target = given ?? process.env['OUTCOMES_TARGET_LOG_URL'] ?? '';
    const cancel = new AbortController();
    process.once('SIGINT', () => cancel.abort());
    const moved = await moveLog(readConfig(process.env, globals()), target, progress, cancel.signal).finally(end);
    print(
      moved,
      `Both logs hold the same ${formatNumber(moved.events, 0)} events, ${formatNumber(moved.copiedBefore, 0)} of them copied before. Configure the new log, then run "outcomes rebuild".`,
    );
  });

program
  .command('verify')
  .description('rebuild beside what is stored and compare to the byte')
  .action(async () => {
    const result = await withTarget((target, progress) => target.verify(progress));
    print(result, showVerification(result));
    if (result.differences.length > 0) process.exitCode = ERROR_CODES['verification-failed'].exit;
  });

interface ImportFlags {
  readonly format?: string;
  readonly authority?: string;
  readonly name?: string[];
  readonly names?: string;
  readonly library?: string[];
  readonly period?: string;
  readonly on?: string;
  readonly survey?: string;
  readonly mapping?: string;
  readonly zero?: 'closed' | 'count';
  readonly measure?: Measure;
  readonly citation?: string;
  readonly method?: string;
  readonly halve?: boolean;
  readonly people?: Linking;
  readonly encoding: Encoding;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly correct?: boolean;
  readonly report?: string;
}

function importOptions(flags: ImportFlags): ImportOptions {
  const { authority, zero, measure, citation, method, period, on, survey, mapping, halve, people } = flags;
  const names = pairsOf('--name', flags.name, 'its GSS code').map(
    ([name, code]) => [name, authorityCode(code, `--name ${name}=${code}`)] as const,
  );
  const libraries = pairsOf('--library', flags.library, 'its name as a service point').map(
    ([name, slug]) => [name, checked(slugField, slug, `--library ${name}=${slug}`)] as const,
  );
  if (flags.names !== undefined)
    for (const [called, code] of namesIn(basename(flags.names), readBytes(flags.names)))
      names.push([called, authorityCode(code, `${flags.names}, ${called}`)]);
  return {
    ...(authority === undefined ? {} : { authority: authorityCode(authority, `--authority ${authority}`) }),
    ...(names.length === 0 ? {} : { authorities: Object.fromEntries(names) }),
    ...(libraries.length === 0 ? {} : { libraries: Object.fromEntries(libraries) }),
    ...(period === undefined ? {} : { period: checked(windowField, period, `--period ${period}`) }),
    ...(on === undefined ? {} : { on: checked(dateField, on, `--on ${on}`) }),
    ...(survey === undefined ? {} : { survey: checked(slugField, survey, `--survey ${survey}`) }),
    ...(mapping === undefined ? {} : { mapping: mappingOf(readBytes(mapping).toString('utf8'), mapping) }),
    ...(zero === undefined ? {} : { zero }),
    ...(measure === undefined ? {} : { measure }),
    ...(citation === undefined ? {} : { citation }),
    ...(method === undefined ? {} : { method: method as NonNullable<ImportOptions['method']> }),
    ...(halve === undefined ? {} : { countsBothWays: halve }),
    ...(people === undefined ? {} : { pseudonymOf: pseudonymsBy(edge.data(), people) }),
  };
}

/** What stands before and after the last "=" of each. Throws `usage`, naming the option. */
function pairsOf(option: string, texts: readonly string[] = [], what: string): (readonly [string, string])[] {
  return texts.map((text) => {
    const at = text.lastIndexOf('=');
    if (at <= 0) throw new LedgerError('usage', `${option} ${text}: write the name as in the file, "=", and ${what}.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}

/** What was typed, where its schema takes it. Throws `usage`, naming the option. */
function checked(schema: z.ZodType<string>, typed: string, option: string): string {
  const parsed = schema.safeParse(typed.trim());
  if (parsed.success) return parsed.data;
  throw new LedgerError('usage', `${option}: ${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
}

/** A code as it was typed, perhaps in lower case. Throws `usage`, naming the option. */
function authorityCode(typed: string, option: string): string {
  const code = typed.trim().toUpperCase();
  if (AUTHORITY_CODE.test(code)) return code;
  throw new LedgerError('usage', `${option}: "${typed}" is not the GSS code of a library authority.`, {
    hint: 'It looks like E08000021, which is Newcastle upon Tyne; the code of a nation or a region will not do.',
  });
}

interface SeriesFlags {
  readonly place?: string;
  readonly by?: Granularity;
  readonly basis?: Basis;
  readonly breakdown?: string;
  readonly from?: string;
  readonly to?: string;
}

function seriesOption(name: keyof SeriesFlags): Option {
  switch (name) {
    case 'place':
      return new Option('--place <code>', 'place code; left out: the one with a baseline, else the widest');
    case 'by':
      return new Option('--by <period>', 'length of period').choices(GRANULARITIES);
    case 'basis':
      return new Option('--basis <which>', 'computed from events, or published by others').choices(BASES);
    case 'breakdown':
      return new Option('--breakdown <dimension=category>', 'one category instead of the total');
    case 'from':
      return new Option('--from <date>', 'first day wanted, YYYY-MM-DD');
    case 'to':
      return new Option('--to <date>', 'last day wanted, YYYY-MM-DD');
  }
}

/** What is wanted of an indicator, by the rules of the API. Throws `usage`, naming the options. */
function seriesRequest(indicator: string, flags: SeriesFlags): ReturnType<typeof requestOf> {
  const { place, by, basis, breakdown, from, to } = flags;
  const parsed = z
    .object(selectionFields)
    .refine(...IN_ORDER)
    .safeParse({ place, by, basis, breakdown, from, to });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ message: `--${path.join('.')} ${message}` }));
    throw new LedgerError('usage', `${faults.map(({ message }) => message).join('; ')}.`);
  }
  return requestOf(indicator, parsed.data);
}

type Spec = ReturnType<typeof baselineProgressChart>;
const CHART_FORMATS: Readonly<Record<string, (spec: Spec) => Promise<string | Buffer>>> = {
  '.svg': svgOf,
  '.png': async (spec) => {
    const { renderPng } = await import('../render/renderPng.ts');
    return renderPng(await svgOf(spec), PNG_WIDTH);
  },
  '.json': async (spec) => `${JSON.stringify(spec, null, JSON_INDENT)}
`,
};

async function svgOf(spec: Spec): Promise<string> {
  const { renderSvg } = await import('../render/renderSvg.ts');
  return renderSvg(spec);
}

const globals = (): GlobalFlags => program.opts();

/** A command that was made elsewhere ends and complains like the others. */
function inherited(command: Command): Command {
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  return command;
}

async function withTarget<T>(
  use: (target: Target, progress: Progress) => Promise<T>,
  choices: Opening = {},
): Promise<T> {
  const { progress, end } = progressLine(process.stderr);
  const { openTarget } = await import('./target.ts');
  const target = await openTarget(readConfig(process.env, globals()), progress, choices).catch((error: unknown) => {
    end();
    throw error;
  });
  try {
    return await use(target, progress);
  } finally {
    end();
    await target.close();
  }
}

/** Throws `not-found` where a file cannot be read. */
function refuseUnreadable(file: string): void {
  try {
    const opened = openSync(file, 'r');
    // A folder can be opened, and not be read.
    readSync(opened, Buffer.alloc(1));
    closeSync(opened);
  } catch (error) {
    throw new LedgerError('not-found', `${file} cannot be read: ${whyNot(error)}.`);
  }
}

async function writerTo(file: string): Promise<(reports: readonly ImportReport[]) => void> {
  const { reportWriter } = await import('./importReports.ts');
  return reportWriter(file);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new LedgerError('not-found', `${file} cannot be read: ${whyNot(error)}.`);
  }
}

function print(object: object, text: string): void {
  process.stdout.write(globals().json === true ? `${JSON.stringify(object, null, JSON_INDENT)}\n` : `${text}\n`);
}

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    const message = error.message.replace(/^error: /, '');
    fail(
      new LedgerError('usage', message === '(outputHelp)' ? 'A command must be given.' : message, {
        hint: '"outcomes --help" lists the commands.',
      }),
    );
    return;
  }
  const problem = toProblem(error);
  if (problem.code === 'internal')
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.stderr.write(
    globals().json === true ? `${JSON.stringify(problem, null, JSON_INDENT)}\n` : `${showProblem(problem)}\n`,
  );
  process.exitCode = ERROR_CODES[problem.code].exit;
}

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
