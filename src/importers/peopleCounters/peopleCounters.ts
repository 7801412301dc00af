/**
 * Exports of people counters, in two layouts: how many passed in each interval, or a running total since the counter was
 * started, which is differenced. Counts are of whole days of a service point, its doors added up. A day of which anything
 * is missing has no number: a gap is not zero.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import { granularityOf, isoOf } from '../../domain/periods.ts';
import { branchesOf } from '../branches.ts';
import {
  counterDays,
  spanning,
  worse,
  type CounterDay,
  type CounterDays,
  type Quality,
  type RowSpan,
} from './counterDays.ts';
import { intervalStep, totalStep, type Reading } from './counterSteps.ts';
import { gatheredFindings, type GatheredFindings } from '../table/gatheredFindings.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  reportFor,
  type ImportResult,
  type ImportSource,
  type Report,
  type Spot,
  type TableImporter,
} from '../importer.ts';
import { isoMomentOf, ISO_TIME, momentAt, type Moment } from '../lendingSystems/localTime.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { grouped, headingOf, layoutScore, rowsUnder, type Heading, type Layout, type NamedRow } from '../table/rows.ts';
import { countHint, countOf, namesATotal, WHOLE_NUMBER } from '../table/text.ts';
import type { Figure } from '../table/subtotals.ts';
import { withoutTotals } from '../table/wideTotals.ts';

const [TIME, DEVICE, SITE, DIRECTION, SEQ] = ['timestamp', 'device', 'site', 'direction', 'seq'] as const;
const [TOTAL, COUNT, IN, OUT] = ['total', 'count', 'in', 'out'] as const;
const ALSO_CALLED = {
  [TIME]: ['unixtime', 'unix time', 'datetime', 'date time', 'time'],
  [DEVICE]: ['hostname', 'device id', 'device name', 'sensor', 'sensor name', 'counter', 'counter name', 'serial', 'serial number', 'door', 'entrance'],
  [SITE]: ['location', 'library', 'library name', 'branch', 'site name'],
  [SEQ]: ['sequence', 'sequence number'],
}; // prettier-ignore
const COMMON = [DEVICE, SITE, DIRECTION, SEQ];

interface Kind {
  readonly format: string;
  readonly title: string;
  readonly layout: Layout;
  /** Columns of counts: the first that the file has, or both of a pair. */
  readonly counts: readonly string[];
  readonly step: typeof totalStep;
  readonly isTotal: boolean;
}

const TOTALS: Kind = {
  format: 'people-counter-totals',
  title: 'Running totals of people counters',
  layout: {
    required: [TIME, TOTAL],
    optional: [...COMMON, 'count since transmit'],
    alsoCalled: { ...ALSO_CALLED, [TOTAL]: ['count since reset', 'running total', 'cumulative'] },
  },
  counts: [TOTAL],
  step: totalStep,
  isTotal: true,
};
const INTERVALS: Kind = {
  format: 'people-counter-intervals',
  title: 'Interval counts of people counters',
  layout: {
    required: [TIME],
    optional: [...COMMON, IN, OUT, COUNT],
    alsoCalled: {
      ...ALSO_CALLED,
      [COUNT]: ['count since transmit'],
      [IN]: ['entries', 'ins'],
      [OUT]: ['exits', 'outs'],
    },
  },
  counts: [IN, OUT, COUNT],
  step: intervalStep,
  isTotal: false,
};

export const peopleCounterTotals: TableImporter = importerOf(TOTALS);
export const peopleCounterIntervals: TableImporter = importerOf(INTERVALS);

function importerOf(kind: Kind): TableImporter {
  return {
    reads: 'table',
    format: kind.format,
    title: kind.title,
    windowColumn: TIME,
    recognises: ({ header }) => recognised(kind, header),
    read: (source) => read(kind, source),
  };
}

/** A time and a count stand in many files; a counter, its direction or the number of a transmission do not. */
function recognised({ layout, isTotal }: Kind, header: readonly string[]): number {
  const columns = new Set(header.flatMap((label) => columnIn(layout, label) ?? []));
  const hasTotal = header.some((label) => columnIn(TOTALS.layout, label) === TOTAL);
  if (!columns.has(TIME) || hasTotal !== isTotal) return 0;
  const inAndOut = columns.has(IN) && columns.has(OUT);
  if (!isTotal && !inAndOut && !columns.has(COUNT) && !columns.has(IN)) return 0;
  const own = [DEVICE, DIRECTION, SEQ].filter((column) => columns.has(column)).length;
  return own === 0 && !inAndOut ? 0 : layoutScore(header, layout);
}

const columnIn = ({ required, optional, alsoCalled = {} }: Layout, label: string): string | undefined =>
  [...required, ...optional].find((column) =>
    [column, ...(alsoCalled[column] ?? [])].some((name) => keyOf(name) === keyOf(label)),
  );

/** One counter in one direction, or in both. */
interface Stream {
  readonly place: string;
  readonly device: string;
  readonly column: string;
  readonly days: CounterDays;
}

function read(kind: Kind, source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const heading = headingOf(source.table.header, kind.layout, report);
  const authority = authorityOfFile(source, report);
  if (heading === null || authority === null || !hasCounts(kind, heading, report))
    return { events: [], findings: report.findings };
  const gathered = gatheredFindings(() => report);
  const rows = rowsUnder(heading, source.table.rows, report);
  const passing = rows.flatMap((row) => passingIn(kind, heading, row, source, report, gathered));
  const streams = grouped(
    passing,
    ({ place, device, column, way }) => `${place}\n${device}\n${column}\n${way}`,
  ).flatMap((own) => streamOf(kind, heading, own, report, gathered) ?? []);
  tellDirections(heading, source, passing, report);
  gathered.tell(report);
  const events = grouped(streams, ({ place }) => place).flatMap((doors) =>
    eventsOf(doors, `${authority}/${doors[0].place}`, sourceOf(authority, kind.format), source, heading, report),
  );
  return { events, findings: report.findings };
}

function hasCounts({ counts }: Kind, heading: Heading, report: Report): boolean {
  if (counts.some(heading.has)) return true;
  report.refuse(
    [1, COUNT],
    'column-missing',
    'none of them',
    `a column ${counts.join(', ')}`,
    'The whole file was refused.',
  );
  return false;
}

/** What one cell says passed: a reading of a counter in a direction. */
interface Passing {
  readonly place: string;
  readonly device: string;
  readonly column: string;
  readonly way: Way;
  readonly moment: Moment;
  readonly row: number;
  readonly value: number;
  readonly seq: number | null;
  readonly raw: string;
}

type Way = 'in' | 'out' | 'either';
const WAYS: Readonly<Record<string, Way>> = {
  in: 'in', entry: 'in', entries: 'in', enter: 'in', entrance: 'in', inward: 'in', inbound: 'in', ingress: 'in',
  out: 'out', exit: 'out', exits: 'out', leave: 'out', outward: 'out', outbound: 'out', egress: 'out',
  both: 'either', either: 'either', 'two way': 'either', total: 'either',
}; // prettier-ignore

/** Before this no counter sent its readings anywhere: a clock that was never set begins in 1970. */
const CLOCKS_FROM = Date.UTC(2000, 0, 1);

function passingIn(
  kind: Kind,
  heading: Heading,
  row: NamedRow,
  { options }: ImportSource,
  report: Report,
  gathered: GatheredFindings,
): readonly Passing[] {
  const spot = (column: string): Spot => [row.row, row.header(column)];
  const moment = momentIn(row, spot(TIME), report);
  const device = row.text(DEVICE);
  const where = heading.has(SITE) ? SITE : heading.has(DEVICE) ? DEVICE : null;
  const way = wayIn(heading, row, spot(DIRECTION), gathered);
  const place = where === null ? onlyLibrary(options.libraries) : branchesOf(options)(row.text(where));
  const named = where === null ? null : row.text(where);
  if (named !== null && namesATotal(named)) {
    report.refuse(spot(where as string), 'totals-row', named, 'a counter: totals are worked out, not imported');
    return [];
  }
  if ('code' in place) {
    gathered.add({ severity: 'refused', code: place.code, spot: where === null ? [1, null] : spot(where), found: named ?? 'no column that names a counter', expected: place.expected }); // prettier-ignore
    return [];
  }
  const seqText = heading.has(SEQ) ? row.text(SEQ) : null;
  const seq = seqText === null ? null : countOf(seqText);
  if (seqText !== null && seq === null) report.refuse(spot(SEQ), 'not-a-whole-number', seqText, WHOLE_NUMBER);
  const columns = columnsOf(kind, heading);
  const values = columns.map((column) => {
    const value = countOf(row.raw(column));
    if (value === null) report.refuse(spot(column), 'not-a-whole-number', row.text(column), `${WHOLE_NUMBER}${countHint(row.raw(column))}`); // prettier-ignore
    return value;
  });
  if (moment === null || way === null || (seqText !== null && seq === null)) return [];
  return columns.flatMap((column, at) => {
    const value = values[at];
    if (value === undefined || value === null) return [];
    const own: Way = column === IN ? 'in' : column === OUT ? 'out' : way;
    return [{ place: place.slug, device, column, way: own, moment, row: row.row, value, seq, raw: row.raw(column) }];
  });
}

/** In and out where the file has them beside one another, else the one column. */
const columnsOf = ({ counts }: Kind, heading: Heading): readonly string[] => {
  const there = counts.filter(heading.has);
  return there.includes(IN) || there.includes(OUT) ? there.filter((column) => column !== COUNT) : there;
};

function onlyLibrary(libraries: ImportSource['options']['libraries']): ReturnType<ReturnType<typeof branchesOf>> {
  const [only, ...others] = Object.keys(libraries ?? {});
  if (only !== undefined && others.length === 0) return branchesOf({ libraries: libraries ?? {} })(only);
  return {
    code: 'device-unmapped',
    expected:
      'one --library "<anything>=<library>" ("libraries" over HTTP), or a column with the counter or the library',
  };
}

function momentIn(row: NamedRow, spot: Spot, report: Report): Moment | null {
  const text = row.text(TIME);
  const moment = /^\d{1,10}$/.test(text) ? momentAt(Number(text) * 1000) : isoMomentOf(row.raw(TIME));
  if (moment === null) report.refuse(spot, 'not-a-date', text, `seconds since 1970, or ${ISO_TIME}`);
  else if (moment.ms < CLOCKS_FROM) {
    report.refuse(spot, 'clock-unset', text, 'a time after 1999: the clock of the counter was not set');
    return null;
  } else if (moment.comes === 'never') {
    const done = 'Clocks go forward there: read as if they had not.';
    report.flag(spot, 'time-never', text, 'a time that clocks in Europe/London show', done);
  }
  return moment;
}

function wayIn(heading: Heading, row: NamedRow, spot: Spot, gathered: GatheredFindings): Way | null {
  if (!heading.has(DIRECTION)) return 'either';
  const key = keyOf(row.text(DIRECTION));
  const way = Object.hasOwn(WAYS, key) ? WAYS[key] : undefined;
  if (way !== undefined) return way;
  gathered.add({ severity: 'refused', code: 'direction-unknown', spot, found: row.text(DIRECTION), expected: 'in, out or both' }); // prettier-ignore
  return null;
}

/** What counts as a visit: who came in; with the option, whoever passed, by two. */
const counts = (way: Way, countsBothWays: boolean): boolean => way !== 'out' || countsBothWays;

function tellDirections(
  heading: Heading,
  { options }: ImportSource,
  passing: readonly Passing[],
  report: Report,
): void {
  const bothWays = options.countsBothWays === true;
  const outs = passing.filter(({ way }) => way === 'out');
  const either = passing.find(({ way }) => way === 'either');
  const [out] = outs;
  if (out !== undefined && !bothWays) {
    const found = `${outs.length} counts of people who went out`;
    report.note([out.row, heading.label(out.column === OUT ? OUT : DIRECTION)], 'direction-not-counted', found, 'people who came in', 'Not counted: a visit is a person who enters.'); // prettier-ignore
  }
  if (either !== undefined && !bothWays) {
    const done = 'Taken as people who came in; --halve ("countsBothWays" over HTTP) halves what counts both ways.';
    report.flag([1, heading.label(either.column)], 'direction-unstated', 'counts without a direction', 'people who came in', done); // prettier-ignore
  }
}

/** The days of one counter, or null with a finding where it has too few readings. */
function streamOf(
  kind: Kind,
  heading: Heading,
  own: readonly [Passing, ...Passing[]],
  report: Report,
  gathered: GatheredFindings,
): Stream | null {
  const [{ place, device, column, way }] = own;
  const inFile = withoutRepeats(winterHours(own), heading, column, gathered);
  const readings = inFile.toSorted((a, b) => a.ms - b.ms);
  const [first, second, ...rest] = readings;
  if (first === undefined || second === undefined) {
    report.refuse([own[0].row, heading.label(column)], 'part-of-a-day', 'one reading of this counter', 'readings of a whole day at least'); // prettier-ignore
    return null;
  }
  const ordered = inOrder(inFile);
  const initial = kind.isTotal ? 0 : first.value;
  if (!kind.isTotal && readings.every(({ second: at }) => at === 0)) {
    const found = 'counts at 00:00 only, one a day';
    const done =
      'Each is taken for the day of its date; a counter that writes at 00:00 what the day before brought needs the dates put back.';
    gathered.add({ severity: 'flagged', code: 'counted-at-midnight', spot: [first.row, heading.label(TIME)], found, expected: 'times within the day that was counted', done }); // prettier-ignore
  }
  const days = counterDays([first, second, ...rest], ordered, initial, kind.step);
  return { place, device, column: `${column}\n${way}`, days };
}

const inOrder = (readings: readonly Reading[]): boolean => {
  const signs = new Set(readings.slice(1).map(({ ms }, at) => Math.sign(ms - (readings[at] as Reading).ms)));
  return signs.size === 1;
};

const HOUR_MS = 3_600_000;

/** Where clocks go back an hour comes twice: what stands there a second time is an hour later. */
function winterHours(own: readonly Passing[]): readonly Reading[] {
  const seen = new Map<number, Passing>();
  return own.map((passing) => {
    const { moment, row, value, seq, raw } = passing;
    const before = moment.comes === 'twice' ? seen.get(moment.ms) : undefined;
    seen.set(moment.ms, passing);
    const isSecond = before !== undefined && (seq === null ? value !== before.value || value === 0 : seq > (before.seq ?? 0)); // prettier-ignore
    const ms = moment.ms + (isSecond ? HOUR_MS : 0);
    return { row, ms, day: moment.day, second: moment.second, value, seq, raw };
  });
}

/** Readings of different times. One that stands twice counts once; of those that differ at one time none does. */
function withoutRepeats(
  readings: readonly Reading[],
  heading: Heading,
  column: string,
  gathered: GatheredFindings,
): readonly Reading[] {
  return grouped(readings, ({ ms }) => String(ms)).flatMap(([first, ...others]) => {
    const says = ({ value, seq }: Reading): string => `${value} ${seq}`;
    const differs = others.some((other) => says(other) !== says(first));
    for (const { row } of differs ? [first, ...others] : others) {
      const spot: Spot = [row, heading.label(column)];
      if (differs) gathered.add({ severity: 'refused', code: 'row-contradicted', spot, found: 'another reading at the same time', expected: 'one reading of a counter at a time', done: 'None of them was taken.' }); // prettier-ignore
      else gathered.add({ severity: 'refused', code: 'row-repeated', spot, found: 'the same reading as an earlier row', expected: 'each reading once', done: 'Not counted again.' }); // prettier-ignore
    }
    return differs ? [] : [first];
  });
}

type Visits = EventOf<'visits.counted'>;

/** A day, or days that are counted together only, of one service point. */
interface Span {
  readonly first: number;
  last: number;
}

function eventsOf(
  doors: readonly [Stream, ...Stream[]],
  subject: string,
  feed: string,
  source: ImportSource,
  heading: Heading,
  report: Report,
): readonly Visits[] {
  const bothWays = source.options.countsBothWays === true;
  const ofWays = doors.filter(({ column }) => counts(column.split('\n')[1] as Way, bothWays));
  const counted = grouped(ofWays, ({ column }) => column).flatMap((own) => withoutSumOfDoors(own, heading, report));
  if (counted.length === 0) return [];
  tellDays(counted, heading, report);
  const first = Math.min(...counted.map(({ days }) => days.first));
  const last = Math.max(...counted.map(({ days }) => days.last));
  return spansOf(counted, first, last).flatMap((span): readonly Visits[] => {
    const days = [...Array(span.last - span.first + 1).keys()].map((at) => dayOfDoors(counted, span.first + at));
    const there = days.flatMap((day) => day ?? []);
    const [begin] = there;
    if (begin === undefined) return [];
    const quality = there.map((day) => day.quality).reduce(worse);
    const window = `${isoOf(span.first)}/P${span.last - span.first + 1}D`;
    const event = (
      over: string,
      data: Partial<Visits['data']>,
      { witness, column, columns, rows }: DoorsDay,
    ): Visits => {
      const label = heading.label(column);
      return {
        specversion: '1.0',
        id: eventIdOf(source.sha256, witness.row, `${over} ${label}`),
        source: feed,
        type: typeOf('visits.counted'),
        subject,
        data: {
          window: over,
          method: 'automatic-counter',
          ...data,
          provenance: {
            file: source.sha256,
            row: witness.row,
            column: label,
            raw: witness.raw,
            ...(columns.length > 1 ? { columns: columns.map(heading.label) } : {}),
            ...(rows.first < rows.last ? { rows } : {}),
          },
        },
      };
    };
    const isPlaced = granularityOf({ first: span.first, last: span.last }) !== null;
    if (quality === 'unknown' || quality === 'edge' || !isPlaced) {
      if (!isPlaced && (quality === 'exact' || quality === 'least')) {
        const expected = 'readings by which the days of two months can be told apart';
        report.flag([begin.witness.row, heading.label(begin.column)], 'counter-gap', `a count of ${window}`, expected, 'Recorded as not reported.'); // prettier-ignore
      }
      // What only this file leaves open is left for another; the rest of days that hang together is lost.
      return days.flatMap((day, at) =>
        day === null || day.quality === 'edge'
          ? []
          : event(`${isoOf(span.first + at)}/P1D`, { absent: 'not-reported' }, day),
      );
    }
    const sum = there.reduce((total, { count }) => total + count, 0);
    const method = quality === 'least' ? 'estimate' : 'automatic-counter';
    const columns = [...new Set(there.flatMap((day) => day.columns))];
    const rows = there.map((day) => day.rows).reduce(spanning);
    return [event(window, { count: bothWays ? halved(sum) : sum, method }, { ...begin, columns, rows })];
  });
}

/** The doors without one that is the sum of the others, day by day: a counter that somebody has put together of them. */
function withoutSumOfDoors(doors: readonly Stream[], heading: Heading, report: Report): readonly Stream[] {
  const days = [...new Set(doors.flatMap((door) => [...door.days.days.keys()]))].sort((a, b) => a - b);
  const rows = doors.map((door) => ({ door, name: door.device, row: rowOf(door) }));
  const figures = ({ door }: { door: Stream }): Figure[] =>
    days.map((day) => {
      const one = door.days.days.get(day);
      return one === undefined ? 'none' : one.quality === 'exact' || one.quality === 'least' ? one.count : 'unreadable';
    });
  return withoutTotals(rows, figures, heading.label(DEVICE), report, 'a counter').map(({ door }) => door);
}

/** The row of the file in which a counter first stands. */
const rowOf = ({ days }: Stream): number => Math.min(...[...days.days.values()].map(({ rows }) => rows.first));

/** Half of a count, an odd one to the even side: up and down as often. */
function halved(count: number): number {
  const half = Math.floor(count / 2);
  return count % 2 === 0 ? half : half + (half % 2);
}

/** What all doors together counted on a day. */
interface DoorsDay {
  readonly count: number;
  readonly quality: Quality;
  readonly witness: Reading;
  readonly column: string;
  /** All columns and rows that were added up. */
  readonly columns: readonly string[];
  readonly rows: RowSpan;
}

/** Null where no door has anything of the day: it was a pause of all, or is not in the file. */
function dayOfDoors(doors: readonly Stream[], day: number): DoorsDay | null {
  const own = doors.flatMap(({ days, column }) => {
    const one = days.days.get(day);
    return one === undefined ? [] : [{ ...one, column: column.split('\n')[0] as string }];
  });
  if (own.length === 0) return null;
  const earliest = own.reduce((a, b) => (a.witness.row <= b.witness.row ? a : b));
  // A door of which the file has nothing at that time may have been open all the same.
  const isWhole = doors.every(({ days }) => days.first <= day && day <= days.last);
  return {
    count: own.reduce((sum, { count }) => sum + count, 0),
    quality: own.map(({ quality }) => quality).reduce(worse, isWhole ? 'exact' : 'unknown'),
    witness: earliest.witness,
    column: earliest.column,
    columns: [...new Set([earliest.column, ...own.map(({ column }) => column)])],
    rows: own.map(({ rows }) => rows).reduce(spanning),
  };
}

/** The days from the first to the last, those together that some door counts together only. */
function spansOf(doors: readonly Stream[], first: number, last: number): readonly Span[] {
  const joined = new Set<number>();
  for (const { days } of doors)
    for (const [from, to] of days.together) for (let day = from + 1; day <= to; day++) joined.add(day);
  const spans: Span[] = [];
  for (let day = first; day <= last; day++) {
    const before = spans.at(-1);
    if (before !== undefined && joined.has(day)) before.last = day;
    else spans.push({ first: day, last: day });
  }
  return spans;
}

const EXPECTED: Readonly<Record<NonNullable<CounterDay['why']>, string>> = {
  'counter-reset': 'a total that only grows: the counter was started again, or stands so low that it would not show',
  'counter-rollover': 'a total that only grows: after 65,535 it goes on at 0',
  'counter-gap': 'readings without a gap: of what passed meanwhile nobody can tell the day, or how many',
  'clock-fault': 'readings in the order in which they were sent, and no more than a door lets through',
  'part-of-a-day': 'readings of the whole day, from midnight to midnight or as on other days',
};
const DONE: Readonly<Record<Quality, string>> = {
  exact: 'Counted.',
  least: 'Recorded as an estimate: so many at least, or nearly.',
  unknown: 'Recorded as not reported.',
  edge: 'Not recorded: a file that has the whole day will say it.',
};

/** One finding for each day of a door that is not simply so many. */
function tellDays(doors: readonly Stream[], heading: Heading, report: Report): void {
  for (const { device, column, days } of doors) {
    for (const [day, { why, quality, witness }] of days.days) {
      if (why === null) continue;
      const spot: Spot = [witness.row, heading.label(column.split('\n')[0] as string)];
      report.flag(
        spot,
        why,
        `${device === '' ? 'the counter' : device} on ${isoOf(day)}`,
        EXPECTED[why],
        DONE[quality],
      );
    }
  }
}
