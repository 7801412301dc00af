/**
 * Which facts count, given the corrections and retractions. Nothing here depends on the order of delivery: of two
 * amendments of one fact the one *made* later holds (of two made at once, the one with the larger identity), and an
 * amendment may come before the fact it amends. What amends an amendment was made in knowledge of it, whatever the
 * clocks of those who made them say.
 */

/** An amendment among facts: its row and identity, the fact it amends, and when it was made (milliseconds since 1970). */
export interface AmendmentRow {
  readonly row: number;
  readonly identity: bigint;
  readonly target: bigint;
  readonly at: number;
  readonly retracts: boolean;
}

/**
 * Rows that do not count: those whose fact was retracted or corrected, corrections that were themselves amended, came
 * second, or wait for the fact that they correct, and amendments that amend themselves, alone or in a ring.
 * @param amendments every amendment among the facts looked at
 * @param rowOf      row of the fact with an identity, if it is among them
 */
export function supersededRows(
  amendments: readonly AmendmentRow[],
  rowOf: (identity: bigint) => number | undefined,
): ReadonlySet<number> {
  const byIdentity = new Map(amendments.map((a) => [a.identity, a]));
  const { winners, inOrder } = holdingAmendments(amendments, byIdentity);
  /** Amendments that stand, themselves or through a later one, in the place of the first fact of their chain. */
  const inPlace = new Set<AmendmentRow>();
  for (const a of inOrder.toReversed()) {
    const target = byIdentity.get(a.target);
    const isThere = target === undefined ? rowOf(a.target) !== undefined : inPlace.has(target);
    if (winners.get(a.target) === a && isThere) inPlace.add(a);
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

/**
 * Amendments of a fact that is not there, and that were not withdrawn themselves: neither takes anything away, and what
 * a correction states waits. The fact may still come.
 * @param amendments every amendment among the facts looked at
 * @param rowOf      row of the fact with an identity, if it is among them
 */
export function unmatchedAmendments(
  amendments: readonly AmendmentRow[],
  rowOf: (identity: bigint) => number | undefined,
): readonly AmendmentRow[] {
  const { winners } = holdingAmendments(amendments, new Map(amendments.map((a) => [a.identity, a])));
  return amendments.filter(
    ({ identity, target }) => rowOf(target) === undefined && winners.get(identity)?.retracts !== true,
  );
}

/**
 * Of each amended fact, the amendment that holds: the latest of those that were not withdrawn. `inOrder` has each
 * amendment after all that amend it, however long the chains are; one in a ring is never reached.
 */
function holdingAmendments(
  amendments: readonly AmendmentRow[],
  byIdentity: ReadonlyMap<bigint, AmendmentRow>,
): { readonly winners: ReadonlyMap<bigint, AmendmentRow>; readonly inOrder: readonly AmendmentRow[] } {
  const amending = new Map<bigint, AmendmentRow[]>();
  for (const a of amendments) {
    const others = amending.get(a.target);
    if (others === undefined) amending.set(a.target, [a]);
    else others.push(a);
  }

  const winners = new Map<bigint, AmendmentRow>();
  const inOrder = amendments.filter(({ identity }) => !amending.has(identity));
  const waiting = new Map([...amending].map(([target, all]) => [target, all.length]));
  for (const { target } of inOrder) {
    const left = (waiting.get(target) ?? 0) - 1;
    waiting.set(target, left);
    if (left > 0) continue;
    const holding = (amending.get(target) ?? []).filter((a) => winners.get(a.identity)?.retracts !== true);
    const winner = holding.sort(order).at(-1);
    if (winner !== undefined) winners.set(target, winner);
    const amended = byIdentity.get(target);
    if (amended !== undefined) inOrder.push(amended);
  }
  return { winners, inOrder };
}

const order = (a: AmendmentRow, b: AmendmentRow): number =>
  a.at - b.at || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
