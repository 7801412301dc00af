/** The environment, read once and checked. Flags of the command line win over it. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { LedgerError } from '../domain/ledgerError.ts';

export interface Config {
  /** Folder of everything that is kept on this machine. */
  readonly data: string;
  /** Folder of readings that go before those delivered; null for none. */
  readonly readings: string | null;
  readonly host: string;
  readonly port: number;
  /** `esdb://…` for the log in EventStoreDB; null for a log in a database. */
  readonly eventStoreUrl: string | null;
  /** `postgres://…`, or null for the embedded database. */
  readonly logUrl: string | null;
  /** The same. With the log in EventStoreDB, what has to be remembered beside it is kept here too. */
  readonly readModelsUrl: string | null;
}

const DEFAULT_PORT = 8017;

const postgres = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')
  .optional();
const eventStore = z
  .string()
  .regex(/^esdb(\+discover)?:\/\//, 'must be an esdb:// or esdb+discover:// address')
  .optional();
const environment = z.object({
  OUTCOMES_DATA: z.string().min(1).default('data'),
  OUTCOMES_READINGS: z.string().min(1).optional(),
  OUTCOMES_HOST: z.string().min(1).default('127.0.0.1'),
  OUTCOMES_PORT: z.coerce.number('must be a port, 0 to 65535').int().min(0).max(65_535).default(DEFAULT_PORT),
  EVENTSTORE_URL: eventStore,
  OUTCOMES_LOG_URL: postgres,
  OUTCOMES_READ_MODELS_URL: postgres,
});

const FLAGS: Readonly<Record<string, string>> = {
  OUTCOMES_DATA: '--data or ',
  OUTCOMES_READINGS: '--readings or ',
  OUTCOMES_HOST: '--host or ',
  OUTCOMES_PORT: '--port or ',
};

/** Throws `usage`, naming every variable that is wrong. */
export function readConfig(
  env: NodeJS.ProcessEnv,
  flags: { data?: string; readings?: string; host?: string; port?: string } = {},
): Config {
  const given = Object.fromEntries(
    Object.entries({
      OUTCOMES_DATA: flags.data,
      OUTCOMES_READINGS: flags.readings,
      OUTCOMES_HOST: flags.host,
      OUTCOMES_PORT: flags.port,
    }).filter(([, v]) => v !== undefined),
  );
  const parsed = environment.safeParse({ ...env, ...given });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: [name], message }) => ({
      message: `${FLAGS[String(name)] ?? ''}${String(name)}: ${message}${foundIn({ ...env, ...given }, String(name))}`,
    }));
    throw new LedgerError('usage', faults.map((f) => f.message).join('; '), {
      hint: 'README.md lists the settings.',
    });
  }
  const { data } = parsed;
  if (data.EVENTSTORE_URL !== undefined && data.OUTCOMES_LOG_URL !== undefined) {
    throw new LedgerError('usage', 'EVENTSTORE_URL and OUTCOMES_LOG_URL both name a log; there is one.', {
      hint: 'With EVENTSTORE_URL, give the database in OUTCOMES_READ_MODELS_URL, or none for the embedded one.',
    });
  }
  return {
    data: resolve(data.OUTCOMES_DATA),
    readings: data.OUTCOMES_READINGS === undefined ? null : resolve(data.OUTCOMES_READINGS),
    host: data.OUTCOMES_HOST,
    port: data.OUTCOMES_PORT,
    eventStoreUrl: data.EVENTSTORE_URL ?? null,
    logUrl: data.OUTCOMES_LOG_URL ?? null,
    readModelsUrl: data.OUTCOMES_READ_MODELS_URL ?? null,
  };
}

/** What was found, as the end of a message; nothing for an address, which may hold a password. */
const foundIn = (given: NodeJS.ProcessEnv, name: string): string =>
  name.endsWith('_URL') ? '' : `, found "${String(given[name])}"`;
