/** Which events a filtered subscription gets, and how many it looks at between two checkpoints. */
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Indexed } from './store.ts';

export interface Filter {
  readonly matches: (event: Indexed) => boolean;
  /** Events considered in one page. */
  readonly window: number;
  /** Pages between two checkpoints. */
  readonly interval: number;
}

const DEFAULT_WINDOW = 32;

/** The filter of a request; without one, everything matches and no checkpoint is sent. */
export function filterOf(options: ReadReq.Options): Filter | null {
  const filter = options.getFilter();
  if (filter === undefined) return null;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const fits = (text: string): boolean =>
    prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text);
  return {
    matches: (event) => fits(byStream === undefined ? event.type : event.stream),
    window: filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW,
    interval: filter.getCheckpointintervalmultiplier(),
  };
}
