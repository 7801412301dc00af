import type { Bench } from './bench.ts';
import { decode } from './decode.ts';
import { endToEnd } from './endToEnd.ts';
import { importing } from './importing.ts';
import { ingest } from './ingest.ts';
import { logs } from './logs.ts';
import { manyDefinitions } from './manyDefinitions.ts';
import { prepare } from './prepare.ts';
import { replayBench } from './replay.ts';
import { series } from './series.ts';

/** In the order in which they run and are reported. */
export const BENCHES: readonly Bench[] = [
  prepare,
  replayBench,
  manyDefinitions,
  endToEnd,
  importing,
  decode,
  ingest,
  series,
  logs,
];
