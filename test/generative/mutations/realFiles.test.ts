/**
 * Real files, altered as officers and spreadsheets alter files: no figure is taken that the file as its publisher wrote it
 * does not hold, unless somebody is told to look at it; and where figures are lost, that is told.
 */
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { importParts } from '../../../src/app/importParts.ts';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { openBytes } from '../../../src/files/openFile.ts';
import { rowOf } from '../../../src/importers/identity.ts';
import type { Finding, ImportOptions } from '../../../src/importers/importer.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { seeded } from '../../support/seeded.ts';
import { wholeProof } from '../../support/share.ts';
import { casesOf } from './cases.ts';
import { MUTATIONS, type Cells, type Mutation } from './mutations.ts';

/** Every mutation of every file in the whole proof; in each run of the tests every twelfth, others for each file. */
const EVERY = wholeProof ? 1 : 12;
const SEED = 20_261_127;

interface Taken {
  readonly events: readonly ActivityEvent[];
  readonly findings: readonly Finding[];
  /** Why the file was refused as a whole; null where it was not. */
  readonly refused: string | null;
}

async function take(fileName: string, bytes: Uint8Array, options: ImportOptions): Promise<Taken> {
  try {
    const file = { ...(await openBytes(fileName, bytes)), options };
    const { parts, findings } = importParts(file, undefined);
    const pieces = parts.flatMap(({ pieces: read }) => [...read()]);
    return {
      events: pieces.flatMap(({ events }) => events),
      findings: [...findings, ...pieces.flatMap((piece) => piece.findings)],
      refused: null,
    };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { events: [], findings: [], refused: error.message };
  }
}

/** What an event says, whichever row and file it came from. */
function saying({ type, data, ...event }: ActivityEvent): string {
  // How a question was put stands in the header, and is kept as it stands there.
  const { provenance: _, form: __, wording: ___, ...says } = data as Record<string, unknown>;
  const { subject, time } = event as { subject?: string; time?: string };
  const form = type.includes('return') ? (data as { form?: string }).form : undefined;
  return JSON.stringify([type, subject, time, form, says]);
}
function placeAndTime({ type, data, ...event }: ActivityEvent): string {
  const { window, on } = data as { window?: string; on?: string };
  return JSON.stringify([type, (event as { subject?: string }).subject, window, on]);
}
/** What places are, questions and plans: a figure only where they hold a number. */
const REGISTERS = /place\.|service-point\.status|survey\.asked|action\.reported|mobile-stop\./;
const isNumber = ({ type, data }: ActivityEvent): boolean =>
  !('absent' in data && data.absent !== undefined) &&
  (!REGISTERS.test(type) || Object.values(data).some((value) => typeof value === 'number'));

function counted(events: readonly ActivityEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(saying(event), (counts.get(saying(event)) ?? 0) + 1);
  return counts;
}

/** Figures that were taken without a word and that the file of its publisher does not hold, or not as often. */
function silentlyWrong(whole: Taken, altered: Taken, { repeats }: Mutation, rowsRepeat: boolean): string[] {
  const known = counted(whole.events);
  const left = new Map(known);
  const toldOf = new Set(altered.findings.filter(({ severity }) => severity !== 'noted').map(({ row }) => row));
  return altered.events.flatMap((event) => {
    const says = saying(event);
    const times = left.get(says) ?? 0;
    if (times > 0) {
      left.set(says, times - 1);
      return [];
    }
    if (!isNumber(event) || toldOf.has(rowOf(event))) return [];
    if (repeats === true && rowsRepeat && known.has(says)) return [];
    return [`row ${rowOf(event)}: ${says}`];
  });
}

/** Figures that are missing while nothing at all is said that was not said of the file of its publisher. */
function silentlyLost(whole: Taken, altered: Taken): string[] {
  if (altered.refused !== null) return [];
  const words = (findings: readonly Finding[]): Set<string> => new Set(findings.map(({ severity, code, row, cell, found }) => `${severity} ${code} ${row} ${cell ?? ''} ${found}`)); // prettier-ignore
  const said = words(whole.findings);
  if ([...words(altered.findings)].some((word) => !said.has(word))) return [];
  const there = counted(altered.events);
  // A reason in the place of a number is a word.
  const reasons = new Set(altered.events.filter((event) => !isNumber(event)).map(placeAndTime));
  return whole.events.flatMap((event) => {
    const left = there.get(saying(event)) ?? 0;
    there.set(saying(event), left - 1);
    return left > 0 || reasons.has(placeAndTime(event)) ? [] : [saying(event)];
  });
}

describeWithRealData('altered files', (readReal) => {
  const all = (process.env['OUTCOMES_REAL_DATA'] === undefined ? [] : casesOf(readReal)).flatMap((one, at) => MUTATIONS.filter(({ name, another }, m) => (m + at) % EVERY === 0 && one.unseen?.includes(name) !== true && !(another === true && one.decimals === true)).map((mutation) => ({ ...one, mutation, at }))); // prettier-ignore
  console.log(`share: ${all.length} altered files, one in ${EVERY}`);
  const wholes = new Map<string, Promise<Taken>>();

  it.each(all)('$file with $mutation.name', async ({ file, options, separator, rowsRepeat = false, encoding, mutation, at }) => {
    const fileName = file.split('/').at(-1) ?? file;
    const written = new TextDecoder(encoding ?? 'utf-8').decode(readReal(file)).replace(/^\ufeff/, '');
    const cells: Cells = parse(written, { relax_column_count: true, skip_empty_lines: false, delimiter: separator ?? ',' });
    const plain = new TextEncoder().encode(written);
    const whole = await (wholes.get(file) ?? wholes.set(file, take(fileName, plain, options)).get(file)!);
    expect(whole.refused).toBeNull();
    expect(whole.events.length).toBeGreaterThan(0);
    const made = mutation.make(cells, seeded(SEED + at));
    if (made === null) return;
    const altered = await take(fileName, made, options);
    expect(silentlyWrong(whole, altered, mutation, rowsRepeat).slice(0, 5)).toEqual([]);
    expect(silentlyLost(whole, altered).slice(0, 5)).toEqual([]);
  }); // prettier-ignore
});
