/**
 * The fault switches of the double. Each has a generator of its own, so that the same seed and the same calls give the
 * same faults whatever the others do, and each counts how often it fired.
 */

export const FAULTS = [
  'ackLost',
  'silentCommitted',
  'silentNotCommitted',
  'resetMidBatch',
  'wrongCorrelationId',
  'notLeader',
  'notReady',
  'subscriptionDrop',
  'subscriptionEnd',
  'subscriptionStall',
  'duplicateDelivery',
  'lateConfirmation',
  'noCaughtUp',
  'checkpointRepeated',
  'checkpointMax',
  'slowReads',
  'liveDrop',
] as const;
export type FaultName = (typeof FAULTS)[number];

export interface FaultSettings {
  /** How likely each opportunity is; 1 if not said. */
  readonly chance?: number;
  /** Opportunities that are let pass first. */
  readonly after?: number;
  /** How often it fires at most. */
  readonly times?: number;
  /** How long: the wait of `lateConfirmation` and of each page of `slowReads`; how long `notReady` lasts from now on. */
  readonly ms?: number;
  /** How many events `duplicateDelivery` sends once more. */
  readonly events?: number;
}

export type FaultsSet = Readonly<Partial<Record<FaultName, FaultSettings>>>;
export type FaultCounts = Readonly<Partial<Record<FaultName, number>>>;

export interface Faults {
  /** The settings of the fault if it fires at this opportunity. */
  fires(name: FaultName): FaultSettings | null;
  isSet(name: FaultName): boolean;
  /** Counts a fault that came about without being set. */
  count(name: FaultName): void;
  /** A number of [0, 1) for behaviour that has chance in it on real servers too. */
  draw(): number;
  set(name: FaultName, settings: FaultSettings): void;
  clear(name?: FaultName): void;
  fired(): FaultCounts;
}

interface Switch {
  readonly settings: FaultSettings;
  readonly until: number;
  readonly draw: () => number;
  opportunities: number;
  fired: number;
}

/** Switches that are all off but for those of `set`. */
export function faultSwitches(seed: number, set: FaultsSet): Faults {
  const on = new Map<FaultName, Switch>();
  const fired = new Map<FaultName, number>();
  const count = (name: FaultName): void => void fired.set(name, (fired.get(name) ?? 0) + 1);
  const faults: Faults = {
    fires(name) {
      const found = on.get(name);
      if (found === undefined || performance.now() > found.until) return null;
      const { chance = 1, after = 0, times = Infinity } = found.settings;
      found.opportunities += 1;
      const drawn = found.draw();
      if (found.opportunities <= after || found.fired >= times || drawn >= chance) return null;
      found.fired += 1;
      count(name);
      return found.settings;
    },
    isSet: (name) => on.has(name),
    count,
    draw: generator(seed),
    set(name, settings) {
      const lasts = name === 'notReady' ? (settings.ms ?? Infinity) : Infinity;
      const draw = generator(seed + 1 + FAULTS.indexOf(name));
      on.set(name, { settings, until: performance.now() + lasts, draw, opportunities: 0, fired: 0 });
    },
    clear(name) {
      if (name === undefined) on.clear();
      else on.delete(name);
    },
    fired: () => Object.fromEntries(fired),
  };
  for (const [name, settings] of Object.entries(set)) faults.set(name as FaultName, settings);
  return faults;
}

/** Numbers of [0, 1), the same for the same seed (mulberry32: a linear generator's first draws follow its seed). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
