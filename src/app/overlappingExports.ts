/**
 * Exports of library systems whose time overlaps. Their rows have no key: rows alike are loans of their own within one
 * file, and the same loans in two files of one feed. So each row that is recorded is met once: of three rows alike, of
 * which two are recorded, one is new.
 *
 * Two files of one time may also be parts of it, one for each collection, in which some rows are alike by chance. Of
 * these few are, of an overlap nearly all: a file counts as an overlap where at least half of the rows in its time are,
 * or half of its own in the time of this one, as where it was broken off and only a part of it is recorded.
 */
import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { typeOf, type ActivityEvent, type EventOf } from '../../contracts/activityEvent.ts';
import { isoOf, londonMomentOf } from '../domain/periods.ts';
import { hasIdOfItsOwn } from '../importers/identity.ts';
import type { RecordedLoans } from './recordedLoans.ts';

type Loan = EventOf<'loan.issued'> | EventOf<'loan.renewed'>;

/** What is known of an event of a file: `person` where it is recorded, and names a borrower that is not recorded so. */
export type Known = 'new' | 'recorded' | 'person';

/** What a file and one that was recorded before have of the same time and places. */
export interface SharedTime {
  /** Empty for events that were sent and came from no file. */
  readonly sha256: string;
  /** Rows of this file within the time of the other, and how many of these are alike. */
  readonly rows: number;
  readonly alike: number;
  /** First and last day of those. */
  readonly from: string;
  readonly until: string;
  /** Whether rows alike are taken as the same loans. */
  readonly overlaps: boolean;
}

export interface Overlaps {
  /** Of the next events of the file, in order. */
  next(events: readonly ActivityEvent[]): Promise<readonly Known[]>;
  shared(): readonly SharedTime[];
}

/**
 * Compares a file with what is recorded of its feed, as soon as it comes to a day of which anything is: the file is then
 * read once more, and of the log those days, twice. A row takes about 200 bytes in memory, and only where its day is recorded.
 * @param events all events of the file, in the order in which they come; the same each time
 */
export function overlapsOf(events: () => Iterable<ActivityEvent>, loans: RecordedLoans): Overlaps {
  let found: Comparison | null = null;
  let at = 0;
  return {
    async next(some) {
      if (found === null && (await anyOnRecordedDay(some, loans))) found = await compare(events(), loans);
      const known = some.map((_, index) => found?.known[at + index] ?? 'new');
      at += some.length;
      return known;
    },
    shared: () => found?.shared ?? [],
  };
}

/** So many rows are compared at a stretch: a server answers others in between. */
const BREATHE_ROWS = 1_000;

interface Comparison {
  /** By number of the event in its file; what is beyond the last is new. */
  readonly known: readonly Known[];
  readonly shared: readonly SharedTime[];
}

const isLoan = (event: ActivityEvent): event is Loan =>
  event.type === typeOf('loan.issued') || event.type === typeOf('loan.renewed');
/** A loan has a time by its contract. */
const timeOf = ({ time }: Loan): number => Date.parse(time ?? '');
const dayOfLoan = (event: Loan): number => londonMomentOf(timeOf(event)).day;

async function anyOnRecordedDay(events: readonly ActivityEvent[], loans: RecordedLoans): Promise<boolean> {
  for (const event of events)
    if (isLoan(event) && (await loans.daysOf(event.source)).has(dayOfLoan(event))) return true;
  return false;
}

/** Rows of a file whose day is recorded, in columns; all but `first` have one value for each of them. */
interface Rows {
  /** Number of the event in the file. */
  readonly number: number[];
  readonly day: number[];
  readonly time: number[];
  readonly place: string[];
  readonly check: number[];
  readonly person: number[];
  readonly ownId: number[];
  readonly key: number[];
  /** By the id of its event, as a number. */
  readonly byId: Map<number, number>;
  /** The next row of the same key that was not met, -1 for none. */
  readonly next: number[];
  /** Number of the file that it was met in, -1 for none. */
  readonly metIn: number[];
  readonly otherPerson: boolean[];
  /** The first row of each key that was not met. */
  readonly first: Map<number, number>;
}

/** From when until when, by place. */
type Spans = Map<string, { from: number; until: number }>;

/** A file of the feed: the time that it covers of each place, of the days that were looked at. */
interface EarlierFile {
  readonly sha256: string;
  readonly span: Spans;
  /** How many of its loans lie in the time of the file that is looked at. */
  within: number;
}

/** Two rows of one key are alike but for one chance in millions of millions of millions. A person or id of 0 is none. */
interface Likeness {
  readonly key: number;
  readonly check: number;
  readonly person: number;
  readonly ownId: number;
}

/**
 * What a loan says, but for its borrower, whose pseudonym changes with the key: which item category, when and where. The
 * category stands for the format, which a later edition of the importer may read otherwise.
 */
function likenessOf(event: Loan): Likeness {
  const { source, type, subject, data } = event;
  const { localCategory, format, channel = '', person = '' } = data;
  const says = JSON.stringify([source, type, subject, timeOf(event), localCategory ?? `format ${format}`, channel]);
  const digest = hash('sha256', says);
  return {
    key: parseInt(digest.slice(0, 13), 16),
    check: parseInt(digest.slice(13, 26), 16),
    person: person === '' ? 0 : parseInt(person.slice(0, 13), 16) + 1,
    ownId: hasIdOfItsOwn(event) ? numberOf(event.id) + 1 : 0,
  };
}

async function compare(events: Iterable<ActivityEvent>, loans: RecordedLoans): Promise<Comparison> {
  const { rows, daysIn, own } = await rowsOf(events, loans);
  const files: EarlierFile[] = [];
  async function* recorded(isOwn: boolean): AsyncGenerator<Loan> {
    let at = 0;
    for (const [source, days] of daysIn) {
      for await (const event of loans.eventsOn(source, days)) {
        if (at++ % BREATHE_ROWS === 0) await setImmediate();
        if (isLoan(event) && (own !== '' && fileOf(event) === own) === isOwn) yield event;
      }
    }
  }
  // Rows of this file that are recorded, where it was broken off, are themselves, and no rows that are alike by chance.
  for await (const event of recorded(true)) meetItself(event, fileWith(event, files), rows);
  chainTheUnmet(rows);
  const span: Spans = new Map();
  for (const [at, place] of rows.place.entries()) widen(span, place, rows.time[at] ?? 0);
  const unmet: Unmet[] = [];
  for await (const event of recorded(false)) {
    const [likeness, file] = [likenessOf(event), fileWith(event, files)];
    if (isIn(span, event.subject, timeOf(event))) (files[file] as EarlierFile).within += 1;
    if (meet(likeness, file, rows, false)) unmet.push({ likeness, file });
  }
  // A borrower who is recorded is met first: what is left is of other keys, or of nobody.
  for (const { likeness, file } of unmet) meet(likeness, file, rows, true);
  return concluded(rows, files, own);
}

async function rowsOf(
  events: Iterable<ActivityEvent>,
  loans: RecordedLoans,
): Promise<{ rows: Rows; daysIn: ReadonlyMap<string, ReadonlySet<number>>; own: string }> {
  const rows: Rows = { number: [], day: [], time: [], place: [], check: [], person: [], ownId: [], key: [], byId: new Map(), next: [], metIn: [], otherPerson: [], first: new Map() }; // prettier-ignore
  const daysIn = new Map<string, Set<number>>();
  let [own, number] = ['', -1];
  for (const event of events) {
    number += 1;
    if (number % BREATHE_ROWS === 0) await setImmediate();
    if (!isLoan(event)) continue;
    own = fileOf(event);
    const day = dayOfLoan(event);
    if (!(await loans.daysOf(event.source)).has(day)) continue;
    const days = daysIn.get(event.source) ?? new Set();
    daysIn.set(event.source, days.add(day));
    const { key, check, person, ownId } = likenessOf(event);
    const at = rows.number.push(number) - 1;
    rows.day.push(day);
    rows.time.push(timeOf(event));
    rows.place.push(event.subject);
    rows.check.push(check);
    rows.person.push(person);
    rows.ownId.push(ownId);
    rows.next.push(-1);
    rows.metIn.push(-1);
    rows.otherPerson.push(false);
    rows.key.push(key);
    rows.byId.set(numberOf(event.id), at);
  }
  return { rows, daysIn, own };
}

/** Links the rows of each key that were not met, so that the first of several is met first. */
function chainTheUnmet({ key, metIn, next, first }: Rows): void {
  const last = new Map<number, number>();
  for (const [at, own] of key.entries()) {
    if (metIn[at] !== -1) continue;
    const before = last.get(own);
    if (before === undefined) first.set(own, at);
    else next[before] = at;
    last.set(own, at);
  }
}

function meetItself({ id }: Loan, file: number, rows: Rows): void {
  const at = rows.byId.get(numberOf(id));
  if (at !== undefined) rows.metIn[at] = file;
}

const numberOf = (text: string): number => parseInt(hash('sha256', text).slice(0, 13), 16);

/** Of very many rows alike the first are as good as any. */
const LOOKED_AT = 64;

/** A recorded loan that is alike to a row of another borrower. */
interface Unmet {
  readonly likeness: Likeness;
  readonly file: number;
}

/** Number of the file that a recorded loan came from, of which it widens the time. */
function fileWith(event: Loan, files: EarlierFile[]): number {
  const [sha256, time] = [fileOf(event), timeOf(event)];
  let file = files.findIndex((one) => one.sha256 === sha256);
  if (file < 0) file = files.push({ sha256, span: new Map(), within: 0 }) - 1;
  widen((files[file] as EarlierFile).span, event.subject, time);
  return file;
}

function widen(spans: Spans, place: string, time: number): void {
  const of = spans.get(place);
  if (of === undefined) spans.set(place, { from: time, until: time });
  else [of.from, of.until] = [Math.min(of.from, time), Math.max(of.until, time)];
}

function isIn(spans: Spans, place: string, time: number): boolean {
  const of = spans.get(place);
  return of !== undefined && time >= of.from && time <= of.until;
}

/**
 * Takes the row that a recorded loan is alike to, of the same borrower.
 * @param anybody of another borrower, too
 * @returns whether there is a row that only another borrower keeps from being taken
 */
function meet({ key, check, person, ownId }: Likeness, file: number, rows: Rows, anybody: boolean): boolean {
  let [before, at, isAlike] = [-1, rows.first.get(key) ?? -1, false];
  for (let looked = 0; at >= 0 && looked < LOOKED_AT; looked += 1) {
    const itsId = rows.ownId[at] ?? 0;
    const after = rows.next[at] ?? -1;
    if (rows.check[at] === check && (ownId === 0 || itsId === 0 || ownId === itsId)) {
      isAlike = true;
      if (anybody || rows.person[at] === person) {
        if (before >= 0) rows.next[before] = after;
        else if (after >= 0) rows.first.set(key, after);
        else rows.first.delete(key);
        rows.metIn[at] = file;
        rows.otherPerson[at] = rows.person[at] !== 0 && rows.person[at] !== person;
        return false;
      }
    }
    [before, at] = [at, after];
  }
  return isAlike;
}

const fileOf = ({ data }: Loan): string => data.provenance?.file ?? '';

function concluded(rows: Rows, files: readonly EarlierFile[], own: string): Comparison {
  const tallies = files.map(() => ({ rows: 0, alike: 0, first: Infinity, last: -Infinity }));
  const isWithin = (at: number, { span }: EarlierFile): boolean => isIn(span, rows.place[at] ?? '', rows.time[at] ?? 0);
  for (const [at, metIn] of rows.metIn.entries()) {
    for (const [index, file] of files.entries()) {
      const tally = tallies[index];
      if (tally === undefined || (metIn >= 0 ? metIn !== index : !isWithin(at, file))) continue;
      tally.rows += 1;
      tally.alike += metIn >= 0 ? 1 : 0;
      [tally.first, tally.last] = [Math.min(tally.first, rows.day[at] ?? 0), Math.max(tally.last, rows.day[at] ?? 0)];
    }
  }
  const shared = files.map(({ sha256, within }, index) => {
    const { rows: count, alike, first, last } = tallies[index] as (typeof tallies)[number];
    const overlaps = sha256 === own || alike * 2 >= Math.min(count, within);
    return { sha256, rows: count, alike, overlaps, from: first, until: last };
  });
  const known: Known[] = [];
  for (const [at, metIn] of rows.metIn.entries()) {
    const number = rows.number[at] ?? 0;
    while (known.length < number) known.push('new');
    const isRecorded = metIn >= 0 && shared[metIn]?.overlaps === true;
    known.push(!isRecorded ? 'new' : rows.otherPerson[at] === true ? 'person' : 'recorded');
  }
  return {
    known,
    shared: shared
      .filter(({ sha256, rows: count }) => sha256 !== own && count > 0)
      .map((one) => ({ ...one, from: isoOf(one.from), until: isoOf(one.until) })),
  };
}
