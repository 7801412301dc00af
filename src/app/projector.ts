/**
 * The projector: log → facts → observations, batch by batch after the checkpoint. A batch's observations and the
 * checkpoint are committed in one transaction; facts may run ahead of it, never behind, and are made again from the log
 * if they are lost. The states of the active definitions are in memory; after a restart, or a step that failed, they
 * are folded anew from the facts, up to the checkpoint.
 */
import { keyText } from '../domain/compareVersions.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';
import { wordsOf } from '../facts/columns.ts';
import { evaluate, evaluations, observations } from '../facts/evaluate.ts';
import type { Evaluation } from '../facts/planState.ts';
import type { FactStore } from '../facts/factStore.ts';
import { readFact, repeatedFact } from '../facts/readFact.ts';
import { observe, observeFigures, type Touched } from '../facts/observe.ts';
import { kindsOf, touching, TOUCHING_COLUMNS } from '../facts/touched.ts';
import type { Indicator } from './catalogue.ts';
import { fingerprintOf } from './fingerprint.ts';
import { holdsMark } from './logMark.ts';
import type { Checkpoint, EventLog, ProjectionChange, ReadModels, StoredEvent } from './ports.ts';
import { pagesAfter } from './pagesAfter.ts';
import type { Progress } from './progress.ts';
import { isDraft } from './projectionName.ts';

interface ProjectorPorts {
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly readModels: ReadModels;
}

/** Events taken from the log at a time. */
export const BATCH_EVENTS = 20_000;
/**
 * Events projected at a time while a long log is caught up with: whoever is far behind would otherwise write the same
 * years of observations again for every page.
 */
const CATCH_UP_EVENTS = 200_000;

/** Told of each page that was taken in, when the facts hold it. */
type Beside = (page: readonly StoredEvent[]) => Promise<void>;

/** Its calls must follow one another: whoever has a projector sees to that. */
export interface Projector {
  /** The knowledge position: events taken into the observations. */
  ordinal(): number;
  /** Takes in everything that the log has now, or as much as it can before it is told to stop. */
  catchUp(progress?: Progress, signal?: AbortSignal, beside?: Beside): Promise<void>;
  /** Takes in a page of the log; what is in already is passed over. */
  take(page: readonly StoredEvent[], beside?: Beside): Promise<void>;
}

/** What the observations stand at, and the states that they were made from. */
interface Standing {
  readonly checkpoint: Checkpoint | null;
  readonly superseded: ReadonlySet<number>;
  states: readonly Evaluation[];
}

/**
 * Opens the projector where it stopped: facts are brought up to the checkpoint, definitions that the read models do
 * not hold yet, or that stand behind because another projector moved the checkpoint that does not know them, are
 * evaluated over all facts so far, and others that stand behind are forgotten, because nobody keeps them up to date.
 * Throws `unavailable` when facts or read models are not those of this log: they are ahead of it, or were made
 * from other events than now stand in it.
 */
export async function openProjector(
  ports: ProjectorPorts,
  indicators: readonly Indicator[],
  progress?: Progress,
): Promise<Projector> {
  const { log, facts, readModels } = ports;
  await refuseOthers(log, facts, await readModels.checkpoint());
  /** Null while it is not known: a step has begun and not ended. */
  let standing: Standing | null = await stand();
  /** What the observations stood at last, whatever is under way. */
  let ordinal = standing.checkpoint?.ordinal ?? 0;
  await forgetAbandoned(readModels, indicators, ordinal);

  async function stand(): Promise<Standing> {
    const checkpoint = await readModels.checkpoint();
    const to = checkpoint?.ordinal ?? 0;
    if (facts.rows() < to) {
      for await (const page of pagesAfter(log, facts.position(), BATCH_EVENTS)) {
        facts.append(page);
        progress?.('reading events', facts.rows(), to);
        if (facts.rows() >= to) break;
      }
    }
    if (facts.rows() < to) throw behind(facts.rows(), to);
    const states = foldFrom(indicators, facts, to);
    await bringLevel(readModels, indicators, states, facts, to);
    return { checkpoint, superseded: facts.superseded(to), states };
  }

  /** Facts that are not in the observations yet become so. False when there are none. */
  async function step(): Promise<boolean> {
    const now = standing ?? (standing = await stand());
    const from = now.checkpoint?.ordinal ?? 0;
    // Another projector may have moved the checkpoint: what the observations stand at is what was found there.
    ordinal = from;
    const to = facts.rows();
    const position = facts.position();
    if (to === from || position === null) return false;
    const last = await log.at(position);
    if (last === null) throw notThere(to);
    const checkpoint = { ordinal: to, position, fingerprint: fingerprintOf(last) };
    // From here on the states hold more than the observations do. Whatever fails, the next step stands up anew.
    standing = null;
    const next: Standing = {
      checkpoint,
      superseded: facts.superseded(to),
      states: now.states,
    };
    const flipped = symmetricDifference(now.superseded, next.superseded).filter((row) => row < from);
    const changes = await changesOf(ports, indicators, next, kindsOfRows(facts, flipped), from, to);
    await readModels.commit(now.checkpoint, checkpoint, changes);
    standing = next;
    ordinal = to;
    return true;
  }

  return {
    ordinal: () => ordinal,
    async catchUp(report, signal, beside) {
      const total = await log.size();
      const settle = async (): Promise<void> => {
        while (await step()) report?.('projecting', facts.rows(), Math.max(total, facts.rows()));
      };
      await settle();
      for await (const page of pagesAfter(log, facts.position(), BATCH_EVENTS)) {
        facts.append(page);
        await beside?.(page);
        const isLast = facts.rows() >= total;
        if (isLast || facts.rows() - ordinal >= CATCH_UP_EVENTS) await settle();
        else report?.('projecting', facts.rows(), Math.max(total, facts.rows()));
        if (signal?.aborted === true) return;
      }
      await settle();
    },
    async take(page, beside) {
      const position = facts.position();
      const added = position === null ? page : page.filter((event) => event.position > position);
      facts.append(added);
      await step();
      await beside?.(added);
    },
  };
}

const WHAT_TO_DO =
  'If the log should hold more, give the right one, or restore a newer copy of it. If it is right as it is, run "outcomes rebuild", and have what was recorded since the copy sent again.';

const behind = (rows: number, ordinal: number): LedgerError =>
  new LedgerError(
    'unavailable',
    `Facts or read models have taken in ${ordinal} events, but the log holds ${rows}: it was restored from an older copy, or is another one.`,
    { hint: WHAT_TO_DO },
  );

const notThere = (ordinal: number): LedgerError =>
  new LedgerError(
    'unavailable',
    `Event ${ordinal} of the log is not the one that facts or read models were made from: the log was restored from an older copy and has grown since, or is another one.`,
    { hint: WHAT_TO_DO },
  );

/** Whoever goes on from a log that was restored would mix figures of events that are lost with those that came since. */
async function refuseOthers(log: EventLog, facts: FactStore, checkpoint: Checkpoint | null): Promise<void> {
  const size = await log.size();
  const ahead = Math.max(facts.rows(), checkpoint?.ordinal ?? 0);
  if (ahead > size) throw behind(size, ahead);
  if (checkpoint !== null && !(await holdsMark(log, checkpoint))) throw notThere(checkpoint.ordinal);
  const taken = facts.last();
  if (taken !== null) {
    const last = await log.at(taken.position);
    // A repeat of another event goes by its position.
    if (last === null || ![readFact(last), repeatedFact(last)].some(({ identity }) => identity === taken.identity))
      throw notThere(facts.rows());
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

/** Stores anew the projections that are not known, or do not stand at `to`, where the states stand. */
async function bringLevel(
  readModels: ReadModels,
  indicators: readonly Indicator[],
  states: readonly Evaluation[],
  facts: FactStore,
  to: number,
): Promise<void> {
  for (const [at, { projection }] of indicators.entries()) {
    const standing = await readModels.standing(projection);
    if (standing === to) continue;
    // Another projector has moved checkpoint and projection on meanwhile: that stays, and the commit here is refused.
    if ((standing ?? 0) > to && ((await readModels.checkpoint())?.ordinal ?? 0) >= (standing ?? 0)) continue;
    await readModels.replace(projection, observations(states[at] as Evaluation, facts, to), to);
  }
}

/** Who stands at the checkpoint without being active here may be kept up by another projector: it stays. */
async function forgetAbandoned(
  readModels: ReadModels,
  indicators: readonly Indicator[],
  checkpoint: number,
): Promise<void> {
  const active = new Set(indicators.map(({ projection }) => projection));
  for (const name of await readModels.projections()) {
    if (active.has(name) || isDraft(name)) continue;
    if (((await readModels.standing(name)) ?? 0) < checkpoint) await readModels.drop(name);
  }
}

/**
 * Brings the states from row `from` to row `to`, and gives what that changes. A definition that reads a kind of which
 * an earlier fact was amended is evaluated anew; the others fold the new facts, all in one pass.
 */
async function changesOf(
  { facts, readModels }: ProjectorPorts,
  indicators: readonly Indicator[],
  next: Standing,
  amendedKinds: ReadonlySet<string>,
  from: number,
  to: number,
): Promise<ProjectionChange[]> {
  const anew = indicators.map(({ plan }) => [...kindsOf(plan)].some((kind) => amendedKinds.has(kind)));
  const seen = indicators.map(({ plan }, at) =>
    anew[at] === true ? null : touching(plan, (next.states[at] as Evaluation).state, facts.dictionaries),
  );
  for (const chunk of facts.chunks(() => TOUCHING_COLUMNS, from, to)) for (const one of seen) one?.see(chunk);
  const touched = seen.map((one) => one?.touched() ?? 'nothing');
  const advancing = next.states.filter((_, at) => touched[at] !== 'nothing');
  if (advancing.length > 0) for (const _rows of evaluate(advancing, facts, from, to));
  const refolded = foldFrom(
    indicators.filter((_, at) => anew[at] === true),
    facts,
    anew.includes(true) ? to : 0,
  );
  next.states = next.states.map((state, at) => (anew[at] === true ? (refolded.shift() as Evaluation) : state));

  const newFigures = hasKind(facts, from, to, 'figure.published');
  const changes: ProjectionChange[] = [];
  for (const [at, indicator] of indicators.entries()) {
    const evaluation = next.states[at] as Evaluation;
    changes.push(
      anew[at] === true
        ? await differences(readModels, indicator, evaluation, facts, to)
        : observed(indicator, evaluation, facts, to, touched[at] as Touched | 'nothing' | 'everything', newFigures),
    );
  }
  return changes;
}

/** The observations that new facts touched. */
function observed(
  { plan, projection }: Indicator,
  { state }: Evaluation,
  facts: FactStore,
  to: number,
  touched: Touched | 'nothing' | 'everything',
  newFigures: boolean,
): ProjectionChange {
  const figures = plan.published !== null && newFigures ? observeFigures(plan, facts.figures(to)) : [];
  if (touched === 'nothing') return { projection, upserts: figures, removals: [] };
  const removals: ObservationKey[] = [];
  const range = touched === 'everything' ? undefined : touched;
  const upserts = [...observe(plan, state, facts.dictionaries, range, removals)];
  return { projection, upserts: [...upserts, ...figures], removals };
}

function hasKind(facts: FactStore, from: number, to: number, kind: string): boolean {
  const code = wordsOf(facts.dictionaries, 'kind').find(kind);
  return code !== undefined && facts.zones(from, to).some(({ kinds }) => kinds.includes(code));
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

const symmetricDifference = (a: ReadonlySet<number>, b: ReadonlySet<number>): number[] =>
  a === b ? [] : [...[...a].filter((row) => !b.has(row)), ...[...b].filter((row) => !a.has(row))];

function kindsOfRows(facts: FactStore, rows: readonly number[]): Set<string> {
  const kinds = new Set<string>();
  if (rows.length === 0) return kinds;
  const wanted = rows.toSorted((a, b) => a - b);
  const words = wordsOf(facts.dictionaries, 'kind').values;
  let next = 0;
  for (const { first, rows: length, columns } of facts.chunks(
    () => ['kind'],
    wanted[0] ?? 0,
    (wanted.at(-1) ?? 0) + 1,
  )) {
    while (next < wanted.length && (wanted[next] as number) < first + length) {
      kinds.add(words[columns.kind?.[(wanted[next] as number) - first] ?? 0] ?? '');
      next += 1;
    }
  }
  return kinds;
}
