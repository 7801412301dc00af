import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, inject, it } from 'vitest';
import { findServer } from './postgresCluster.ts';

const givenUrl = process.env['OUTCOMES_TEST_POSTGRES_URL'];

export type PostgresForTests =
  | { readonly available: true; readonly freshDatabase: () => Promise<string> }
  | { readonly available: false; readonly reason: string };

/**
 * A real PostgreSQL: the one of `OUTCOMES_TEST_POSTGRES_URL`, else a private one from this machine's server binaries.
 * `freshDatabase` makes an empty database and answers its URL.
 */
export function postgresForTests(): PostgresForTests {
  if (givenUrl === undefined) {
    const server = findServer();
    if ('reason' in server) return { available: false, reason: server.reason };
  }
  return { available: true, freshDatabase };
}

/**
 * A `describe` that runs only where there is a PostgreSQL. Where there is none it is skipped with a printed reason, and
 * fails instead when `OUTCOMES_REQUIRE` (a list separated by commas) names `postgres`.
 */
export function describeWithPostgres(name: string, tests: (freshDatabase: () => Promise<string>) => void): void {
  const postgres = postgresForTests();
  if (postgres.available) {
    describe(name, () => {
      afterAll(dropDatabases);
      tests(postgres.freshDatabase);
    });
  } else if ((process.env['OUTCOMES_REQUIRE'] ?? '').split(',').includes('postgres')) {
    it(`${name}: PostgreSQL is required here`, () => {
      throw new Error(`OUTCOMES_REQUIRE names postgres, but: ${postgres.reason}`);
    });
  } else {
    console.warn(`SKIPPED ${name}: ${postgres.reason}`);
    describe.skip(`${name} (skipped: ${postgres.reason})`, () =>
      tests(() => Promise.reject(new Error(postgres.reason))));
  }
}

const made: string[] = [];

async function freshDatabase(): Promise<string> {
  const url = new URL(await serverUrl());
  const name = `outcomes_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  // Those of a private server go with it; dropping one by one would wait for a checkpoint each time.
  if (givenUrl !== undefined) made.push(name);
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabases(): Promise<void> {
  for (const name of made.splice(0)) await administer(`drop database if exists ${name} with (force)`);
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(await serverUrl());
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function serverUrl(): Promise<string> {
  if (givenUrl !== undefined) return givenUrl;
  const answer = await fetch(inject('postgresBroker'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
