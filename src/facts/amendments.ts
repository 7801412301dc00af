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
  const later = (a: AmendmentRow, b: AmendmentRow): boolean =>
    a.at > b.at || (a.at === b.at && a.identity > b.identity);
  const valid = amendments.filter((a) => {
    const target = byIdentity.get(a.target);
    return target === undefined || later(a, target);
  });
  const on = new Map<bigint, AmendmentRow[]>();
  for (const a of valid) on.set(a.target, [...(on.get(a.target) ?? []), a]);
  const isValid = new Set(valid);

  /** The amendment that holds for a fact: the latest of those that were not withdrawn. */
  const winners = new Map<bigint, AmendmentRow | undefined>();
  const winner = (identity: bigint): AmendmentRow | undefined => {
    if (!on.has(identity)) return undefined;
    if (!winners.has(identity)) {
      const acting = (on.get(identity) ?? []).filter((a) => winner(a.identity)?.retracts !== true);
      winners.set(
        identity,
        acting.reduce<AmendmentRow | undefined>((best, a) => (best && later(best, a) ? best : a), undefined),
      );
    }
    return winners.get(identity);
  };

  /** Whether a correction is the one that stands in the place of the first fact of its chain. */
  const inPlace = (a: AmendmentRow): boolean => {
    if (winner(a.target) !== a) return false;
    const target = byIdentity.get(a.target);
    return target === undefined || (!target.retracts && inPlace(target));
  };

  const superseded = new Set<number>();
  for (const target of on.keys()) {
    const row = rowOf(target);
    if (row !== undefined && !byIdentity.has(target) && winner(target) !== undefined) superseded.add(row);
  }
  for (const a of amendments) {
    const counts = !a.retracts && isValid.has(a) && inPlace(a) && winner(a.identity) === undefined;
    if (!counts) superseded.add(a.row);
  }
  return superseded;
}
