/**
 * What an area became. Areas are merged, split and given other codes; a figure of the old one is comparable with one of
 * the new only where it is the same area.
 */

/** That an area was followed by one or several others, from a day on. */
export interface Succession {
  readonly place: string;
  /** First day of the successors, counted from 1970-01-01. */
  readonly day: number;
  readonly by: readonly string[];
  readonly change: 'recoded' | 'merged' | 'split' | 'unknown';
}

export interface Successors {
  /** Codes of the areas on the day, in order; the area itself where nothing followed it yet. */
  readonly places: readonly string[];
  /** Whether the one place is the same area as the one asked for, under whatever code. */
  readonly sameArea: boolean;
}

/**
 * The areas that an area had become by a day: links are followed as long as there are any that began by then. A register
 * that leads in a circle ends where it meets an area again, which is no answer, and so is not the same area.
 * @param day counted from 1970-01-01
 */
export function successorsOf(place: string, day: number, successions: readonly Succession[]): Successors {
  const byPlace = new Map<string, Succession[]>();
  for (const succession of successions) {
    if (succession.day > day) continue;
    byPlace.set(succession.place, [...(byPlace.get(succession.place) ?? []), succession]);
  }
  const places = new Set<string>();
  const seen = new Set<string>();
  let sameArea = true;
  const follow = (from: string): void => {
    if (seen.has(from)) {
      // Two ways to one area are no circle: what was split may be merged again.
      sameArea = false;
      return;
    }
    seen.add(from);
    const links = byPlace.get(from) ?? [];
    if (links.length === 0) places.add(from);
    if (links.length > 1) sameArea = false;
    for (const { by, change } of links) {
      if (change !== 'recoded' || by.length !== 1) sameArea = false;
      for (const next of by) follow(next);
    }
  };
  follow(place);
  return { places: [...places].sort(), sameArea };
}
