/** Which rows of a store count, as facts and amendments arrive: the rules themselves are those of the domain. */
import { supersededRows, unmatchedAmendments, type AmendmentRow } from '../domain/amendments.ts';

export interface Correction {
  readonly row: number;
  /** Row of the fact that was first recorded, however often it was corrected since. */
  readonly of: number;
  /** Whether it is what counts in the place of that fact. */
  readonly holds: boolean;
}

export interface Supersession {
  /** Every amendment, in log order. */
  readonly amendments: readonly AmendmentRow[];
  /** Takes in an amendment, of a row above all that were taken in. */
  amend(amendment: AmendmentRow): void;
  /** Takes in that a fact arrived: its amendment may have come before it. */
  arrive(identity: bigint, row: number): void;
  /** Rows that do not count among the first `to`. */
  superseded(to: number): ReadonlySet<number>;
  /** Corrections among the first `to` of a fact that is among them, withdrawn and replaced ones too. */
  corrections(to: number): readonly Correction[];
  /** Rows of amendments among the first `to` of a fact that is not among them: see `unmatchedAmendments`. */
  unmatched(to: number): readonly number[];
}

/** @param findRows rows of the facts with these identities, of those that have arrived */
export function supersession(findRows: (identities: ReadonlySet<bigint>) => ReadonlyMap<bigint, number>): Supersession {
  const amendments: AmendmentRow[] = [];
  /** Rows of facts that amendments name. Looked for when first named; a target that is not there yet may come. */
  const targets = new Map<bigint, number | null>();
  /** Row of the last fact that amends, or is amended by one that came before it. */
  let amended = -1;
  /** What is superseded as of any later row. */
  let known: { readonly amended: number; readonly rows: ReadonlySet<number> } | null = null;
  let resolved = 0;

  /** Finds the facts that amendments name, once for each amendment. */
  function resolveTargets(): void {
    if (resolved === amendments.length) return;
    const unknown = new Set(
      amendments
        .slice(resolved)
        .map((a) => a.target)
        .filter((target) => !targets.has(target)),
    );
    for (const target of unknown) targets.set(target, null);
    for (const [identity, row] of findRows(unknown)) {
      targets.set(identity, row);
      amended = Math.max(amended, row);
    }
    resolved = amendments.length;
  }

  const among = (to: number): AmendmentRow[] => amendments.filter(({ row }) => row < to);
  const targetAmong =
    (to: number) =>
    (identity: bigint): number | undefined => {
      const row = targets.get(identity);
      return row === undefined || row === null || row >= to ? undefined : row;
    };
  const supersededAmong = (to: number): ReadonlySet<number> => supersededRows(among(to), targetAmong(to));

  function superseded(to: number): ReadonlySet<number> {
    resolveTargets();
    if (to <= amended) return supersededAmong(to);
    if (known?.amended !== amended) known = { amended, rows: supersededAmong(to) };
    return known.rows;
  }

  return {
    amendments,
    amend(amendment) {
      amendments.push(amendment);
      amended = amendment.row;
    },
    arrive(identity, row) {
      if (targets.get(identity) !== null) return;
      targets.set(identity, row);
      amended = row;
    },
    superseded,
    corrections(to) {
      const gone = superseded(to);
      const rowOf = targetAmong(to);
      const all = among(to);
      const byIdentity = new Map(all.map((a) => [a.identity, a]));
      return all.flatMap((a) => {
        if (a.retracts) return [];
        // A ring of amendments has no first fact.
        const passed = new Set<AmendmentRow>();
        let first: AmendmentRow | undefined = a;
        let { target } = a;
        while ((first = byIdentity.get(target)) !== undefined && !passed.has(first)) {
          passed.add(first);
          ({ target } = first);
        }
        const of = first === undefined ? rowOf(target) : undefined;
        return of === undefined ? [] : [{ row: a.row, of, holds: !gone.has(a.row) }];
      });
    },
    unmatched(to) {
      resolveTargets();
      return unmatchedAmendments(among(to), targetAmong(to)).map(({ row }) => row);
    },
  };
}
