/**
 * Synthetic activity, the same on every run: five years in time order with up to three days of jitter, 3,000 libraries
 * in 150 made-up authorities of which the first are much the busiest, people from a pool of two million.
 */
import type { ActivityEvent, FactKind } from '../../contracts/activityEvent.ts';
import { dayOf, isoOf } from '../../src/domain/periods.ts';
import type { Fact } from '../../src/domain/fact.ts';

export const LIBRARIES = 3_000;
export const AUTHORITIES = 150;
export const PEOPLE = 2_000_000;
export const FIRST_DAY = dayOf('2020-01-01');
export const DAYS = dayOf('2025-01-01') - FIRST_DAY;
const JITTER_DAYS = 4;

/** Codes of a row are places in these lists; 0 is "not stated". */
export const KINDS = [
  '',
  'loan.issued',
  'loan.renewed',
  'loans.counted',
  'visits.counted',
  'digital-session.ended',
  'challenge.joined',
] as const;
export const FORMATS = [
  '',
  'physical-book',
  'physical-audiobook',
  'e-book',
  'e-audiobook',
  'e-magazine',
  'music',
  'film',
  'game',
] as const;
export const CONTENT_AGES = ['', 'under-12', '12-17', '18-plus', 'unknown'] as const;
const LOAN_CHANNELS = ['staffed-desk', 'self-service', 'mobile-library', 'online'] as const;
const SESSION_CHANNELS = ['public-pc', 'wifi', 'online-resource'] as const;
export const CHANNELS = ['', ...LOAN_CHANNELS, ...SESSION_CHANNELS] as const;
const AGE_BANDS = ['0-3', '4-7', '8-11', '12-17'] as const;

/** One row in the typed form that the peers load. */
export interface Row {
  kind: number;
  day: number;
  library: number;
  format: number;
  contentAge: number;
  channel: number;
  quantity: number;
  /** From 1; 0 is nobody. */
  person: number;
}

export const authorityOf = (library: number): number => library % AUTHORITIES;
export const authorityCode = (authority: number): string => `X${String(authority + 1).padStart(8, '0')}`;
export const placeOf = (library: number): string => `${authorityCode(authorityOf(library))}/library-${library}`;
const PLACES = Array.from({ length: LIBRARIES }, (_, library) => placeOf(library));
const SOURCES = Array.from({ length: AUTHORITIES }, (_, a) => `urn:library:${authorityCode(a)}:lms`);
export const sourceOf = (library: number): string => SOURCES[authorityOf(library)] as string;

/** Share of each kind among the rows, in the order of `KINDS`, summed up. */
const KIND_UP_TO = [0, 0.45, 0.55, 0.6, 0.75, 0.85, 1];

/** Calls `visit` with each row; the object is used again for the next. */
export function forEachRow(count: number, visit: (row: Row, index: number) => void): void {
  const random = mulberry32(20_200_101);
  const row: Row = { kind: 1, day: 0, library: 0, format: 0, contentAge: 0, channel: 0, quantity: 1, person: 0 };
  for (let index = 0; index < count; index++) {
    const jitter = Math.floor(random() * JITTER_DAYS);
    row.day = FIRST_DAY + Math.max(0, Math.floor((index / count) * DAYS) - jitter);
    row.library = Math.floor(random() ** 2 * LIBRARIES);
    const draw = random();
    row.kind = KIND_UP_TO.findIndex((upTo) => draw < upTo);
    fill(row, random);
    visit(row, index);
  }
}

function fill(row: Row, random: () => number): void {
  const among = (length: number): number => 1 + Math.floor(random() * length);
  const isLoan = row.kind <= 3;
  row.format = isLoan ? among(FORMATS.length - 1) : 0;
  row.contentAge = isLoan ? among(CONTENT_AGES.length - 1) : 0;
  row.channel = isLoan
    ? among(LOAN_CHANNELS.length)
    : row.kind === 5
      ? LOAN_CHANNELS.length + among(SESSION_CHANNELS.length)
      : 0;
  row.quantity = row.kind === 3 || row.kind === 4 ? among(200) : 1;
  row.person = row.kind === 6 ? among(PEOPLE) : 0;
}

/** The event that a service would send for a row. */
export function eventOf(row: Row, id: string, source: string = sourceOf(row.library)): ActivityEvent {
  const date = dateOf(row.day);
  const kind = KINDS[row.kind] as Exclude<(typeof KINDS)[number], ''>;
  return {
    specversion: '1.0',
    id,
    source,
    type: `org.outcome-ledger.${kind}.v1`,
    subject: PLACES[row.library] as string,
    ...(row.kind === 3 || row.kind === 4 ? {} : { time: `${date}T12:00:00Z` }),
    data: dataOf(row, date),
  } as ActivityEvent;
}

function dataOf(row: Row, date: string): object {
  const loan = {
    format: FORMATS[row.format],
    contentAge: CONTENT_AGES[row.contentAge],
    channel: CHANNELS[row.channel],
  };
  const counted = { window: `${date}/P1D`, method: row.kind === 3 ? 'system' : 'automatic-counter' };
  switch (row.kind) {
    case 1:
    case 2:
      return loan;
    case 3:
      return { ...loan, ...counted, count: row.quantity, counts: 'issues' };
    case 4:
      return { ...counted, count: row.quantity };
    case 5:
      return { channel: CHANNELS[row.channel], durationSeconds: sessionSeconds(row) };
    default:
      return {
        challenge: 'summer-reading-challenge',
        year: Number(date.slice(0, 4)),
        ageBand: AGE_BANDS[row.person % AGE_BANDS.length],
        participant: pseudonymOf(row.person),
      };
  }
}

const SESSION_SECONDS = 60;
const SESSION_LENGTHS = 90;
const sessionSeconds = (row: Row): number => SESSION_SECONDS * (1 + (row.library % SESSION_LENGTHS));

/** The fact of a row, as `toFact` makes it of the event, but for its identity. */
export function factOf(row: Row, index: number): Fact {
  return {
    identity: BigInt(index + 1),
    kind: KINDS[row.kind] as FactKind,
    source: sourceOf(row.library),
    place: PLACES[row.library] as string,
    day: row.day,
    days: 1,
    grain: 'month',
    second: 0,
    method: row.kind === 3 ? 'system' : row.kind === 4 ? 'automatic-counter' : '',
    state: 'counted',
    quantity: row.quantity,
    seconds: row.kind === 5 ? sessionSeconds(row) : NaN,
    subject: row.kind === 6 ? pseudonymOf(row.person) : '',
    dimensions: dimensionsOf(row),
    amends: null,
    figure: null,
    parked: null,
  };
}

function dimensionsOf(row: Row): Fact['dimensions'] {
  if (row.kind <= 3) {
    const loan = {
      format: FORMATS[row.format] as string,
      contentAge: CONTENT_AGES[row.contentAge] as string,
      channel: CHANNELS[row.channel] as string,
    };
    return row.kind === 3 ? { ...loan, counts: 'issues' } : loan;
  }
  if (row.kind === 5) return { channel: CHANNELS[row.channel] as string };
  if (row.kind !== 6) return {};
  return {
    challenge: 'summer-reading-challenge',
    challengeYear: dateOf(row.day).slice(0, 4),
    ageBand: AGE_BANDS[row.person % AGE_BANDS.length] as string,
  };
}

/** What stands in for an HMAC: 128 well-mixed bits, another for each person. */
function pseudonymOf(person: number): string {
  let text = '';
  for (let word = 0; word < 4; word++) {
    let x = Math.imul(person ^ (word * 0x9e3779b1), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    text += ((x ^ (x >>> 16)) >>> 0).toString(16).padStart(8, '0');
  }
  return text;
}

const dates = new Map<number, string>();
function dateOf(day: number): string {
  let date = dates.get(day);
  if (date === undefined) dates.set(day, (date = isoOf(day)));
  return date;
}

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
