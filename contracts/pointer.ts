/** A JSON Pointer (RFC 6901) to what lies at a path: `/data/window`; empty for the whole. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
