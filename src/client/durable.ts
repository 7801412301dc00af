/** Files that survive a crash. */
import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file so that it is either whole or not there, whatever happens: temporary name, flush, rename, flush. */
export async function writeWhole(path: string, bytes: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.partial`, bytes, { flush: true });
  await rename(`${path}.partial`, path);
  await flushFolder(dirname(path));
}

/** Flushes a folder, so that the new names in it survive a crash. Windows does that by itself, and opens no folder. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
