/** What the ledger holds already of the cells of a file, whichever file it came from. */
import { hash } from 'node:crypto';
import {
  FACT_KINDS,
  kindOf,
  typeOf,
  type ActivityEvent,
  type FactBody,
  type FactKind,
} from '../../contracts/activityEvent.ts';
import { DIMENSIONS } from '../../contracts/dimensions.ts';
import { keyOfCategory } from '../domain/itemCategory.ts';
import { keyOf } from '../domain/labels.ts';
import { asRead } from '../domain/readings.ts';
import { STATES, wordsOf, type ColumnName } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import { toFact } from '../facts/toFact.ts';
import { recordedFigures, type FigureDifference } from './recordedFigures.ts';
import { differing, STATEMENTS, statementOf } from './statements.ts';

/**
 * Numbers over windows and on days, and sessions with those who came: of these, as of statements, a newer edition of a file
 * brings the same again, under other ids. Answers to surveys and other single events are different each time, however alike.
 */
const NUMBERS: ReadonlySet<string> = new Set(
  FACT_KINDS.filter(
    (kind) =>
      kind.endsWith('.counted') ||
      kind === 'return.stated' ||
      kind === 'money.stated' ||
      kind === 'reference.population' ||
      kind === 'activity.held',
  ),
);
const COLUMNS: readonly ColumnName[] = ['kind', 'source', 'place', 'day', 'days', 'state', 'quantity', 'seconds', ...DIMENSIONS]; // prettier-ignore

/**
 * By kind, fields that tell one number from another and that columns do not keep: they are read from the log. Two item
 * categories may be read as one format and audience, or as none, and are two counts all the same.
 */
const UNKEPT: Readonly<Partial<Record<FactKind, readonly string[]>>> = {
  'loans.counted': ['localCategory'],
  'stock.counted': ['localCategory'],
  'resource-use.counted': ['accessMethod', 'yop'],
};

/**
 * Whether what an event says is there already, from this file or another: `same`, and once for each time it is there;
 * `other` where something else stands in its place; `new` where nothing does. A published figure is there where its
 * reference is, and `other` where that stands for another figure.
 */
export type Recorded = 'same' | 'other' | 'new';

/** What stands in the place of an event: in words, and the row of the fact that says it: the first, or its last correction. */
export interface Standing {
  readonly says: string;
  /** The same, short and in letters and digits, for the id of what corrects it. */
  readonly mark: string;
  /** Of a statement, what the event says otherwise. */
  readonly found: string | null;
  readonly row: number;
}

export interface Verdict {
  readonly recorded: Recorded;
  /** The one that stands instead; null where there are several, so that nothing tells which is meant. */
  readonly instead: Standing | null;
}

export interface RecordedCells {
  /** By event. What was found to be there is taken: a second event like it is another one. */
  of(events: readonly ActivityEvent[]): Promise<readonly Verdict[]>;
  /** In what a published figure differs from the one that is recorded under its reference. */
  difference(event: ActivityEvent): FigureDifference | null;
  /** Whether anything was recorded of an authority or of a service point of it. */
  knows(authority: string): boolean;
  /** Whether anything was recorded of a feed. */
  knowsFeed(source: string): boolean;
  /**
   * What stood in earlier editions of what was asked, and was not asked: of files with which it shares a cell, the cells
   * within the time that it covers.
   */
  gone(): Promise<readonly EarlierEdition[]>;
}

/** A file that some of what was asked was recorded from. */
export interface EarlierEdition {
  readonly sha256: string;
  /** How many of its numbers and statements were asked, or others in their place. */
  readonly standing: number;
  /** How many were not, and the first of them. */
  readonly missing: number;
  readonly gone: readonly Gone[];
}

/** Something that is recorded and counts. */
export interface Gone {
  readonly source: string;
  readonly id: string;
  readonly subject: string;
  readonly when: string;
  readonly says: string;
  /** Where it stood in its file. */
  readonly row: number;
  readonly column: string;
}

/** The events that these facts were made from, by row; rows ascend. */
export type EventsAt = (rows: readonly number[]) => AsyncIterable<readonly [row: number, event: ActivityEvent]>;

/** What is recorded in one place, and of what: everything but the feed. */
interface Held {
  readonly kind: string;
  /** First and last day. */
  readonly first: number;
  readonly last: number;
  readonly what: string;
  readonly value: string;
}

interface HeldValue {
  readonly value: string;
  /** The fact that was first recorded, and the one that says the value now: the same, or its last correction. */
  readonly row: number;
  readonly last: number;
  /** Whether it counts: what was withdrawn does not. */
  readonly counts: boolean;
}

/** A cell of a feed, and the values in it that were not met. */
interface Cell extends Pick<Held, 'kind' | 'first' | 'last'> {
  readonly source: string;
  readonly values: HeldValue[];
  /** Whether something else was said of it. */
  contradicted: boolean;
}

type Cells = Map<string, Cell>;

/** What was asked: of each feed and kind which days, and the rows that were met. */
interface Covered {
  readonly spans: Map<string, { first: number; last: number }>;
  readonly met: number[];
}

const GONE_LISTED = 1_000;

const CORRECTED = typeOf('fact.corrected');
const NEW: Verdict = { recorded: 'new', instead: null };
const SAME: Verdict = { recorded: 'same', instead: null };

/**
 * Looks the feeds of events up in the first `to` facts, each feed once. What was withdrawn was recorded all the same; of
 * what was corrected, the correction stands in its place, whoever sent it.
 */
export function recordedCells(facts: FactStore, to: number, eventsAt: EventsAt): RecordedCells {
  const held: Cells = new Map();
  const looked = new Set<string>();
  const covered: Covered = { spans: new Map(), met: [] };
  const figures = recordedFigures(facts, to);
  const places = wordsOf(facts.dictionaries, 'place').values;
  const sources = wordsOf(facts.dictionaries, 'source').values;

  async function lookUp(events: readonly ActivityEvent[]): Promise<void> {
    const feeds = new Set(events.filter(isOfCell).map(({ source }) => source));
    const unknown = new Set([...feeds].filter((source) => !looked.has(source)));
    if (unknown.size === 0) return;
    for (const source of unknown) looked.add(source);
    for (const [key, cell] of await heldCells(facts, to, unknown, eventsAt)) held.set(key, cell);
  }

  return {
    async of(events) {
      await lookUp(events);
      const verdicts =
        held.size === 0 ? new Map<ActivityEvent, Verdict>() : verdictsOn(events, held, covered, facts.readings);
      return events.map((event) => {
        const differences = figures(event);
        if (differences === null) return verdicts.get(event) ?? NEW;
        return differences.includes(null) ? SAME : { recorded: 'other', instead: null };
      });
    },
    difference: (event) => figures(event)?.[0] ?? null,
    knowsFeed: (source) => sources.includes(source),
    knows: (authority) => places.some((place) => place === authority || place.startsWith(`${authority}/`)),
    gone: () => goneFrom(held, covered, eventsAt),
  };
}

async function goneFrom(held: Cells, { spans, met }: Covered, eventsAt: EventsAt): Promise<readonly EarlierEdition[]> {
  const left = new Map<number, HeldValue & { readonly kind: string }>();
  for (const { source, kind, first, last, values, contradicted } of held.values()) {
    const span = spans.get(`${source} ${kind}`);
    if (contradicted || span === undefined || first < span.first || last > span.last) continue;
    for (const one of values) if (one.counts) left.set(one.row, { ...one, kind });
  }
  if (left.size === 0) return [];
  const editions = new Map<string, { sha256: string; standing: number; missing: number; gone: Gone[] }>();
  const rows = [...new Set([...left.keys(), ...met])].sort((a, b) => a - b);
  for await (const [row, event] of eventsAt(rows)) {
    const provenance = 'provenance' in event.data ? event.data.provenance : undefined;
    if (provenance === undefined) continue;
    const { file: sha256, row: at, column } = provenance;
    const edition = editions.get(sha256) ?? { sha256, standing: 0, missing: 0, gone: [] };
    editions.set(sha256, edition);
    const one = left.get(row);
    if (one === undefined) edition.standing += 1;
    else {
      edition.missing += 1;
      const { source, id } = event;
      const says = STATEMENTS.has(one.kind) ? differing(one.value, '{}') : saidBy(one.value);
      if (edition.gone.length < GONE_LISTED)
        edition.gone.push({
          source,
          id,
          subject: (event as FactBody).subject,
          when: whenOf(event),
          says,
          row: at,
          column,
        });
    }
  }
  return [...editions.values()].filter(({ standing, missing }) => standing > 0 && missing > 0);
}

/** The window or day that an event is about, as it states it. */
export const whenOf = ({ data }: ActivityEvent): string =>
  'window' in data ? data.window : 'on' in data ? (data.on ?? '') : '';

const isKept = (kind: string): boolean => NUMBERS.has(kind) || STATEMENTS.has(kind);
const isOfCell = ({ type }: ActivityEvent): boolean => isKept(kindOf(type));

function verdictsOn(
  events: readonly ActivityEvent[],
  held: Cells,
  { spans, met }: Covered,
  readings: FactStore['readings'],
): Map<ActivityEvent, Verdict> {
  const verdicts = new Map<ActivityEvent, Verdict>();
  const cells = new Map<string, { event: ActivityEvent; value: string }[]>();
  for (const event of events) {
    if (!isOfCell(event)) continue;
    const { kind, first, last, what, value } = heldIn(event, readings);
    const span = spans.get(`${event.source} ${kind}`);
    if (span === undefined) spans.set(`${event.source} ${kind}`, { first, last });
    else [span.first, span.last] = [Math.min(span.first, first), Math.max(span.last, last)];
    const cell = cellOf(event.source, what);
    const counts = cells.get(cell) ?? [];
    cells.set(cell, counts);
    counts.push({ event, value });
  }
  for (const [key, counts] of cells) {
    const cell = held.get(key);
    const standing = cell?.values ?? [];
    const others = counts.filter(({ event, value }) => {
      const at = standing.findIndex((one) => one.value === value);
      if (at < 0) return true;
      met.push(...standing.splice(at, 1).map(({ row }) => row));
      verdicts.set(event, SAME);
      return false;
    });
    // Several categories may share a cell. Where one that is held was not met, nothing tells which of these is new.
    const [only] = others.length === 1 && standing.length === 1 ? standing : [];
    if (only !== undefined) met.push(only.row);
    if (cell !== undefined && others.length > 0) cell.contradicted = true;
    for (const { event, value } of others) {
      const instead = only === undefined ? null : standingAgainst(event, value, only);
      verdicts.set(event, standing.length === 0 ? NEW : { recorded: 'other', instead });
    }
  }
  return verdicts;
}

const MARK_DIGITS = 12;

function standingAgainst(event: ActivityEvent, value: string, held: HeldValue): Standing {
  const { last: row } = held;
  if (!STATEMENTS.has(kindOf(event.type))) {
    const says = saidBy(held.value);
    return { says, mark: keyOf(says).replace(/[^a-z0-9]+/g, '.'), found: null, row };
  }
  const mark = hash('sha256', held.value).slice(0, MARK_DIGITS);
  return { says: differing(held.value, value), mark, found: differing(value, held.value), row };
}

/** By cell of these feeds, the values that it holds. What the columns do not say is read from the events. */
async function heldCells(
  facts: FactStore,
  to: number,
  sources: ReadonlySet<string>,
  eventsAt: EventsAt,
): Promise<Cells> {
  const codes = new Set([...sources].map((source) => wordsOf(facts.dictionaries, 'source').find(source)));
  const word = (name: ColumnName, code: number | undefined): string => wordsOf(facts.dictionaries, name).values[code ?? 0] ?? ''; // prettier-ignore
  const corrections = facts.corrections(to);
  const gone = facts.superseded(to);
  const isCorrection = new Set(corrections.map(({ row }) => row));
  const corrected = new Set(corrections.map(({ of }) => of));
  /** By row, what is needed again when all are seen. */
  const kept = new Map<number, Held & { readonly source: string }>();
  /** By row that the columns do not say all of, its feed. */
  const unread = new Map<number, string>();
  const held: Cells = new Map();
  const hold = (
    source: string,
    { kind, first, last, what, value }: Held,
    rows: Pick<HeldValue, 'row' | 'last'>,
    counts: boolean,
  ): void => {
    const one = { value, ...rows, counts };
    const cell = held.get(cellOf(source, what));
    if (cell !== undefined) cell.values.push(one);
    else held.set(cellOf(source, what), { source, kind, first, last, values: [one], contradicted: false });
  };
  const take = (source: string, one: Held, row: number): void => {
    if (isCorrection.has(row) || corrected.has(row)) kept.set(row, { source, ...one });
    else hold(source, one, { row, last: row }, !gone.has(row));
  };
  for (const { first, rows, columns } of facts.chunks(() => COLUMNS, 0, to)) {
    for (let row = 0; row < rows; row++) {
      if (!isCorrection.has(first + row) && !codes.has(columns.source?.[row] ?? 0)) continue;
      const kind = word('kind', columns.kind?.[row]);
      if (!isKept(kind)) continue;
      const source = word('source', columns.source?.[row]);
      const state = STATES[columns.state?.[row] ?? 0] ?? '';
      const [quantity, seconds] = [columns.quantity?.[row] ?? 1, columns.seconds?.[row] ?? NaN];
      if (STATEMENTS.has(kind) || kind in UNKEPT || isUnsaid(quantity, seconds)) {
        unread.set(first + row, source);
        continue;
      }
      const [day, days] = [columns.day?.[row] ?? 0, columns.days?.[row] ?? 1];
      const place = word('place', columns.place?.[row]);
      const what = whatOf(kind, place, day, days, (name) => word(name, columns[name]?.[row]));
      const value = valueOf(state, quantity, seconds);
      take(source, { kind, first: day, last: day + days - 1, what, value }, first + row);
    }
  }
  for await (const [row, event] of eventsAt([...unread.keys()]))
    take(unread.get(row) ?? '', heldIn(event, facts.readings), row);
  const standing = new Map(corrections.filter(({ holds }) => holds).map(({ row, of }) => [of, row]));
  for (const of of corrected) {
    const original = kept.get(of);
    if (original === undefined) continue;
    const last = standing.get(of) ?? -1;
    const correction = kept.get(last);
    if (correction !== undefined) hold(original.source, correction, { row: of, last }, true);
    // A count that was moved elsewhere, or withdrawn, is not to come back here.
    if (correction?.what !== original.what) hold(original.source, original, { row: of, last: of }, false);
  }
  return held;
}

/** What an event, or the correction that it makes, says of what. */
function heldIn(event: ActivityEvent, readings: FactStore['readings']): Held {
  const read = asRead(event, readings);
  const body = read.type === CORRECTED ? read.data.replacement : (read as FactBody);
  const { kind, place, day, days, state, quantity, seconds, dimensions } = toFact(read);
  const stated = isUnsaid(quantity, seconds) ? statedIn(body) : quantity;
  const of = statementOf(body) ?? {
    what: whatOf(kind, place, day, days, (name) => dimensions[name] ?? '', unkeptIn(body)),
    value: valueOf(state, stated, seconds),
  };
  return { kind, first: day, last: day + days - 1, ...of };
}

/** Whether a number is none that columns keep: full-time equivalents, and a line of 12.5. */
const isUnsaid = (quantity: number, seconds: number): boolean => Number.isNaN(quantity) && Number.isNaN(seconds);

const statedIn = ({ data }: FactBody): number => {
  const { value, fte } = data as { value?: number; fte?: number };
  return value ?? fte ?? NaN;
};

/** A value as a person reads it: a number, hours, or the reason why there is none. */
function saidBy(value: string): string {
  const [state, quantity, seconds] = value.split(' ');
  if (state !== 'counted') return state ?? '';
  const hours = seconds === 'NaN' ? [] : [`${Number(seconds) / 3600} hours`];
  return [...(quantity === 'NaN' ? [] : [quantity ?? '']), ...hours].join(', ');
}

const cellOf = (source: string, what: string): string => `${source} ${what}`;

const whatOf = (
  kind: string,
  place: string,
  day: number,
  days: number,
  dimension: (name: (typeof DIMENSIONS)[number]) => string,
  unkept: readonly string[] = [],
): string => JSON.stringify([kind, place, day, days, ...DIMENSIONS.map(dimension), ...unkept]);

/** Item categories are the same whatever their capitals, hyphens, apostrophes and plurals, as they are to readings. */
function unkeptIn({ type, data }: FactBody): readonly string[] {
  const fields = data as Readonly<Record<string, string | undefined>>;
  return (UNKEPT[kindOf(type) as FactKind] ?? []).map((name) => {
    const text = fields[name] ?? '';
    return name === 'localCategory' ? keyOfCategory(text) : text;
  });
}

const valueOf = (state: string, quantity: number, seconds: number): string => `${state} ${quantity} ${seconds}`;
