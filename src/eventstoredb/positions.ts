import type { Position as ServerPosition } from '@eventstore/db-client';
import type { Position } from '../app/ports.ts';

/** Both halves with as many digits as the largest unsigned 64-bit number has, so that text order is log order. */
const DIGITS = 20;

/** The position of the log's port for one of the server. */
export function positionOf({ commit, prepare }: ServerPosition): Position {
  return `${digits(commit)}-${digits(prepare)}`;
}

/** The server's position for one of the port; null when it is not one of this kind of log. */
export function serverPositionOf(position: Position): ServerPosition | null {
  const halves = /^(\d{20})-(\d{20})$/.exec(position);
  return halves === null ? null : { commit: BigInt(halves[1]!), prepare: BigInt(halves[2]!) };
}

const digits = (half: bigint): string => half.toString().padStart(DIGITS, '0');
