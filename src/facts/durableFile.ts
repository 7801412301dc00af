import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/**
 * Writes a file so that after a crash it is either whole or not there, once its folder is flushed too: temporary name,
 * flush, rename.
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.partial`;
  const file = openSync(temporary, 'w');
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** Flushes a folder, so that the new names in it survive a crash. */
export function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
