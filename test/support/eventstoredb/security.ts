/** A secured double: its certificates, what it asks of its clients, and how they reach it. */
import { readFileSync } from 'node:fs';

/** How a secured server knows its clients. */
export interface Security {
  /** Who may call, as `user:password`; left out, nobody need sign in. */
  readonly user?: string;
  /** Whether a client must show a certificate of the same authority. */
  readonly userCertificate?: boolean;
}

/** Path of a file among the certificates of the tests. */
export const certificatePath = (name: string): string => new URL(`certificates/${name}`, import.meta.url).pathname;

export const certificate = (name: string): string => readFileSync(certificatePath(name), 'utf8');

/** The connection string of a double at a port, without the user's certificate. */
export function urlOf(port: number, security: Security | undefined): string {
  if (security === undefined) return `esdb://127.0.0.1:${port}?tls=false`;
  const user = security.user === undefined ? '' : `${security.user}@`;
  return `esdb://${user}localhost:${port}?tls=true&tlsCAFile=${certificatePath('ca.crt')}`;
}
