/**
 * What is to be harvested, from a YAML file that can be shown to anybody; and what providers know the service by, from the
 * environment or a file that it names, never from the command line, which every user of the machine can read.
 */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from '../../contracts/errors.ts';
import { parseYaml } from '../../contracts/parseYaml.ts';
import { AUTHORITY_CODE } from '../../contracts/vocabulary.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { whyNot } from '../files/whyNot.ts';
import { REPORT_IDS } from '../importers/counter/counterVocabulary.ts';
import { monthIndexOf } from '../importers/table/text.ts';
import type { Credentials } from '../outgoing/counterApi.ts';
import type { Harvest } from '../outgoing/harvestTasks.ts';

const baseUrl = z
  .url('must be an address such as https://example.org/counter')
  .refine((text) => !/[?#@]/.test(text), 'must be an address without a query, a fragment, a name or a password')
  .refine((text) => !/\/r51\/?$/.test(text), 'must be the address before /r51');

const platformSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
    .max(40),
  url: baseUrl,
  authority: z.string().regex(AUTHORITY_CODE, 'must be the GSS code of a library authority, such as E08000021'),
  reports: z.array(z.enum(REPORT_IDS)).min(1),
  since: z.string().refine((text) => monthIndexOf(text) !== null, 'must be a month such as 2023-04'),
  apiPlatform: z.string().min(1).max(100).optional(),
});

const DEFAULT_PAUSE_SECONDS = 2;
const harvestSchema = z.strictObject({
  platforms: z
    .array(platformSchema)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must each have a name of its own'),
  pauseSeconds: z.number().min(0.1).max(600).default(DEFAULT_PAUSE_SECONDS),
});

export interface HarvestConfig {
  readonly platforms: readonly (Harvest & { readonly authority: string })[];
  /** Between two requests to one host. */
  readonly pauseSeconds: number;
}

/**
 * The configuration in a file, with the credentials of each platform.
 * @throws LedgerError `not-found` where there is no such file; `usage` naming every fault at its line, and every platform
 *   without credentials
 */
export function readHarvestConfig(path: string, env: NodeJS.ProcessEnv): HarvestConfig {
  const { value, faults } = parseYaml(harvestSchema, textOf(path), path);
  if (faults !== undefined) {
    throw new LedgerError('usage', `${path}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`, {
      hint: 'Correct the lines that are named; docs/harvesting.md explains every field.',
      faults: faults.map(withoutAddress),
    });
  }
  const kept = credentialsFile(env);
  const platforms = value.platforms.map(({ url, since, reports, ...platform }) => ({
    ...platform,
    url: new URL(url),
    since: monthIndexOf(since) ?? 0,
    reports: [...new Set(reports)],
    credentials: credentialsOf(platform.name, env, kept),
  }));
  return { platforms, pauseSeconds: value.pauseSeconds };
}

/** An address that is wrong may be so because it holds a key or a password: what was found there is not repeated. */
const withoutAddress = (fault: Fault): Fault =>
  fault.pointer?.endsWith('/url') === true ? { ...fault, message: fault.message.replace(/, found .*$/s, '') } : fault;

const credentialsSchema = z.record(
  z.string(),
  z.strictObject({
    customerId: z.string().min(1),
    requestorId: z.string().min(1).optional(),
    apiKey: z.string().min(1).optional(),
  }),
);
const FILE_VARIABLE = 'OUTCOMES_COUNTER_CREDENTIALS';
const OTHERS_MAY_READ = 0o077;

function credentialsFile(env: NodeJS.ProcessEnv): Readonly<Record<string, Credentials>> {
  const path = env[FILE_VARIABLE];
  if (path === undefined || path === '') return {};
  const text = textOf(path);
  if (process.platform !== 'win32' && (statSync(path).mode & OTHERS_MAY_READ) !== 0) {
    throw new LedgerError('usage', `${path} holds credentials, and others may read it.`, { hint: `chmod 600 ${path}` });
  }
  const { value, faults } = parseYaml(credentialsSchema, text, path);
  if (faults === undefined) return value;
  // Where, and not what: what stands there may be a key.
  const places = faults.map(({ line }) => `line ${line ?? 1}`).join(', ');
  throw new LedgerError('usage', `${path} is not as docs/harvesting.md has it: ${places}.`, {
    hint: 'Write each value in quotes.',
  });
}

function credentialsOf(name: string, env: NodeJS.ProcessEnv, kept: Readonly<Record<string, Credentials>>): Credentials {
  const prefix = `OUTCOMES_COUNTER_${name.toUpperCase().replaceAll('-', '_')}`;
  const given = (part: string): string | undefined => env[`${prefix}_${part}`] || undefined;
  const inFile = Object.hasOwn(kept, name) ? kept[name] : undefined;
  const customerId = given('CUSTOMER_ID') ?? inFile?.customerId;
  const requestorId = given('REQUESTOR_ID') ?? inFile?.requestorId;
  const apiKey = given('API_KEY') ?? inFile?.apiKey;
  if (customerId !== undefined && (requestorId ?? apiKey) !== undefined) return { customerId, requestorId, apiKey };
  throw new LedgerError('usage', `Nothing says what ${name} knows this service by.`, {
    hint: `Set ${prefix}_CUSTOMER_ID and ${prefix}_REQUESTOR_ID, ${prefix}_API_KEY or both, or name a file of them in ${FILE_VARIABLE}.`,
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LedgerError('not-found', `${path} cannot be read: ${whyNot(error)}.`);
  }
}
