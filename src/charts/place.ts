/** Labels that must not touch one another: small one-dimensional packing, by arithmetic alone. */

export interface Stackable {
  /** Where the middle of the label wants to be. */
  readonly wanted: number;
  readonly height: number;
}

/**
 * Tops of labels in one column, as near to where they want to be as they can be without touching, all within 0 to
 * `height` when they fit in it. Labels that would touch share the move: the group keeps its common middle. In the
 * order given.
 */
export function stacked(labels: readonly Stackable[], height: number, gap = 6): number[] {
  const order = labels
    .map((_, index) => index)
    .sort((a, b) => (labels[a]?.wanted ?? 0) - (labels[b]?.wanted ?? 0) || a - b);
  let groups = order.map((index) => groupOf(labels, [index], height, gap));
  for (let at = 1; at < groups.length;) {
    const [above, below] = [groups[at - 1], groups[at]];
    if (above !== undefined && below !== undefined && above.top + above.height + gap > below.top) {
      groups = groups.toSpliced(at - 1, 2, groupOf(labels, [...above.members, ...below.members], height, gap));
      at = Math.max(1, at - 1);
    } else {
      at += 1;
    }
  }
  const tops = new Array<number>(labels.length).fill(0);
  for (const group of groups) {
    let top = group.top;
    for (const index of group.members) {
      tops[index] = top;
      top += (labels[index]?.height ?? 0) + gap;
    }
  }
  return tops;
}

interface Group {
  readonly members: readonly number[];
  readonly top: number;
  readonly height: number;
}

/** Labels that stand one under another, the group's middle where its members want to be on average. */
function groupOf(labels: readonly Stackable[], members: readonly number[], height: number, gap: number): Group {
  const heights = members.map((index) => labels[index]?.height ?? 0);
  const total = heights.reduce((sum, each) => sum + each, 0) + gap * (members.length - 1);
  const middle = members.reduce((sum, index) => sum + (labels[index]?.wanted ?? 0), 0) / members.length;
  return { members, top: Math.max(0, Math.min(middle - total / 2, height - total)), height: total };
}

export interface Lane {
  /** Where the middle of the label wants to be. */
  readonly wanted: number;
  readonly width: number;
}

/**
 * Left edge and lane of labels in rows under an axis, each as near to its middle as the edges allow, in the first of
 * `lanes` rows where it is free; null where any finds no place.
 */
export function inLanes(
  labels: readonly Lane[],
  edges: { left: number; right: number },
  lanes: number,
  gap = 18,
): { x: number; lane: number }[] | null {
  const ends = new Array<number>(lanes).fill(-Infinity);
  const placed: { x: number; lane: number }[] = [];
  for (const label of labels) {
    if (label.width > edges.right - edges.left) return null;
    const x = Math.min(Math.max(label.wanted - label.width / 2, edges.left), edges.right - label.width);
    const lane = ends.findIndex((end) => end + gap <= x);
    if (lane < 0) return null;
    ends[lane] = x + label.width;
    placed.push({ x, lane });
  }
  return placed;
}
