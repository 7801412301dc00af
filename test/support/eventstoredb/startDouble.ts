/**
 * The wire-level double of an EventStoreDB server, for the unmodified client over loopback: in this process, or in one
 * of its own that can be killed.
 */
import { startDoubleHere } from './doubleHere.ts';
import { startDoubleProcess } from './doubleElsewhere.ts';
import type { FaultCounts, FaultName, FaultSettings, FaultsSet } from './faults.ts';
import type { Security } from './security.ts';
import type { Version } from './server.ts';

export interface DoubleOptions {
  /** Where its log lies. The same folder again is the same server after a restart. */
  readonly folder: string;
  /** The port to listen on; any free one if not said. */
  readonly port?: number;
  /** Faults that are on from the start. */
  readonly faults?: FaultsSet;
  /** What the faults and the live drops are drawn from; 1 if not said. */
  readonly seed?: number;
  /** Whose behaviour to show; 23.10.6 if not said. */
  readonly version?: Version;
  /** With TLS, and knowing its clients; plain if not said. */
  readonly security?: Security;
  /** False for a process of its own, which `kill` ends with SIGKILL. */
  readonly inProcess?: boolean;
}

export interface Double {
  readonly url: string;
  readonly port: number;
  /** Its own process, to be frozen or killed; null in this process. */
  readonly pid: number | null;
  /** Ends it when everything it took in is on the disk. */
  stop(): Promise<void>;
  /** Ends it at once: SIGKILL, or in this process its connections reset and its unanswered appends forgotten. */
  kill(): Promise<void>;
  /** Appends many small events to a stream past the wire, to make a log long quickly. */
  fill(stream: string, count: number): Promise<void>;
  readonly faults: {
    set(name: FaultName, settings?: FaultSettings): Promise<void>;
    /** Switches one fault off, or all of them. */
    clear(name?: FaultName): Promise<void>;
    /** How often each fault has fired since the start. */
    fired(): Promise<FaultCounts>;
  };
}

/** Starts a double. Fails if the port is taken. */
export const startDouble = (options: DoubleOptions): Promise<Double> =>
  options.inProcess === false ? startDoubleProcess(options) : startDoubleHere(options);
