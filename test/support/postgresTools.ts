/** The programs that come with PostgreSQL, as an operator uses them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findServer } from './postgresCluster.ts';

const run = promisify(execFile);

/** Of the server's own version where this machine has it, else the one in PATH. */
function programOf(name: string): string {
  const server = findServer();
  const own = 'bin' in server ? join(server.bin, name) : name;
  return existsSync(own) ? own : name;
}

/** A consistent copy of a database that is in use. */
export async function pgDump(url: string, file: string): Promise<void> {
  await run(programOf('pg_dump'), ['--format=custom', `--file=${file}`, url]);
}

/** Drops the database, makes it anew and empty, and brings back what the copy holds. */
export async function pgRestore(url: string, file: string): Promise<void> {
  const server = new URL(url);
  const name = server.pathname.slice(1);
  server.pathname = '/postgres';
  const statements = [`drop database if exists ${name} with (force)`, `create database ${name}`];
  for (const statement of statements) await run(programOf('psql'), ['--quiet', `--command=${statement}`, server.href]);
  await run(programOf('pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${url}`, file]);
}
