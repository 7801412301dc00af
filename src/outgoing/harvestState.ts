/**
 * What was fetched of a platform: a small file, replaced whole after every step, so that a harvest that was killed goes on
 * where it stopped. It holds no credentials. Reports themselves lie beside it under the SHA-256 of their bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerError } from '../domain/ledgerError.ts';
import { flushFolder, writeWhole } from '../facts/durableFile.ts';
import { REPORT_IDS, type ReportId } from '../importers/counter/counterVocabulary.ts';

const monthStateSchema = z.strictObject({
  /** `fetched`: the report lies in the file of its hash, and was handed on. `saved`: it lies there, and was not. */
  status: z.enum(['saved', 'fetched', 'no-usage', 'not-ready', 'gone']),
  /** When it was asked for. */
  at: z.iso.datetime(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Of a report that is saved: the edition before it. */
  earlier: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** What the header of the report, or the answer instead of one, said. */
  exceptions: z.array(z.strictObject({ code: z.int(), says: z.string() })),
});
export type MonthState = z.infer<typeof monthStateSchema>;

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const stateSchema = z.strictObject({
  version: z.literal(1),
  platform: z.string(),
  /** The server asked not to be asked before. */
  notBefore: z.iso.datetime().optional(),
  reports: z.partialRecord(z.enum(REPORT_IDS), z.record(z.string().regex(MONTH), monthStateSchema)),
});
export type HarvestState = z.infer<typeof stateSchema>;

/** The state of a platform: what its file holds, or nothing yet. Throws `invalid-file` where it cannot be read. */
export function readState(folder: string, platform: string): HarvestState {
  const path = statePath(folder, platform);
  if (!existsSync(path)) return { version: 1, platform, reports: {} };
  const parsed = stateSchema.safeParse(jsonIn(path));
  if (parsed.success && parsed.data.platform === platform) return parsed.data;
  throw new LedgerError('invalid-file', `${path} is not as a harvest writes it.`, {
    hint: 'Move it away: everything is then fetched again, and counts nothing twice.',
  });
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Keeps a state so that after a crash it is either the old or the new one. */
export function writeState(folder: string, state: HarvestState): void {
  mkdirSync(folder, { recursive: true });
  writeWhole(statePath(folder, state.platform), Buffer.from(`${JSON.stringify(state, null, 2)}\n`));
  flushFolder(folder);
}

/** The state with another month in it. */
export const withMonth = (
  state: HarvestState,
  { report, month }: { report: ReportId; month: string },
  is: MonthState,
): HarvestState => ({
  ...state,
  reports: { ...state.reports, [report]: { ...state.reports[report], [month]: is } },
});

/** Keeps the bytes of a report and says under which SHA-256. */
export function saveReport(folder: string, bytes: Uint8Array): string {
  const sha256 = hashOf(bytes);
  const reports = join(folder, 'reports');
  mkdirSync(reports, { recursive: true });
  writeWhole(reportPath(folder, sha256), bytes);
  flushFolder(reports);
  return sha256;
}

/** The bytes of a report, or null where they are not there as they were saved. */
export function savedReport(folder: string, sha256: string): Uint8Array | null {
  const path = reportPath(folder, sha256);
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  return hashOf(bytes) === sha256 ? bytes : null;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const statePath = (folder: string, platform: string): string => join(folder, `${platform}.json`);
/** Where the bytes of a report lie. */
export const reportPath = (folder: string, sha256: string): string => join(folder, 'reports', `${sha256}.json`);
