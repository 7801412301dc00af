/** `import`: files into the ledger. */
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { ERROR_CODES, PARTLY_REFUSED_EXIT } from '../../../contracts/errors.ts';
import { AUTHORITY_CODE } from '../../../contracts/vocabulary.ts';
import { dateField, methodField, slugField, windowField } from '../../../contracts/fields.ts';
import type { ImportReport } from '../../app/importReport.ts';
import { RefusedImport } from '../../app/refusedImport.ts';
import { LedgerError } from '../../domain/ledgerError.ts';
import type { Encoding } from '../../files/decodeText.ts';
import { mappingOf } from '../../files/readMapping.ts';
import { namesIn } from '../../files/namesIn.ts';
import { MEASURES, type ImportOptions, type Measure } from '../../importers/importer.ts';
import { pseudonymsBy, type Linking } from '../people.ts';
import { refusals, showImport, showPartlyRefused } from '../show.ts';
import type { Edge } from './edge.ts';
import { readBytes, refuseUnreadable } from './fileArguments.ts';
import { peopleOption } from './keysCommands.ts';
import { authorityCode, checked } from './typed.ts';

/** `import`. */
export const importCommand = (edge: Edge): Command =>
  new Command('import')
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
      const options = importOptions(edge, flags);
      // All are looked for before the first is imported: a name that is mistyped stops everything while nothing is done yet.
      for (const file of files) refuseUnreadable(file);
      const write = flags.report === undefined ? null : await writerTo(flags.report);
      const cancel = new AbortController();
      process.once('SIGINT', () => cancel.abort());
      const reports: ImportReport[] = [];
      const refused: ImportReport[] = [];
      try {
        await edge.withTarget(
          async (target, progress) => {
            const { encoding, format, strict, dryRun, correct } = flags;
            for (const path of files) {
              const request = { path, encoding, format, strict, dryRun, correct, options };
              reports.push(await target.import(request, progress, cancel.signal));
            }
          },
          flags.dryRun === true ? { scratch: true } : { make: true },
        );
      } catch (error) {
        // The problem shows the first of what was found; a report has all of it.
        if (error instanceof RefusedImport) refused.push(error.report);
        throw error;
      } finally {
        if (reports.length > 0) edge.print({ imports: reports }, reports.map(showImport).join('\n'));
        write?.([...reports, ...refused]);
      }
      const left = reports.reduce((sum, report) => sum + refusals(report), 0);
      if (left === 0) return;
      process.exitCode = PARTLY_REFUSED_EXIT;
      process.stderr.write(`${showPartlyRefused(left)}\n`);
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

function importOptions(edge: Edge, flags: ImportFlags): ImportOptions {
  const { authority, zero, measure, citation, method, period, on, survey, mapping, halve, people } = flags;
  const names = pairsOf('--name', flags.name, 'its GSS code').map(
    ([name, code]) => [name, authorityCode(code, `--name ${name}=${code}`)] as const,
  );
  const libraries = pairsOf('--library', flags.library, 'its name as a service point').map(
    ([name, slug]) => [name, checked(slugField, slug, `--library ${name}=${slug}`)] as const,
  );
  if (flags.names !== undefined)
    for (const [called, code] of namesIn(basename(flags.names), readBytes(flags.names)))
      // A register of areas names nations and counties, too. Where one of these stands in the file it is refused there.
      if (!isOtherArea(code)) names.push([called, authorityCode(code, `${flags.names}, ${called}`)]);
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
    ...(people === undefined ? {} : { pseudonymOf: pseudonymsBy(edge.config().data, people) }),
  };
}

/** Whether a code is of an area that is no library authority; what is no code at all is a mistake. */
const isOtherArea = (code: string): boolean => /^[EKNSW]\d{8}$/i.test(code) && !AUTHORITY_CODE.test(code.toUpperCase());

/** What stands before and after the last "=" of each. Throws `usage`, naming the option. */
function pairsOf(option: string, texts: readonly string[] = [], what: string): (readonly [string, string])[] {
  return texts.map((text) => {
    const at = text.lastIndexOf('=');
    if (at <= 0) throw new LedgerError('usage', `${option} ${text}: write the name as in the file, "=", and ${what}.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}

async function writerTo(file: string): Promise<(reports: readonly ImportReport[]) => void> {
  const { reportWriter } = await import('../importReports.ts');
  return reportWriter(file);
}
