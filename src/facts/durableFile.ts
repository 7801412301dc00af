import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that after a crash it is either whole or not there: temporary name, flush, rename, and a flush of
 * the folder so that the new name survives too.
 */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.partial`;
  const file = openSync(temporary, 'w');
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
