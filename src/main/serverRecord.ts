/** Where a server that has the data directory open can be reached: kept in that directory, for its owner's eyes only. */
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ address: z.url(), key: z.string().min(32), pid: z.int() });
export type ServerRecord = z.infer<typeof schema>;

const pathIn = (data: string): string => join(data, 'server.json');

/** Written whole or not at all, readable by the owner only. */
export function writeServerRecord(data: string, record: ServerRecord): void {
  const path = pathIn(data);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  writeFileSync(partial, JSON.stringify(record), { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}

/** Takes the record away, where there is one: the server has stopped. */
export const removeServerRecord = (data: string): void => rmSync(pathIn(data), { force: true });

/** Null where there is none, or none that can be understood. */
export function readServerRecord(data: string): ServerRecord | null {
  try {
    return schema.parse(JSON.parse(readFileSync(pathIn(data), 'utf8')));
  } catch {
    return null;
  }
}
