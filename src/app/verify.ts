/** Rebuild equals live: everything derived is made again from the log, beside what is stored, and compared to the byte. */
import type { EventOf } from '../../contracts/activityEvent.ts';
import type { Observation } from '../domain/observation.ts';
import { keyText } from '../domain/compareVersions.ts';
import { evaluate, evaluations, observations } from '../facts/evaluate.ts';
import type { FactStore } from '../facts/factStore.ts';
import type { Catalogue } from './catalogue.ts';
import { feedDifferences, storedFeeds } from './compareFeeds.ts';
import type { FeedRegister, FeedState } from './feedRegister.ts';
import type { EventLog, ReadModels } from './ports.ts';
import type { Progress } from './progress.ts';
import { feedEvents, foldFeeds } from './projectFeeds.ts';

export interface Difference {
  /** The fact segment, or the indicator version. */
  readonly where: string;
  readonly what: string;
}

export interface UnmatchedAmendment {
  /** Its number in the log. */
  readonly ordinal: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** The event that it names and that is not there. */
  readonly target: { readonly source: string; readonly id: string };
}

export interface Verification {
  readonly position: number;
  readonly facts: number;
  readonly segments: number;
  readonly projections: number;
  readonly observations: number;
  /** In the register of feeds. */
  readonly feeds: number;
  readonly differences: readonly Difference[];
  /** Corrections and retractions of events that the log does not hold: no fault of the store, but perhaps a sender's. */
  readonly unmatched: readonly UnmatchedAmendment[];
}

const PAGE_EVENTS = 20_000;
/** Differences named for each indicator; the rest are counted. */
const NAMED = 10;

/**
 * Verifies what is stored at the knowledge position of now. What is stored is read first and at once, so that events
 * which arrive meanwhile do not count as differences.
 * `factsBeside` gives an empty fact store, which is discarded afterwards.
 */
export async function verify(
  ports: {
    log: EventLog;
    facts: FactStore;
    readModels: ReadModels;
    register: FeedRegister;
    catalogue: Catalogue;
    /** Runs work while nothing moves facts, observations and the register of feeds. */
    inTurn: <T>(work: () => Promise<T>) => Promise<T>;
    ordinal: () => number;
    factsBeside: () => { store: FactStore; discard: () => void };
  },
  progress?: Progress,
): Promise<Verification> {
  const { log, facts, catalogue, readModels } = ports;
  const { position, series, standings, onDisk, rows, unmatched, feeds } = await ports.inTurn(async () => {
    const found: (readonly Observation[])[] = [];
    const standings: (number | null)[] = [];
    for (const { projection } of catalogue.indicators) {
      found.push(await readModels.series({ projection }));
      standings.push(await readModels.standing(projection));
    }
    const rows = facts.rows();
    const unmatched = new Set(facts.unmatched(rows));
    const feeds = await storedFeeds(ports.register);
    const onDisk = facts.digestsOnDisk();
    return { position: ports.ordinal(), series: found, standings, onDisk, rows, unmatched, feeds };
  });

  const { store: fresh, discard } = ports.factsBeside();
  const amendments: UnmatchedAmendment[] = [];
  const rebuiltFeeds = new Map<string, FeedState>();
  try {
    while (fresh.rows() < rows) {
      const page = await log.read(fresh.position(), Math.min(PAGE_EVENTS, rows - fresh.rows()));
      if (page.length === 0) break;
      const first = fresh.rows();
      page.forEach(({ event }, at) => {
        if (unmatched.has(first + at)) amendments.push(unmatchedAmendment(event as Amendment, first + at));
      });
      fresh.append(page);
      foldFeeds(rebuiltFeeds, feedEvents(fresh, page.slice(0, Math.max(0, feeds.ordinal - first)), first));
      progress?.('reading events again', fresh.rows(), rows);
    }
    const differences: Difference[] = compareFiles(onDisk, fresh.digests());
    const states = evaluations(
      catalogue.indicators.map(({ plan }) => plan),
      fresh,
      position,
    );
    for (const done of evaluate(states, fresh, 0, position)) progress?.('evaluating again', done, position);
    let count = 0;
    catalogue.indicators.forEach(({ projection }, at) => {
      const expected = states[at] === undefined ? [] : [...observations(states[at], fresh, position)];
      const found = series[at] ?? [];
      count += found.length;
      const standing = standings[at] ?? 0;
      if (standing !== position)
        differences.push({ where: projection, what: `stands at event ${standing}, not at ${position}` });
      differences.push(...compareObservations(projection, found, expected));
    });
    differences.push(...feedDifferences(feeds, rebuiltFeeds, rows));
    return {
      position,
      facts: rows,
      segments: onDisk.length,
      projections: catalogue.indicators.length,
      observations: count,
      feeds: feeds.states.length,
      differences,
      unmatched: amendments,
    };
  } finally {
    discard();
  }
}

type Amendment = EventOf<'fact.corrected' | 'fact.retracted'>;

const unmatchedAmendment = ({ source, id, type, data }: Amendment, row: number): UnmatchedAmendment => ({
  ordinal: row + 1,
  source,
  id,
  type,
  target: data.target,
});

type Digest = { readonly file: string; readonly sha256: string };

function compareFiles(found: readonly Digest[], expected: readonly Digest[]): Difference[] {
  const rebuilt = new Map(expected.map(({ file, sha256 }) => [file, sha256]));
  const differences = found.flatMap(({ file, sha256 }) => {
    const other = rebuilt.get(file);
    rebuilt.delete(file);
    if (other === sha256) return [];
    const what =
      sha256 === 'missing'
        ? 'is missing'
        : other === undefined
          ? 'is not in a rebuild'
          : `has SHA-256 ${sha256}, a rebuild gives ${other}`;
    return [{ where: `facts/${file}`, what }];
  });
  return [
    ...differences,
    ...[...rebuilt.keys()].map((file) => ({ where: `facts/${file}`, what: 'is only in a rebuild' })),
  ];
}

function compareObservations(
  projection: string,
  found: readonly Observation[],
  expected: readonly Observation[],
): Difference[] {
  const rebuilt = new Map(expected.map((o) => [keyText(o), o]));
  const differences: Difference[] = [];
  for (const observation of found) {
    const key = keyText(observation);
    const other = rebuilt.get(key);
    rebuilt.delete(key);
    if (other === undefined) differences.push({ where: projection, what: `${key}: stored, but not in a rebuild` });
    else if (JSON.stringify(inOrder(observation)) !== JSON.stringify(inOrder(other))) {
      differences.push({
        where: projection,
        what: `${key}: stored ${brief(observation)}, a rebuild gives ${brief(other)}`,
      });
    }
  }
  for (const key of rebuilt.keys()) differences.push({ where: projection, what: `${key}: only in a rebuild` });
  if (differences.length <= NAMED) return differences;
  return [...differences.slice(0, NAMED), { where: projection, what: `and ${differences.length - NAMED} more` }];
}

const inOrder = (o: Observation): unknown => Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1));
const brief = (o: Observation): string =>
  JSON.stringify([o.value, o.state, o.numerator, o.denominator, o.coverage, o.events, o.notes]);
