#!/usr/bin/env node
/**
 * The command line. Results go to standard output, everything else to standard error. What is heavy to load (databases,
 * HTTP, drawing) is loaded by the command that needs it, so that help and mistakes are answered at once.
 */
import { Command, CommanderError } from 'commander';
import { ERROR_CODES } from '../../contracts/errors.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import type { Edge, GlobalFlags } from './commands/edge.ts';
import { feedsCommand } from './commands/feedsCommand.ts';
import { harvestCommand } from './commands/harvestCommand.ts';
import { importCommand } from './commands/importCommand.ts';
import { keysCommand, pseudonymiseCommand } from './commands/keysCommands.ts';
import { migrateLogCommand, rebuildCommand, verifyCommand } from './commands/logCommands.ts';
import { parkedCommand } from './commands/parkedCommand.ts';
import { reconcileCommand } from './commands/reconcileCommand.ts';
import { replayCommand } from './commands/replayCommand.ts';
import { chartCommand, indicatorsCommand, seriesCommand } from './commands/seriesCommands.ts';
import { demoCommand, serveCommand } from './commands/serveCommands.ts';
import { readConfig } from './config.ts';
import { progressLine } from './progressLine.ts';
import { showProblem } from './show.ts';

const JSON_INDENT = 2;

const program = new Command('outcomes')
  .description('Outcome indicators for public libraries: baseline against progress, from activity events.')
  .option('--data <folder>', 'data directory (else OUTCOMES_DATA, else ./data)')
  .option('--readings <folder>', 'readings that go before those delivered (else OUTCOMES_READINGS)')
  .option('--json', 'print one JSON object instead of text')
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeErr: () => undefined });

const flags = (): GlobalFlags => program.opts();

const edge: Edge = {
  env: process.env,
  flags,
  config: (own = {}) => readConfig(process.env, { ...flags(), ...own }),
  print: (object, text) => {
    process.stdout.write(flags().json === true ? `${JSON.stringify(object, null, JSON_INDENT)}\n` : `${text}\n`);
  },
  now: () => new Date(),
  withTarget: async (use, opening = {}) => {
    const { progress, end } = progressLine(process.stderr);
    const { openTarget } = await import('./target.ts');
    const target = await openTarget(edge.config(), progress, opening).catch((error: unknown) => {
      end();
      throw error;
    });
    try {
      return await use(target, progress);
    } finally {
      end();
      await target.close();
    }
  },
};

/** In the order in which help lists them. */
const COMMANDS = [
  serveCommand,
  demoCommand,
  importCommand,
  keysCommand,
  pseudonymiseCommand,
  harvestCommand,
  replayCommand,
  indicatorsCommand,
  seriesCommand,
  chartCommand,
  rebuildCommand,
  reconcileCommand,
  parkedCommand,
  feedsCommand,
  migrateLogCommand,
  verifyCommand,
];
for (const make of COMMANDS) {
  const command = make(edge);
  // A command that was made elsewhere ends and complains like the program.
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  program.addCommand(command);
}

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
    flags().json === true ? `${JSON.stringify(problem, null, JSON_INDENT)}\n` : `${showProblem(problem)}\n`,
  );
  process.exitCode = ERROR_CODES[problem.code].exit;
}

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
