/**
 * The log of the double on disk: one append-only file of commits, each `length, crc32, records`, each record
 * `length, frame`. A commit is there whole or not at all.
 */
import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';

const MAGIC = Buffer.from('esdb-dbl');
const COMMIT_HEAD = 8;
export const RECORD_HEAD = 4;
const SCAN_BYTES = 16 * 1024 * 1024;

const [writeFully, sync] = [promisify(write), promisify(fdatasync)];

export interface LogFile {
  /** Where the next commit will lie. */
  readonly end: () => number;
  /** Writes commits and returns when they are on the disk. */
  append(commits: readonly (readonly Buffer[])[]): Promise<void>;
  read(from: number, to: number): Buffer;
  close(): void;
}

/** Where the first record of the next commit lies, and each later one after the frames before it. */
export const firstRecordOf = (commitAt: number): number => commitAt + COMMIT_HEAD;

/**
 * Opens the file, gives every frame that is there to `each`, and cuts off what a killed process left behind its last
 * whole commit.
 */
export function openLogFile(path: string, each: (frame: Buffer, position: number) => void): LogFile {
  const fd = openSync(path, 'a+');
  if (fstatSync(fd).size < MAGIC.length) {
    ftruncateSync(fd, 0);
    writeSync(fd, MAGIC);
  }
  let end = scan(fd, each);
  ftruncateSync(fd, end);
  return {
    end: () => end,
    async append(commits) {
      const bytes = Buffer.concat(commits.map(encodeCommit));
      end += bytes.length;
      for (let written = 0; written < bytes.length;) {
        written += (await writeFully(fd, bytes, written, bytes.length - written, null)).bytesWritten;
      }
      await sync(fd);
    },
    read: (from, to) => readBytes(fd, from, to),
    close: () => closeSync(fd),
  };
}

/** How many bytes the commit of these frames takes. */
export const commitSize = (frames: readonly Buffer[]): number =>
  frames.reduce((sum, frame) => sum + RECORD_HEAD + frame.length, COMMIT_HEAD);

function encodeCommit(frames: readonly Buffer[]): Buffer {
  const commit = Buffer.allocUnsafe(commitSize(frames));
  let at = COMMIT_HEAD;
  for (const frame of frames) {
    commit.writeUInt32LE(frame.length, at);
    commit.set(frame, at + RECORD_HEAD);
    at += RECORD_HEAD + frame.length;
  }
  commit.writeUInt32LE(commit.length - COMMIT_HEAD);
  commit.writeUInt32LE(crc32(commit.subarray(COMMIT_HEAD)), 4);
  return commit;
}

/** Reads whole commits from the start; answers where the last of them ends. */
function scan(fd: number, each: (frame: Buffer, position: number) => void): number {
  const { size } = fstatSync(fd);
  let end = MAGIC.length;
  let window: Buffer = Buffer.alloc(0);
  let windowAt = end;
  const bytes = (from: number, length: number): Buffer | null => {
    if (from + length > size) return null;
    if (from + length > windowAt + window.length) {
      window = readBytes(fd, from, Math.min(size, from + Math.max(length, SCAN_BYTES)));
      windowAt = from;
    }
    return window.subarray(from - windowAt, from - windowAt + length);
  };
  for (;;) {
    const head = bytes(end, COMMIT_HEAD);
    const length = head?.readUInt32LE() ?? 0;
    const sum = head?.readUInt32LE(4);
    const body = head === null ? null : bytes(end + COMMIT_HEAD, length);
    if (body === null || crc32(body) !== sum) return end;
    for (let at = 0; at < length;) {
      const frameLength = body.readUInt32LE(at);
      each(body.subarray(at + RECORD_HEAD, at + RECORD_HEAD + frameLength), end + COMMIT_HEAD + at);
      at += RECORD_HEAD + frameLength;
    }
    end += COMMIT_HEAD + length;
  }
}

function readBytes(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  for (let read = 0; read < bytes.length;) {
    const got = readSync(fd, bytes, read, bytes.length - read, from + read);
    if (got === 0) throw new Error(`The log ends before byte ${to}.`);
    read += got;
  }
  return bytes;
}
