/** What a fold of facts comes to before it is observed: states that can be added to, and merged, in any order. */
import type { Dimension } from '../../contracts/dimensions.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import type { Part, Plan } from '../domain/plan.ts';
import type { PopulationEstimate } from '../domain/population.ts';
import { grid, type Extent, type Grid } from './grid.ts';
import { SHAPES } from './shape.ts';
import { GRID_ROOM, sumTable, type SumTable } from './sumTable.ts';

const NO_EXTENT: Extent = { from: 0, to: -1, places: 0 };

/** Numbers of one place, window and source that are settled later. */
export interface SpecialCell {
  readonly place: number;
  readonly source: number;
  /** First month of the window, its length in months, and index of its grain. */
  readonly month: number;
  readonly span: number;
  readonly grain: number;
  readonly sampled: boolean;
  /** Whether the source says that its numbers are estimates. */
  readonly estimated: boolean;
  /** See `shapeOf`. */
  readonly shape: number;
  /** Days of the first month that are covered, as bits. */
  days: number;
  /** Best method seen, as an index of METHODS. */
  rank: number;
  total: number;
  /** Rows with a number. */
  events: number;
  /** First days of the weeks that were counted, where they are sample weeks: two doors may have counted in one week. */
  readonly weeks: Set<number>;
  readonly absences: Set<Absence>;
  /** For each breakdown, category code → its share of the cell. */
  readonly categories: readonly Map<number, { total: number; events: number; absences: Set<Absence> }>[];
}

/**
 * Of whom the tables hold the numbers, where an indicator may take only one count of a place and month: whoever came
 * first, in whichever shape. Which count is used is settled later.
 */
export interface Owners {
  /** See `ownerCode`; 0 where nobody counted. */
  source: Grid<Float64Array>;
  /** Best method seen, as an index of METHODS. */
  rank: Grid<Uint8Array>;
  /** Days of the month that are covered, as bits. */
  days: Grid<Int32Array>;
}

/** A source and the shape of its counts, as a number that is not 0. */
export const ownerCode = (source: number, shape: number): number => (source + 1) * SHAPES + shape;
/** The source that an owner code stands for, and the shape of its counts. */
export const ownerOf = (code: number): { source: number; shape: number } => ({
  source: Math.floor(code / SHAPES) - 1,
  shape: code % SHAPES,
});

/** People by month: the same person may stand there many times. */
export interface People {
  rows: number;
  place: Int32Array;
  subject: Uint32Array;
  readonly categories: Int32Array[];
}

export interface Status {
  readonly place: number;
  readonly day: number;
  readonly second: number;
  /** The whole status as text: settles two of one second. */
  readonly text: string;
  readonly matches: boolean;
}

export interface PartState {
  /** One for each breakdown, or one without categories for the total. */
  sums: SumTable[];
  readonly owners: Owners | null;
  /** By first month of the window. */
  readonly special: Map<number, Map<string, SpecialCell>>;
  readonly people: Map<number, People>;
  readonly statuses: Status[];
}

/** Who reported what, for the coverage of counts over windows. */
export interface Reporting {
  /** Days of the month that some count covers, as bits. */
  days: Grid<Int32Array>;
  /** Finest grain that covers the month, as index + 1; 0 where nobody reported. */
  grain: Grid<Uint8Array>;
  /** 1 where the place said it was not open or the count does not apply. */
  shut: Grid<Uint8Array>;
}

export interface PlanState {
  /** Numbers that one dense table of sums may hold. */
  readonly room: number;
  readonly numerator: PartState;
  readonly denominator: PartState | null;
  /** Estimates by place code. */
  readonly population: Map<number, PopulationEstimate[]>;
  readonly reporting: Reporting | null;
}

export interface Evaluation {
  readonly plan: Plan;
  readonly state: PlanState;
}

/**
 * An empty state with room for `extent`, and for as many categories of a dimension as `categories` says.
 * @param room numbers that one dense table of sums may hold
 */
export function emptyState(
  plan: Plan,
  extent: Extent = NO_EXTENT,
  categories: (dimension: Dimension) => number = () => 1,
  room: number = GRID_ROOM,
): PlanState {
  const part = (p: Part | null): PartState => ({
    sums:
      p === null || p.fold === 'distinct' || p.fold === 'latest'
        ? []
        : plan.breakdowns.length === 0
          ? [sumTable(extent, 2, room)]
          : plan.breakdowns.map((dimension) => sumTable(extent, 2 * categories(dimension), room)),
    owners: plan.chooseOne
      ? { source: grid(Float64Array, extent, 1), rank: grid(Uint8Array, extent, 1), days: grid(Int32Array, extent, 1) }
      : null,
    special: new Map(),
    people: new Map(),
    statuses: [],
  });
  const { measure } = plan;
  const denominator = measure?.denominator ?? null;
  return {
    room,
    numerator: part(measure?.numerator ?? null),
    denominator: denominator === null || denominator.fold === 'population' ? null : part(denominator),
    population: new Map(),
    reporting: plan.coverage
      ? { days: grid(Int32Array, extent, 1), grain: grid(Uint8Array, extent, 1), shut: grid(Uint8Array, extent, 1) }
      : null,
  };
}
