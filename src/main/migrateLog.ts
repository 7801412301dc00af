/** Moves the log of a data directory into another kind of log. */
import { mkdirSync } from 'node:fs';
import { migrateLog, type Migration } from '../app/migrateLog.ts';
import type { EventLog } from '../app/ports.ts';
import type { Progress } from '../app/progress.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { lockDataDirectory } from '../sql/dataDirectoryLock.ts';
import type { Config } from './config.ts';
import { refuseMissing } from './target.ts';
import { openStores, type WhichLog } from './openStores.ts';

/**
 * Copies the configured log into the one at `target`: `embedded`, `postgres://…` or `esdb://…`. No server may run on the
 * data directory. Throws `usage` for a target that is the configured log or of the same kind as EventStoreDB already.
 */
export async function moveLog(
  config: Config,
  target: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Migration> {
  const to = logAt(target);
  if (to.logUrl === config.logUrl && to.eventStoreUrl === config.eventStoreUrl) {
    throw new LedgerError('usage', 'The target is the log that is configured now.', {
      hint: 'Configure the log to be copied, and name the other one as the target.',
    });
  }
  if (to.eventStoreUrl !== null && config.eventStoreUrl !== null) {
    throw new LedgerError('usage', 'A log in EventStoreDB is not copied into another EventStoreDB this way.', {
      hint: "Use the server's own backup and restore: positions stay the same.",
    });
  }
  refuseMissing(config);
  mkdirSync(config.data, { recursive: true });
  const lock = lockDataDirectory(config.data);
  const stores = openStores(config, () => new Date());
  const logs: EventLog[] = [];
  try {
    for (const which of [config, to]) logs.push(await stores.log(which));
    return await migrateLog(logs[0]!, logs[1]!, progress, signal);
  } finally {
    for (const log of logs) await log.close();
    await stores.close();
    lock.release();
  }
}

function logAt(target: string): WhichLog {
  if (target === 'embedded') return { logUrl: null, eventStoreUrl: null };
  if (/^postgres(ql)?:\/\//.test(target)) return { logUrl: target, eventStoreUrl: null };
  if (/^esdb(\+discover)?:\/\//.test(target)) return { logUrl: null, eventStoreUrl: target };
  throw new LedgerError('usage', 'The target must be "embedded", a postgres:// or an esdb:// address.', {
    hint: 'For instance: outcomes migrate-log esdb://127.0.0.1:2113?tls=false',
  });
}
