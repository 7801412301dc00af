/** `rebuild`, `verify` and `migrate-log`: the log, and whether what is made from it is what it should be. */
import { Command } from 'commander';
import { ERROR_CODES } from '../../../contracts/errors.ts';
import { formatNumber } from '../../domain/formatNumber.ts';
import { progressLine } from '../progressLine.ts';
import { showVerification } from '../show.ts';
import type { Edge } from './edge.ts';

/** `rebuild`. */
export const rebuildCommand = (edge: Edge): Command =>
  new Command('rebuild')
    .description('forget facts, observations and the register of feeds, and make them again from the log')
    .action(async () => {
      const { events } = await edge.withTarget((target, progress) => target.rebuild(progress), { startAgain: true });
      edge.print(
        { events },
        `Facts, observations and the register of feeds made again from ${formatNumber(events, 0)} events.`,
      );
    });

/** `verify`. */
export const verifyCommand = (edge: Edge): Command =>
  new Command('verify').description('rebuild beside what is stored and compare to the byte').action(async () => {
    const result = await edge.withTarget((target, progress) => target.verify(progress));
    edge.print(result, showVerification(result));
    if (result.differences.length > 0) process.exitCode = ERROR_CODES['verification-failed'].exit;
  });

/** `migrate-log`. */
export const migrateLogCommand = (edge: Edge): Command =>
  new Command('migrate-log')
    .description('copy every event into another log, the same order and times; goes on where it stopped')
    .argument('[target]', '"embedded", a postgres:// or an esdb:// address (else OUTCOMES_TARGET_LOG_URL)')
    .action(async (given: string | undefined) => {
      const { progress, end } = progressLine(process.stderr);
      const { moveLog } = await import('../migrateLog.ts');
      const target = given ?? edge.env['OUTCOMES_TARGET_LOG_URL'] ?? '';
      const cancel = new AbortController();
      process.once('SIGINT', () => cancel.abort());
      const moved = await moveLog(edge.config(), target, progress, cancel.signal).finally(end);
      edge.print(
        moved,
        `Both logs hold the same ${formatNumber(moved.events, 0)} events, ${formatNumber(moved.copiedBefore, 0)} of them copied before. Configure the new log, then run "outcomes rebuild".`,
      );
    });
