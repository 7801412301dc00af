/** Evaluates a definition over the whole history, stores what it says, and compares it with what is active. */
import type { Definition } from '../../contracts/definition.ts';
import { compareVersions, type Comparison } from '../domain/compareVersions.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { evaluate, evaluations, observations } from '../facts/evaluate.ts';
import type { Evaluation } from '../facts/planState.ts';
import type { FactStore } from '../facts/factStore.ts';
import type { Catalogue } from './catalogue.ts';
import type { ReadModels } from './ports.ts';
import { draftName, isDraftOf } from './projectionName.ts';
import type { Progress } from './progress.ts';

export interface ReplayResult {
  readonly projection: string;
  /** The active version it was compared with, null where the indicator is new. */
  readonly against: string | null;
  /** The knowledge position that both were evaluated at. */
  readonly position: number;
  readonly observations: number;
  readonly comparison: Comparison;
  /** False where the replay is the active version itself and found it as stored: nothing was written. */
  readonly stored: boolean;
}

/** How often, in rows, a replay lets other work run and looks whether it was cancelled. */
const BREATHE_ROWS = 2_000_000;
const MOVES_SHOWN = 20;

/**
 * Replays a definition at the knowledge position of now. A draft's observations are stored under its own name beside
 * the active ones; replaying what is active only compares. Throws `interrupted` when cancelled.
 */
export async function replay(
  {
    facts,
    readModels,
    catalogue,
    ordinal,
    inTurn,
  }: {
    facts: FactStore;
    readModels: ReadModels;
    catalogue: Catalogue;
    ordinal: () => number;
    /** Runs work while nothing moves facts and observations. */
    inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  },
  definition: Definition,
  progress?: Progress,
  signal?: AbortSignal,
): Promise<ReplayResult> {
  const draft = catalogue.planned(definition);
  const active = catalogue.indicators.find(({ plan }) => plan.id === draft.plan.id) ?? null;
  const { position, before } = await inTurn(async () => ({
    position: ordinal(),
    before: active === null ? [] : await readModels.series({ projection: active.projection }),
  }));
  const [evaluation] = evaluations([draft.plan], facts, position) as [Evaluation];
  let breathed = 0;
  for (const done of evaluate([evaluation], facts, 0, position)) {
    progress?.('replaying', done, position);
    if (done - breathed < BREATHE_ROWS) continue;
    breathed = done;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) {
      throw new LedgerError(
        'interrupted',
        `The replay of ${draft.plan.id} was cancelled after ${done} of ${position} events.`,
      );
    }
  }
  const after = [...observations(evaluation, facts, position)];
  const stored = draft.projection !== active?.projection;
  const projection = stored ? draftName(draft.projection) : draft.projection;
  if (stored) {
    progress?.('storing observations', 0, after.length);
    await readModels.replace(projection, after);
    // The drafts before it of the same indicator have had their time.
    for (const name of await readModels.projections())
      if (name !== projection && isDraftOf(name, draft.plan)) await readModels.drop(name);
    progress?.('storing observations', after.length, after.length);
  }
  return {
    projection,
    against: active?.projection ?? null,
    position,
    observations: after.length,
    comparison: compareVersions(before, after, MOVES_SHOWN),
    stored,
  };
}
