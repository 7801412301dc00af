/** `indicators`, `series` and `chart`: what figures there are, along time, and drawn. */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { IN_ORDER, selectionFields } from '../../../contracts/selection.ts';
import { BASES, type Basis, GRANULARITIES, type Granularity } from '../../../contracts/vocabulary.ts';
import { requestOf } from '../../app/selection.ts';
import { baselineProgressChart } from '../../charts/baselineProgressChart.ts';
import { LedgerError } from '../../domain/ledgerError.ts';
import { whyNot } from '../../files/whyNot.ts';
import { seriesCsv } from '../../http/seriesCsv.ts';
import { showIndicators, showSeries } from '../show.ts';
import type { Edge } from './edge.ts';

const PNG_WIDTH = 1600;
const JSON_INDENT = 2;

/** `indicators`. */
export const indicatorsCommand = (edge: Edge): Command =>
  new Command('indicators')
    .description('list the indicators that can be asked for: id, title, unit and baseline')
    .action(async () => {
      const indicators = await edge.withTarget((target) => target.indicators());
      edge.print({ indicators }, showIndicators(indicators));
    });

/** `series`. */
export const seriesCommand = (edge: Edge): Command =>
  new Command('series')
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
      if (flags.csv === true && edge.flags().json === true)
        throw new LedgerError('usage', 'Give --csv or --json, not both.');
      const request = seriesRequest(indicator, flags);
      const series = await edge.withTarget((target) => target.series(request));
      if (flags.csv === true) process.stdout.write(seriesCsv(series));
      else edge.print(series, showSeries(series));
    });

/** `chart`. */
export const chartCommand = (edge: Edge): Command =>
  new Command('chart')
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
      const series = await edge.withTarget((target) => target.series(request));
      const spec = baselineProgressChart(series);
      const drawn = await draw(spec);
      try {
        writeFileSync(file, drawn);
      } catch (error) {
        throw new LedgerError('not-allowed', `${file} cannot be written: ${whyNot(error)}.`);
      }
      edge.print({ file, description: spec.description }, `${file}\n${spec.description ?? ''}`);
    });

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
    const { renderPng } = await import('../../render/renderPng.ts');
    return renderPng(await svgOf(spec), PNG_WIDTH);
  },
  '.json': async (spec) => `${JSON.stringify(spec, null, JSON_INDENT)}
`,
};

async function svgOf(spec: Spec): Promise<string> {
  const { renderSvg } = await import('../../render/renderSvg.ts');
  return renderSvg(spec);
}
