/** What the server is made from. Drawing and file reading come from other adapters, so they are handed in. */
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Definition } from '../../contracts/definition.ts';
import type { GivenMapping } from '../../contracts/mapping.ts';
import type { ImportReport } from '../app/importReport.ts';
import type { ImportJobsPorts } from '../app/importJobs.ts';
import type { KeptReceipts } from '../app/keptReceipts.ts';
import type { Ledger } from '../app/ledger.ts';
import type { baselineProgressChart } from '../charts/baselineProgressChart.ts';
import type { SendProblem } from './problems.ts';

/** A Vega-Lite spec, as the charts make it. */
type ChartSpec = ReturnType<typeof baselineProgressChart>;

export interface HttpPorts {
  readonly ledger: Ledger;
  readonly keptReceipts: KeptReceipts;
  readonly renderSvg: (spec: ChartSpec) => Promise<string>;
  readonly renderPng: (svg: string, width: number) => Uint8Array;
  /** Where uploaded files are kept, and what their jobs need. */
  readonly imports: Pick<ImportJobsPorts, 'uploads' | 'now' | 'newId'>;
  /** The findings of an import as a page by itself. */
  readonly findingsPage: (report: ImportReport) => string;
  /** A definition from its YAML text. Throws LedgerError `invalid-definition` with line and column; `shown` names the text. */
  readonly definitionOf: (text: string, shown: string) => Definition;
  /** The same of a mapping of columns. Throws LedgerError `invalid-mapping`. */
  readonly mappingOf: (text: string, shown: string) => GivenMapping;
  /** What owner routes ask for as a bearer token. Empty: owner routes are closed. */
  readonly key: string;
  readonly version: string;
  /** False until what is in the log at the start is in the figures. */
  readonly ready: () => boolean;
  /** How often live projection has failed since the start. */
  readonly projectionFailures: () => number;
  /** Left out, nothing is logged. */
  readonly logger?: FastifyServerOptions['logger'];
}

/** Pages for readers with a browser, which another adapter makes. */
export interface Pages {
  /** Adds their routes. */
  readonly routes: (app: FastifyInstance) => Promise<void>;
  /** Answers with a problem as a page. */
  readonly sendProblemPage: SendProblem;
}
