/**
 * What people counters say between two readings. A running total can start again (a reset), or go on at 0 after 65,535 (a
 * rollover); readings get lost, and clocks are wrong. A step of which that cannot be told beyond doubt has no count.
 */

/** One reading of one counter in one direction. */
export interface Reading {
  readonly row: number;
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Day and second of the day, Europe/London. */
  readonly day: number;
  readonly second: number;
  readonly value: number;
  /** Number of the transmission since the counter was started; null where none is stated. */
  readonly seq: number | null;
  readonly raw: string;
}

/**
 * What a step counted. `exact`: so many. `least`: so many at least, as some were lost. `unknown`: nobody can tell.
 * `why` is told as a finding.
 */
export interface Step {
  readonly count: number;
  readonly quality: 'exact' | 'least' | 'unknown';
  readonly why?: 'counter-reset' | 'counter-rollover' | 'counter-gap' | 'clock-fault';
}

/** What is known of a counter as a whole. */
export interface Rhythm {
  /** Usual milliseconds from one reading to the next. */
  readonly cadence: number;
  /** Whether its readings stand in the order of time, so that a total that falls was reset. */
  readonly ordered: boolean;
  /** The most that its running total grew by from one reading to the next. */
  readonly mostGrown: number;
  /** Whether the counter pauses so, night for night. */
  readonly isPause: (from: Reading, to: Reading) => boolean;
}

/** Counters hold 16 bits. */
const ROLLS_AT = 65_536;
/** No door lets more through; a few may stand in the beam at once. */
const PEOPLE_A_SECOND = 2;
const AT_ONCE = 10;
const HOUR_MS = 3_600_000;
/** Over a longer gap a counter may have rolled over unseen. */
const LONGEST_BRIDGE_MS = 7 * 24 * HOUR_MS;
const LATE = 1.5;
/** Times the most that a total grew by in one step: below it, a step may have brought all of it. */
const LOW = 2;

/** Whether no reading is missing between two. */
export const isRegular = (elapsed: number, { cadence }: Rhythm): boolean => elapsed <= LATE * cadence;

const UNKNOWN = { count: 0, quality: 'unknown' } as const;
const mostIn = (elapsed: number): number => (PEOPLE_A_SECOND * elapsed) / 1000 + AT_ONCE;

/** What was counted from one reading of a running total to the next in time. */
export function totalStep(from: Reading, to: Reading, rhythm: Rhythm): Step {
  const elapsed = to.ms - from.ms;
  if (from.seq === null || to.seq === null) return unnumberedStep(from, to, elapsed, rhythm);
  const most = mostIn(elapsed);
  /** Readings that can have been sent meanwhile. */
  const sent = (LATE * elapsed) / rhythm.cadence + 2;
  const grown = to.value - from.value;
  if (to.seq > from.seq) {
    if (!isSteady(from.seq, to.seq, elapsed / rhythm.cadence)) return { ...UNKNOWN, why: 'clock-fault' };
    if (grown >= 0) return elapsed <= LONGEST_BRIDGE_MS && grown <= most ? { count: grown, quality: 'exact' } : { ...UNKNOWN, why: 'counter-gap' }; // prettier-ignore
    const isShort = elapsed <= HOUR_MS || isRegular(elapsed, rhythm);
    if (from.value < ROLLS_AT && isShort && grown + ROLLS_AT <= most) return { count: grown + ROLLS_AT, quality: 'exact', why: 'counter-rollover' }; // prettier-ignore
    return { ...UNKNOWN, why: 'counter-reset' };
  }
  // Numbers that begin again: the counter was started again, unless more were sent than time allows.
  if (to.seq === from.seq || to.seq > sent) return { ...UNKNOWN, why: 'clock-fault' };
  if (grown >= 0 || to.value > most || !isRegular(elapsed, rhythm)) return { ...UNKNOWN, why: 'counter-reset' };
  return { count: to.value, quality: 'least', why: 'counter-reset' };
}

/**
 * Whether as many readings were numbered as time allows. A counter that was started again and has passed its old number
 * since has numbered fewer, by its old number at least: so much must not be let pass.
 */
const isSteady = (from: number, to: number, due: number): boolean =>
  Math.abs(to - from - due) < Math.max(1, Math.min(2 + due / 10, from / 2));

/** The same without numbers of transmissions: only readings that follow on each other closely can be trusted. */
function unnumberedStep(from: Reading, to: Reading, elapsed: number, rhythm: Rhythm): Step {
  const most = mostIn(elapsed);
  const grown = to.value - from.value;
  if (!isRegular(elapsed, rhythm) && !rhythm.isPause(from, to)) return { ...UNKNOWN, why: 'counter-gap' };
  if (grown > most) return { ...UNKNOWN, why: 'clock-fault' };
  if (grown >= 0) {
    // A total that one step can reach may have begun again meanwhile, without ever being seen to fall.
    const isLow = rhythm.mostGrown > 0 && to.value <= LOW * rhythm.mostGrown;
    return isLow ? { count: grown, quality: 'least', why: 'counter-reset' } : { count: grown, quality: 'exact' };
  }
  if (!rhythm.ordered) return { ...UNKNOWN, why: 'clock-fault' };
  if (from.value < ROLLS_AT && grown + ROLLS_AT <= mostIn(Math.min(elapsed, HOUR_MS)))
    return { count: grown + ROLLS_AT, quality: 'least', why: 'counter-rollover' };
  return to.value <= most
    ? { count: to.value, quality: 'least', why: 'counter-reset' }
    : { ...UNKNOWN, why: 'counter-reset' };
}

/** What was counted up to a reading that says how many passed since the one before. */
export function intervalStep(from: Reading, to: Reading, rhythm: Rhythm): Step {
  const elapsed = to.ms - from.ms;
  if (from.seq !== null && to.seq !== null) {
    const sent = (LATE * elapsed) / rhythm.cadence + 2;
    const isClockFault = to.seq > from.seq ? !isSteady(from.seq, to.seq, elapsed / rhythm.cadence) : to.seq > sent;
    if (isClockFault) return { ...UNKNOWN, why: 'clock-fault' };
    if (to.seq < from.seq && isRegular(elapsed, rhythm)) return { count: to.value, quality: 'least', why: 'counter-reset' }; // prettier-ignore
    if (to.seq !== from.seq + 1) return { ...UNKNOWN, why: to.seq < from.seq ? 'counter-reset' : 'counter-gap' };
  } else if (!isRegular(elapsed, rhythm) && !rhythm.isPause(from, to)) return { ...UNKNOWN, why: 'counter-gap' };
  return { count: to.value, quality: 'exact' };
}
