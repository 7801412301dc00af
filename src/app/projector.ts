/**
 * The projector: log → facts → observations, in bounded batches after the checkpoint. A batch's observations and the
 * checkpoint are committed in one transaction; facts may run ahead of it, never behind, and are made again from the log
 * if they are lost. The states of the active definitions are in memory; after a restart they are folded anew, up to
 * the checkpoint, from the facts.
 */
import { keyText } from '../domain/compareVersions.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { wordsOf } from '../facts/columns.ts';
import { evaluate, evaluations, observations, type Evaluation } from '../facts/evaluate.ts';
import type { FactStore } from '../facts/factStore.ts';
import { observe, observeFigures, type Touched } from '../facts/observe.ts';
import { kindsOf, touchedBy } from '../facts/touched.ts';
import type { Indicator } from './catalogue.ts';
import type { Checkpoint, EventLog, ProjectionChange, ReadModels } from './ports.ts';
import type { Progress } from './progress.ts';

export interface ProjectorPorts {
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly readModels: ReadModels;
}

/** Events taken from the log at a time. */
const BATCH_EVENTS = 20_000;

export interface Projector {
  /** The knowledge position: events taken into the observations. */
  ordinal(): number;
  /** Takes in everything that the log has now. */
  catchUp(progress?: Progress): Promise<void>;
  /** Keeps taking in until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the projector where it stopped: facts are brought up to the checkpoint, and definitions that the read models do
 * not hold yet are evaluated over all facts so far. Throws `unavailable` when the read models are ahead of the log.
 */
export async function openProjector(
  ports: ProjectorPorts,
  indicators: readonly Indicator[],
  progress?: Progress,
): Promise<Projector> {
  const { log, facts, readModels } = ports;
  let checkpoint = await readModels.checkpoint();
  await refuseAhead(log, facts, checkpoint);
  while (facts.rows() < (checkpoint?.ordinal ?? 0)) {
    await takeIn(log, facts);
    progress?.('reading events', facts.rows(), checkpoint?.ordinal ?? 0);
  }
  let states = foldFrom(indicators, facts, checkpoint?.ordinal ?? 0);
  let superseded = facts.superseded(checkpoint?.ordinal ?? 0);
  await addMissing(ports, indicators, states, checkpoint);

  /** Facts that are not in the observations yet become so. */
  async function step(): Promise<void> {
    const from = checkpoint?.ordinal ?? 0;
    const to = facts.rows();
    const position = facts.position();
    if (to === from || position === null) return;
    const now = facts.superseded(to);
    const flipped = symmetricDifference(superseded, now).filter((row) => row < from);
    const flippedKinds = kindsOfRows(facts, flipped);
    const next: Checkpoint = { ordinal: to, position };
    const changes: ProjectionChange[] = [];
    for (let at = 0; at < indicators.length; at++) {
      const indicator = indicators[at] as Indicator;
      const reads =
        indicator.plan.published === null
          ? kindsOf(indicator.plan)
          : new Set([...kindsOf(indicator.plan), 'figure.published']);
      if ([...flippedKinds].some((kind) => reads.has(kind))) {
        states = states.with(at, foldFrom([indicator], facts, to)[0] as Evaluation);
        changes.push(await differences(readModels, indicator, states[at] as Evaluation, facts, to));
      } else {
        changes.push(advance(indicator, states[at] as Evaluation, facts, from, to));
      }
    }
    try {
      await readModels.commit(
        checkpoint,
        next,
        changes.filter((c) => c.upserts.length + c.removals.length > 0),
      );
    } catch (error) {
      // The states hold facts that the observations do not: start again from what is stored.
      checkpoint = await readModels.checkpoint();
      while (facts.rows() < (checkpoint?.ordinal ?? 0)) await takeIn(log, facts);
      states = foldFrom(indicators, facts, checkpoint?.ordinal ?? 0);
      superseded = facts.superseded(checkpoint?.ordinal ?? 0);
      throw error;
    }
    checkpoint = next;
    superseded = now;
  }

  async function catchUp(report?: Progress): Promise<void> {
    const total = await log.size();
    for (;;) {
      while ((checkpoint?.ordinal ?? 0) < facts.rows()) {
        await step();
        report?.('projecting', checkpoint?.ordinal ?? 0, Math.max(total, facts.rows()));
      }
      if (!(await takeIn(log, facts))) return;
    }
  }

  return {
    ordinal: () => checkpoint?.ordinal ?? 0,
    catchUp,
    async run(signal) {
      await catchUp();
      for await (const page of log.subscribe(facts.position(), BATCH_EVENTS, signal)) {
        facts.append(page);
        while ((checkpoint?.ordinal ?? 0) < facts.rows()) await step();
      }
    },
  };
}

/** Appends the next page of the log to the facts; false when there was none. */
async function takeIn(log: EventLog, facts: FactStore): Promise<boolean> {
  const page = await log.read(facts.position(), BATCH_EVENTS);
  facts.append(page);
  return page.length > 0;
}

async function refuseAhead(log: EventLog, facts: FactStore, checkpoint: Checkpoint | null): Promise<void> {
  const size = await log.size();
  const ahead = Math.max(facts.rows(), checkpoint?.ordinal ?? 0);
  if (ahead > size) {
    throw new LedgerError('unavailable', `The read models have taken in ${ahead} events, but the log holds ${size}.`, {
      hint: 'The log was restored from an older copy, or another log was given. Give the right log, or run "outcomes rebuild".',
    });
  }
}

function foldFrom(indicators: readonly Indicator[], facts: FactStore, to: number): Evaluation[] {
  const states = evaluations(
    indicators.map(({ plan }) => plan),
    facts,
    to,
  );
  for (const _rows of evaluate(states, facts, 0, to));
  return states;
}

async function addMissing(
  { facts, readModels }: ProjectorPorts,
  indicators: readonly Indicator[],
  states: readonly Evaluation[],
  checkpoint: Checkpoint | null,
): Promise<void> {
  const known = new Set(await readModels.projections());
  for (const [at, indicator] of indicators.entries()) {
    if (known.has(indicator.projection)) continue;
    await readModels.replace(
      indicator.projection,
      observations(states[at] as Evaluation, facts, checkpoint?.ordinal ?? 0),
    );
  }
}

const BATCH_COLUMNS = ['kind', 'place', 'day', 'days', 'grain', 'method'] as const;

/** Folds a batch into the state and gives the observations that it touched. */
function advance(
  { plan, projection }: Indicator,
  evaluation: Evaluation,
  facts: FactStore,
  from: number,
  to: number,
): ProjectionChange {
  const touched: Touched | 'nothing' | 'everything' = touchedBy(
    plan,
    evaluation.state,
    facts.chunks(BATCH_COLUMNS, from, to),
    facts.dictionaries,
  );
  const figures =
    plan.published !== null && hasKind(facts, from, to, 'figure.published')
      ? observeFigures(plan, facts.figures(to))
      : [];
  if (touched === 'nothing') return { projection, upserts: figures, removals: [] };
  for (const _rows of evaluate([evaluation], facts, from, to));
  const removals: ObservationKey[] = [];
  const range = touched === 'everything' ? undefined : touched;
  const upserts = observe(plan, evaluation.state, facts.dictionaries, range, removals);
  return { projection, upserts: [...upserts, ...figures], removals };
}

function hasKind(facts: FactStore, from: number, to: number, kind: string): boolean {
  const code = wordsOf(facts.dictionaries, 'kind').find(kind);
  for (const { zone } of facts.chunks([], from, to)) if (code !== undefined && zone.kinds.includes(code)) return true;
  return false;
}

/** What must change in the read models for them to say what the state says. */
async function differences(
  readModels: ReadModels,
  { projection }: Indicator,
  evaluation: Evaluation,
  facts: FactStore,
  to: number,
): Promise<ProjectionChange> {
  const stored = new Map((await readModels.series({ projection })).map((o) => [keyText(o), o]));
  const upserts: Observation[] = [];
  for (const observation of observations(evaluation, facts, to)) {
    const key = keyText(observation);
    if (JSON.stringify(stored.get(key)) !== JSON.stringify(observation)) upserts.push(observation);
    stored.delete(key);
  }
  return { projection, upserts, removals: [...stored.values()] };
}

const symmetricDifference = (a: ReadonlySet<number>, b: ReadonlySet<number>): number[] => [
  ...[...a].filter((row) => !b.has(row)),
  ...[...b].filter((row) => !a.has(row)),
];

function kindsOfRows(facts: FactStore, rows: readonly number[]): Set<string> {
  const kinds = new Set<string>();
  if (rows.length === 0) return kinds;
  const wanted = rows.toSorted((a, b) => a - b);
  const words = wordsOf(facts.dictionaries, 'kind').values;
  let next = 0;
  for (const { first, rows: length, columns } of facts.chunks(['kind'], wanted[0] ?? 0, (wanted.at(-1) ?? 0) + 1)) {
    while (next < wanted.length && (wanted[next] as number) < first + length) {
      kinds.add(words[columns.kind?.[(wanted[next] as number) - first] ?? 0] ?? '');
      next += 1;
    }
  }
  return kinds;
}
