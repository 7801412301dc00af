import { EventStoreDBClient } from '@eventstore/db-client';
import { LedgerError } from '../domain/ledgerError.ts';

/** Settings that a connection string may carry, as the client spells them; it ignores case, `_` and `-`. */
const SETTINGS = new Set(
  `tls tlsCAFile userCertFile userKeyFile connectionName defaultDeadline keepAliveInterval keepAliveTimeout
   nodePreference maxDiscoverAttempts discoveryInterval gossipTimeout`
    .split(/\s+/)
    .map(flat),
);

/** Settings that the client knows and that would break a promise here. */
const REFUSED: Readonly<Record<string, string>> = {
  [flat('throwOnAppendFailure')]: 'leave it out: the log must be told of every append that failed',
  [flat('tlsVerifyCert')]: 'it has no effect in this client: give tlsCAFile, or set NODE_EXTRA_CA_CERTS',
};

/**
 * A client for the connection string, not yet connected. Throws LedgerError `usage` when it cannot be understood. The
 * client would print a string with a fault in it, password included, so nothing reaches it that it has to complain of,
 * and what it throws is not passed on.
 */
export function newClient(connectionString: string): EventStoreDBClient {
  const fault = faultIn(connectionString);
  if (fault !== null) throw unusable(fault);
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    const message = (error as Error).message;
    throw unusable(message.startsWith('Unexpected') ? 'it is not written as EventStoreDB wants it' : message);
  }
}

function faultIn(connectionString: string): string | null {
  const query = /\?(.*)$/.exec(connectionString)?.[1] ?? '';
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const name = pair.slice(0, pair.indexOf('='));
    const refused = REFUSED[flat(name)];
    if (refused !== undefined) return `"${name}" cannot be set: ${refused}`;
    if (!SETTINGS.has(flat(name))) return `it has a setting that is not known, "${name}"`;
  }
  return null;
}

function flat(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

const unusable = (why: string): LedgerError =>
  new LedgerError('usage', `The EventStoreDB connection string cannot be used: ${why}.`, {
    hint: 'It looks like esdb://user:password@host:2113?tls=true; marks in the password are written as %40 and the like.',
  });
