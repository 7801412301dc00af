/**
 * One process for each folder. Node has no file locks, so each process listens on a socket with a name of its own in the
 * folder, and only then looks whether anybody answers on another. Of two that come at once, the one that listens second
 * finds the first; it may be that both give way, never that neither does. The system ends a socket with its process, in
 * whatever way that ends: what nobody answers on is left over, and removed.
 */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { ClientError } from './clientError.ts';

const ENDING = '.lock';
/** The longest path of a socket that every system takes, in bytes; longer ones may be cut short without a word. */
const LONGEST_PATH = 103;

/**
 * Makes `folder` this process's own until the lock is released.
 * @param name of this holder's socket; used by nobody else
 * @returns releases it
 * Throws ClientError `spool-in-use` when another has it, `spool-failed` when there can be no socket in it.
 */
export async function lockFolder(folder: string, name: string): Promise<() => Promise<void>> {
  const inUse = (): ClientError =>
    new ClientError('spool-in-use', `Another client has the spool ${folder} open. Give each process its own folder.`);
  if (process.platform === 'win32') {
    const pipe = createHash('sha256').update(resolve(folder).toLowerCase()).digest('hex');
    return listening(`\\\\.\\pipe\\outcome-ledger-client-${pipe}`).catch((cause: Error & { code?: string }) => {
      throw cause.code === 'EADDRINUSE' ? inUse() : noSocket(folder, cause);
    });
  }
  const own = join(folder, `${name}${ENDING}`);
  if (Buffer.byteLength(own) > LONGEST_PATH) throw noSocket(folder, new Error('its path is too long'));
  const release = await listening(own).catch((cause: Error) => {
    throw noSocket(folder, cause);
  });
  const others = (await readdir(folder)).filter((file) => file.endsWith(ENDING) && file !== `${name}${ENDING}`);
  for (const other of others) {
    if (await answers(join(folder, other))) {
      await release();
      throw inUse();
    }
    await rm(join(folder, other), { force: true });
  }
  return release;
}

async function listening(path: string): Promise<() => Promise<void>> {
  const server: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((done, failed) => server.once('error', failed).listen(path, done));
  server.unref();
  // Closing takes the socket's name away, too.
  return () => new Promise((done) => server.close(() => done()));
}

/** Only a plain refusal means that nobody is there: a busy or frozen process holds its lock as well. */
const answers = (path: string): Promise<boolean> =>
  new Promise((found) => {
    const socket = connect(path, () => {
      socket.destroy();
      found(true);
    });
    socket.once('error', ({ code }: Error & { code?: string }) => found(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });

const noSocket = (folder: string, cause: Error): ClientError =>
  new ClientError('spool-failed', `The spool ${folder} cannot be locked: ${cause.message}. Choose a short path on a local disk.`, { cause }); // prettier-ignore
