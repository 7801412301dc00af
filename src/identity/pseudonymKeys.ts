/**
 * Keys that make pseudonyms of borrowers, one for each feed and linking scope, each a file of its owner's in a folder
 * beside the log and never in it. Without its key a pseudonym says nothing of anybody; what was counted stays counted.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from '../domain/ledgerError.ts';
import { flushFolder } from '../facts/durableFile.ts';

/** Of which feed the borrowers are, and over which time one borrower keeps a pseudonym. */
export interface KeyScope {
  readonly source: string;
  /** `always`, or a financial year such as `2023-24`. */
  readonly scope: string;
}

/** A key as a list names it: never the key itself. */
export interface ListedKey extends KeyScope {
  readonly made: string;
  /** When it was destroyed; null while it is there. */
  readonly destroyed: string | null;
}

/** 256 bits: nobody tries all keys, and without one all card numbers cannot be tried either. */
const KEY_BYTES = 32;
const [KEY, DESTROYED] = ['.key', '.destroyed'] as const;

/** Name of the files of a key. The scope is inside, as is the feed: a name of a file could not hold every feed. */
const nameOf = ({ source, scope }: KeyScope): string =>
  createHash('sha256').update(`${source}\n${scope}`).digest('hex').slice(0, 32);

/**
 * Makes a key. One that is there is never overwritten.
 * @param now  when, in ISO 8601
 * @throws LedgerError `not-allowed` where there is one, or the folder cannot be written
 */
export function makeKey(folder: string, of: KeyScope, now: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${nameOf(of)}${KEY}`);
  const partial = `${path}.${randomBytes(8).toString('hex')}.partial`;
  try {
    writeNew(partial, JSON.stringify({ ...of, made: now, key: randomBytes(KEY_BYTES).toString('hex') }));
    // A link to a name that is taken fails: of two that make the same key at once, one does.
    linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LedgerError('not-allowed', `There is a key of ${of.source} for ${of.scope} already.`, {
      hint: 'A key is never overwritten: with another one the same people would be counted twice.',
    });
  } finally {
    rmSync(partial, { force: true });
  }
  flushFolder(folder);
}

/** All keys that are there or were destroyed, by feed and scope. */
export function listKeys(folder: string): readonly ListedKey[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(KEY) || name.endsWith(DESTROYED))
    .map((name) => {
      const { source, scope, made, destroyed = null } = readEntry(join(folder, name));
      return { source, scope, made, destroyed };
    })
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const sortKey = ({ source, scope, made }: ListedKey): string => `${source}\n${scope}\n${made}`;

/**
 * The key of a feed and scope, or null where there is none.
 * @throws LedgerError `not-allowed` where others may read it, `invalid-file` where it is damaged
 */
export function keyFor(folder: string, of: KeyScope): Buffer | null {
  const path = join(folder, `${nameOf(of)}${KEY}`);
  if (!existsSync(path)) return null;
  const { key } = readEntry(path);
  if (key === undefined) throw damaged(path);
  return Buffer.from(key, 'hex');
}

/**
 * Destroys a key: it is overwritten, flushed and unlinked. That there was one, and until when, is kept: a note without
 * anything personal. What copies hold, such as backups, is for their keeper to destroy.
 * @throws LedgerError `not-found` where there is no such key
 */
export function destroyKey(folder: string, of: KeyScope, now: string): void {
  const name = nameOf(of);
  const path = join(folder, `${name}${KEY}`);
  if (!existsSync(path)) throw new LedgerError('not-found', `There is no key of ${of.source} for ${of.scope}.`, { hint: '"outcomes keys list" lists the keys.' }); // prettier-ignore
  // One that is damaged, perhaps because an earlier attempt broke off, is destroyed all the same.
  const made = parsed(readFileSync(path, 'utf8'))?.made ?? 'at a time that is not known';
  const note = join(folder, `${name}.${randomBytes(8).toString('hex')}${DESTROYED}`);
  writeNew(note, JSON.stringify({ ...of, made, destroyed: now }));
  overwrite(path);
  rmSync(path);
  flushFolder(folder);
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, randomBytes(fstatSync(file).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes a file that must not be there, for its owner's eyes only, and flushes it. */
function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

interface Entry extends KeyScope {
  readonly made: string;
  readonly key?: string;
  readonly destroyed?: string;
}

function readEntry(path: string): Entry {
  const file = openSync(path, 'r');
  let text: string;
  try {
    // Where a system knows no owners, every file seems open to all.
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0) {
      throw new LedgerError('not-allowed', `Others than its owner may read or write ${path}.`, {
        hint: 'Look who has read it. If nobody has, take their rights away: chmod 600.',
      });
    }
    text = readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
  const entry = parsed(text);
  if (entry === null) throw damaged(path);
  return entry;
}

function parsed(text: string): Entry | null {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Entry, unknown>>;
    const isWhole = [value.source, value.scope, value.made].every((field) => typeof field === 'string');
    const isKey = value.key === undefined || (typeof value.key === 'string' && /^[0-9a-f]{64}$/.test(value.key));
    return isWhole && isKey ? (value as Entry) : null;
  } catch {
    return null;
  }
}

const damaged = (path: string): LedgerError =>
  new LedgerError('invalid-file', `The key in ${path} is not as it was written.`, {
    hint: 'Restore it from where you keep a copy; with a new one the same people would be counted twice.',
  });
