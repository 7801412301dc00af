/** Uploaded files and their jobs in a folder: `<id>.upload` and `<id>.json`. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportJob, Uploads } from '../app/importJobs.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { openPath } from './openFile.ts';

/** The largest file that is taken. */
const FILE_BYTES = 4 * 1024 * 1024 * 1024;

/** Uploads in a folder, which is made if need be. What a crash left of an upload is removed. */
export function uploadFolder(folder: string): Uploads {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: string): string => join(folder, `${id}.upload`);
  const jobOf = (id: string): string => join(folder, `${id}.json`);
  for (const name of readdirSync(folder)) {
    const isOrphan = name.endsWith('.upload') && !existsSync(jobOf(name.slice(0, -'.upload'.length)));
    if (isOrphan || name.endsWith('.partial')) rmSync(join(folder, name));
  }
  return {
    async keep(id, body) {
      const partial = `${fileOf(id)}.partial`;
      const file = await open(partial, 'wx', 0o600);
      try {
        let size = 0;
        for await (const chunk of body) {
          size += chunk.length;
          if (size > FILE_BYTES)
            throw new LedgerError('invalid-file', `The file is larger than ${FILE_BYTES} bytes.`, {
              hint: 'Send it in parts.',
            });
          await file.writeFile(chunk);
        }
        await file.sync();
      } catch (error) {
        await file.close();
        await rm(partial, { force: true });
        throw error;
      }
      await file.close();
      await rename(partial, fileOf(id));
    },
    open: (id, { fileName, encoding }) => openPath(fileOf(id), encoding, fileName),
    save(job) {
      const partial = `${jobOf(job.id)}.partial`;
      writeFileSync(partial, JSON.stringify(job), { mode: 0o600, flush: true });
      renameSync(partial, jobOf(job.id));
      flush(folder);
    },
    load() {
      const jobs = readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ImportJob);
      return jobs.sort((a, b) => (a.received < b.received ? -1 : 1));
    },
    discardFile: (id) => rmSync(fileOf(id), { force: true }),
    forget(id) {
      rmSync(fileOf(id), { force: true });
      rmSync(jobOf(id), { force: true });
    },
  };
}

function flush(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
