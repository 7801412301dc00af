/**
 * The memory of recent event ids by which an append with `any` is known to be a repetition. On real servers an id was
 * still known after 100,000 other events and not after 150,000, and a restart forgot them all.
 */

export interface Place {
  readonly stream: string;
  readonly revision: number;
}

/** How many ids are kept when there are more than `MOST`: one by one the oldest would take far longer. */
const KEPT = 105_000;
const MOST = 130_000;

export function recentIds(): { add(id: string, place: Place): void; find(id: string): Place | undefined } {
  let known = new Map<string, Place>();
  return {
    find: (id) => known.get(id),
    add(id, place) {
      // The first place of an id stays: [1, 1] and again [1, 1] with `any` answered revision 0 on real servers.
      if (known.has(id)) return;
      known.set(id, place);
      if (known.size > MOST) known = new Map([...known].slice(-KEPT));
    },
  };
}
