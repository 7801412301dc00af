/**
 * The facts of one log: immutable segments on disk, listed by a manifest, and a tail in memory for the rows that do not
 * fill a segment yet. It is a cache: deleting it and reading the log again gives the same bytes, whatever the batches
 * were, because segments are cut at fixed numbers of rows and dictionaries grow row by row.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Figure, Parked } from '../domain/fact.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { NO_READING_SET, type Readings, type ReadingSet } from '../domain/readings.ts';
import { blockBuffers, readBlocks, readColumn, readIdentities } from './columnReader.ts';
import {
  COLUMN_NAMES,
  COLUMN_TYPES,
  columnBuilder,
  newDictionaries,
  wordsOf,
  type ColumnBuilder,
  type ColumnName,
  type Dictionaries,
  type FactColumns,
  type NumberArray,
} from './columns.ts';
import {
  filesOf,
  MANIFEST,
  manifestBytes,
  readManifest,
  REBUILD,
  removeStrays,
  sha256,
  writeManifest,
  type SegmentEntry,
} from './manifest.ts';
import { readFact, repeatedFact, type StoredRow } from './readFact.ts';
import { decodeExtras, decodeSubjects, encodeSegment } from './segment.ts';
import { columnFile, nameOf, readListed, writeSegment } from './segmentFile.ts';
import { supersession, type Correction } from './supersession.ts';
import { zoneOf, type Zone } from './zone.ts';

/** Rows of a segment, by level. Sixteen full segments of one level are merged into one of the next. */
export const SEGMENT_ROWS = [4_096, 65_536, 1_048_576] as const;
const FAN_IN = 16;
const TAIL_ROWS = SEGMENT_ROWS[0];

/** Some consecutive rows, with the columns that were asked for: valid until the next ones are taken. */
export interface Chunk extends FactColumns {
  readonly first: number;
  readonly zone: Zone;
}

export interface FactStore {
  readonly dictionaries: Dictionaries;
  /** What lines of returns and item categories are read as. */
  readonly readings: Readings;
  /** Facts held: the ordinal of the last event taken in. */
  rows(): number;
  /** The log's position of the last event taken in, null when empty. */
  position(): string | null;
  /** Where the last event taken in stood, and its identity; null when empty. */
  last(): { readonly position: string; readonly identity: bigint } | null;
  /** The last row number that a whole segment ends before, at or below `row`, and the log's position there. */
  sealedBefore(row: number): { readonly row: number; readonly position: string | null };
  /** Takes in events as they follow in the log. */
  append(events: readonly StoredRow[]): void;
  /** What is known of rows `from` (inclusive) to `to` (exclusive) without reading them. */
  zones(from: number, to: number): readonly Zone[];
  /** The rows themselves in blocks, with the columns that `columns` asks of a zone, as far as they are not default. */
  chunks(columns: (zone: Zone) => readonly ColumnName[], from: number, to: number): Iterable<Chunk>;
  /** Published figures among the first `to` rows that are not superseded. */
  figures(to: number): readonly Figure[];
  /** All published figures among the first `to` rows, superseded or not. */
  figuresEver(to: number): readonly (Figure & { readonly row: number })[];
  /** Events among the first `to` that no fact could be made from, and that nobody has corrected or retracted. */
  parked(to: number): readonly (Parked & { readonly row: number })[];
  /** Rows that do not count among the first `to`: see `supersededRows`. */
  superseded(to: number): ReadonlySet<number>;
  /** Corrections among the first `to` of a fact that is among them. */
  corrections(to: number): readonly Correction[];
  /** Rows of corrections and retractions among the first `to` of a fact that is not among them. */
  unmatched(to: number): readonly number[];
  /** Names and digests of the files, and a digest of the tail: equal for equal logs. */
  digests(): readonly { readonly file: string; readonly sha256: string }[];
  /** The same from the bytes that are on disk now. */
  digestsOnDisk(): readonly { readonly file: string; readonly sha256: string }[];
}

/**
 * Opens the store in a folder, making it if need be. Files that the manifest does not list are left over from a crash
 * and are removed. Throws `facts-damaged` when a listed file is missing, of another length, or not readable, or where
 * the facts were made with other readings.
 */
export function openFactStore(folder: string, { readings, digest }: ReadingSet = NO_READING_SET): FactStore {
  mkdirSync(folder, { recursive: true });
  let segments = readManifest(folder, digest);
  // Also of facts that fill no segment yet: figures are made from them, and go by the same readings.
  if (!existsSync(join(folder, MANIFEST))) writeManifest(folder, segments, digest);
  /** The segments that the manifest on disk lists. */
  let listed = segments;
  removeStrays(folder, segments);

  const dictionaries = newDictionaries();
  const supersessions = supersession(findRows);
  const figures: (Figure & { row: number })[] = [];
  const parked: (Parked & { row: number })[] = [];
  for (const segment of segments) load(segment);
  let tail: ColumnBuilder = columnBuilder(dictionaries, TAIL_ROWS);
  let tailSubjects = dictionaries.subjects.size;
  let lastPosition = segments.at(-1)?.position ?? null;

  let readers = 0;

  const sealed = (): number => {
    const last = segments.at(-1);
    return last === undefined ? 0 : last.first + last.rows;
  };
  const rows = (): number => sealed() + tail.rows;

  function load(segment: SegmentEntry): void {
    const bytes = readListed(folder, segment);
    const extras = decodeExtras(bytes);
    for (const [name, words] of extras.words) for (const word of words) wordsOf(dictionaries, name).code(word);
    if (segment.subjects !== null) dictionaries.subjects.load(decodeSubjects(readListed(folder, segment.subjects)));
    for (const figure of extras.rare.figures) figures.push({ ...figure, row: segment.first + figure.row });
    for (const one of extras.rare.parked) parked.push({ ...one, row: segment.first + one.row });
    if (extras.rare.amendments.length === 0) return;
    const identities = readIdentities(columnFile(folder, segment));
    const kinds = readColumn(columnFile(folder, segment), 'kind');
    const retraction = wordsOf(dictionaries, 'kind').find('retraction');
    for (const { row, target, at } of extras.rare.amendments) {
      const retracts = kinds?.[row] === retraction;
      supersessions.amend({ row: segment.first + row, identity: identities[row] ?? 0n, target, at, retracts });
    }
  }

  /** Moves the full tail to disk. Nothing in memory changes before its files are there: a failure can be tried again. */
  function seal(): void {
    // Made again, it would lack all that was there.
    if (!existsSync(folder))
      throw new LedgerError('facts-damaged', `The folder of facts, ${folder}, is missing.`, { hint: REBUILD });
    const known = dictionaries.subjects.size;
    const sealedTail = writeSegment(folder, dictionaries, {
      first: sealed(),
      columns: tail.columns(),
      identities: tail.identities(),
      rare: tail.rare(),
      position: lastPosition ?? '',
      people: { after: tailSubjects, upTo: known },
    });
    let next = [...segments, sealedTail];
    for (const size of SEGMENT_ROWS.slice(0, -1)) {
      const run = next.slice(-FAN_IN);
      if (run.length < FAN_IN || run.some((segment) => segment.rows !== size)) break;
      next = [...next.slice(0, -FAN_IN), merge(run)];
    }
    segments = next;
    tail = columnBuilder(dictionaries, TAIL_ROWS);
    tailSubjects = known;
  }

  /**
   * Lists on disk what there is, once for all that was sealed since: what a crash leaves unlisted is made again from
   * the log.
   */
  function list(): void {
    if (listed === segments) return;
    writeManifest(folder, segments, digest);
    listed = segments;
    // Whoever is in the middle of reading may still need the segments that were merged.
    if (readers === 0) removeStrays(folder, segments);
  }

  function merge(parts: readonly SegmentEntry[]): SegmentEntry {
    const first = parts[0]?.first ?? 0;
    const count = parts.reduce((sum, part) => sum + part.rows, 0);
    const columns: Partial<Record<ColumnName, NumberArray>> = {};
    for (const name of COLUMN_NAMES) {
      if (parts.every((part) => part.runs[name] === undefined)) continue;
      const type = COLUMN_TYPES[name];
      const whole = new type.make(count).fill(type.fill);
      for (const part of parts) {
        const piece = readColumn(columnFile(folder, part), name);
        if (piece !== undefined) whole.set(piece, part.first - first);
      }
      columns[name] = whole;
    }
    const identities = new BigUint64Array(count);
    for (const part of parts) identities.set(readIdentities(columnFile(folder, part)), part.first - first);
    const inPart = <T extends { row: number }>(list: readonly T[]): T[] =>
      list
        .filter((item) => item.row >= first && item.row < first + count)
        .map((item) => ({ ...item, row: item.row - first }));
    const rare = {
      amendments: inPart(supersessions.amendments).map(({ row, target, at }) => ({ target, at, row })),
      figures: inPart(figures),
      parked: inPart(parked),
    };
    const last = parts.at(-1);
    const withPeople = parts.flatMap((part) => (part.subjects === null ? [] : [part.subjects]));
    const after = withPeople[0]?.after ?? 0;
    const upTo = withPeople.reduce((_, people) => people.after + people.count, after);
    return writeSegment(folder, dictionaries, {
      first,
      columns: { rows: count, columns },
      identities,
      rare,
      position: last?.position ?? '',
      people: { after, upTo },
    });
  }

  const digests = (): { file: string; sha256: string }[] =>
    [
      ...(segments.length === 0 ? [] : [{ file: MANIFEST, sha256: sha256(manifestBytes(segments, digest)) }]),
      ...filesOf(segments),
      ...(tail.rows === 0
      ? []
      : [{
          file: `${nameOf(sealed(), tail.rows)} (tail, in memory)`,
          sha256: sha256(encodeSegment(tail.columns(), tail.identities(), tail.rare(), dictionaries).bytes),
        }]), // prettier-ignore
    ].map(({ file, sha256 }) => ({ file, sha256 }));

  return {
    dictionaries,
    readings,
    sealedBefore(row) {
      const before = segments.filter((segment) => segment.first + segment.rows <= row).at(-1);
      return before === undefined
        ? { row: 0, position: null }
        : { row: before.first + before.rows, position: before.position };
    },
    rows,
    position: () => lastPosition,
    last() {
      const last = segments.at(-1);
      const identities =
        tail.rows > 0 ? tail.identities() : last === undefined ? null : readIdentities(columnFile(folder, last));
      return lastPosition === null ? null : { position: lastPosition, identity: identities?.at(-1) ?? 0n };
    },
    append(events) {
      const facts = withoutRepeats(
        events,
        events.map((row) => readFact(row, readings)),
      );
      for (const [at, fact] of facts.entries()) {
        const { position } = events[at] as StoredRow;
        if (tail.rows === TAIL_ROWS) seal();
        tail.add(fact);
        lastPosition = position;
        const row = rows() - 1;
        if (fact.amends !== null) {
          supersessions.amend({ row, identity: fact.identity, ...fact.amends, retracts: fact.kind === 'retraction' });
        }
        if (fact.figure !== null) figures.push({ ...fact.figure, row });
        if (fact.parked !== null) parked.push({ ...fact.parked, row });
        supersessions.arrive(fact.identity, row);
      }
      if (tail.rows === TAIL_ROWS) seal();
      list();
    },
    zones(from, to) {
      const parts = segments.filter(({ first, rows }) => first < to && first + rows > from);
      const rest = tailBetween(tail.columns(), sealed(), from, to, dictionaries);
      return [...parts, ...(rest === null ? [] : [rest])].map(({ zone }) => zone);
    },
    *chunks(wanted, from, to) {
      // What there is now: the store may grow, seal and merge while somebody reads on.
      const parts = segments;
      const rest = tailBetween(tail.columns(), sealed(), from, to, dictionaries);
      const buffers = blockBuffers();
      readers += 1;
      try {
        for (const segment of parts) {
          const begin = Math.max(0, from - segment.first);
          const end = Math.min(segment.rows, to - segment.first);
          if (begin >= end) continue;
          const { zone } = segment;
          for (const block of readBlocks(columnFile(folder, segment), wanted(zone), begin, end, buffers)) {
            yield { ...block, first: segment.first + block.first, zone };
          }
        }
        if (rest !== null) yield { ...rest, columns: only(rest.columns, wanted(rest.zone)) };
      } finally {
        readers -= 1;
      }
    },
    figures(to) {
      const gone = supersessions.superseded(to);
      return figures.filter(({ row }) => row < to && !gone.has(row));
    },
    figuresEver: (to) => figures.filter(({ row }) => row < to),
    parked(to) {
      if (parked.length === 0) return parked;
      const gone = supersessions.superseded(to);
      return parked.filter(({ row }) => row < to && !gone.has(row));
    },
    superseded: (to) => supersessions.superseded(to),
    corrections: (to) => supersessions.corrections(to),
    unmatched: (to) => supersessions.unmatched(to),
    digests,
    digestsOnDisk: () =>
      digests().map(({ file, sha256: digest }) => ({
        file,
        sha256: existsSync(join(folder, file))
          ? sha256(readFileSync(join(folder, file)))
          : file.includes('(tail')
            ? digest
            : 'missing',
      })),
  };

  /** Who writes past the contracts may write one event twice: the log that we write to sees to that itself. */
  function withoutRepeats(events: readonly StoredRow[], read: readonly Fact[]): readonly Fact[] {
    const foreign = read.filter((_, at) => events[at]?.foreignStream !== undefined);
    if (foreign.length === 0) return read;
    const seen = new Set(findRows(new Set(foreign.map(({ identity }) => identity))).keys());
    return read.map((fact, at) => {
      const stored = events[at] as StoredRow;
      if (stored.foreignStream !== undefined && seen.has(fact.identity)) return repeatedFact(stored);
      seen.add(fact.identity);
      return fact;
    });
  }

  /** Rows of the facts with these identities: one pass over eight bytes a row. */
  function findRows(wanted: ReadonlySet<bigint>): Map<bigint, number> {
    const found = new Map<bigint, number>();
    const look = (identities: BigUint64Array, first: number): void => {
      for (let row = 0; row < identities.length; row++) {
        const identity = identities[row] ?? 0n;
        if (wanted.has(identity)) found.set(identity, first + row);
      }
    };
    for (const segment of segments) look(readIdentities(columnFile(folder, segment)), segment.first);
    look(tail.identities(), sealed());
    return found;
  }
}

/** Just the columns asked for: nobody may come to rely on others, which a segment would not give. */
const only = (columns: Chunk['columns'], names: readonly ColumnName[]): Chunk['columns'] =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name as ColumnName)));

/** The part of the rows in memory, of which the first has the number `first`, that lies between two numbers. */
function tailBetween(
  { rows, columns }: FactColumns,
  first: number,
  from: number,
  to: number,
  dictionaries: Dictionaries,
): Chunk | null {
  const begin = Math.max(from, first);
  const end = Math.min(to, first + rows);
  if (begin >= end) return null;
  const between: Partial<Record<ColumnName, NumberArray>> = {};
  for (const [name, array] of Object.entries(columns) as [ColumnName, NumberArray][]) {
    between[name] = array.subarray(begin - first, end - first);
  }
  const piece = { first: begin, rows: end - begin, columns: between };
  return { ...piece, zone: zoneOf(piece, dictionaries) };
}
