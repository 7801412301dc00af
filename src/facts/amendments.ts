/**
 * Which facts count, given the corrections and retractions. Nothing here depends on the order of delivery: of two
 * amendments of one fact the one *made* later holds (of two made at once, the one with the larger identity), and an
 * amendment may come before the fact it amends.
 */

export interface AmendmentRow {
  readonly row: number;
  readonly identity: bigint;
  readonly target: bigint;
  readonly at: number;
  readonly retracts: boolean;
}

/**
 * Rows that do not count: those whose fact was retracted or corrected, corrections that were themselves amended or
 * came second, and amendments that claim to be older than the amendment they amend (so that no two can undo each
 * other for ever).
 * @param amendments every amendment among the facts looked at
 * @param rowOf      row of the fact with an identity, if it is among them
 */
export function supersededRows(
  amendments: readonly AmendmentRow[],
  rowOf: (identity: bigint) => number | undefined,
): ReadonlySet<number> {
  const byIdentity = new Map(amendments.map((a) => [a.identity, a]));
  // Every amendment that acts is later than what it amends: one pass from the latest finds what holds, one from the
  // earliest what stands in its place, however long the chains are.
  const inOrder = amendments
    .filter((a) => {
      const target = byIdentity.get(a.target);
      return target === undefined || order(target, a) < 0;
    })
    .sort(order);

  /** Of each amended fact, the amendment that holds: the latest of those that were not withdrawn. */
  const winners = new Map<bigint, AmendmentRow>();
  for (const a of inOrder.toReversed()) {
    if (winners.get(a.identity)?.retracts !== true && !winners.has(a.target)) winners.set(a.target, a);
  }
  /** Corrections that stand, themselves or through a later one, in the place of the first fact of their chain. */
  const inPlace = new Set<AmendmentRow>();
  for (const a of inOrder) {
    const target = byIdentity.get(a.target);
    if (winners.get(a.target) === a && (target === undefined || (!target.retracts && inPlace.has(target))))
      inPlace.add(a);
  }

  const superseded = new Set<number>();
  for (const target of winners.keys()) {
    const row = rowOf(target);
    if (row !== undefined && !byIdentity.has(target)) superseded.add(row);
  }
  for (const a of amendments) {
    const counts = !a.retracts && inPlace.has(a) && !winners.has(a.identity);
    if (!counts) superseded.add(a.row);
  }
  return superseded;
}

const order = (a: AmendmentRow, b: AmendmentRow): number =>
  a.at - b.at || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
