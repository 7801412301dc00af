/** A file that is to be imported, opened by what it holds: rows of text, sheets of a workbook, or a JSON document. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Content } from '../app/importParts.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { decodeText, type Encoding } from './decodeText.ts';
import { invalidFile } from './invalidFile.ts';
import { openTable } from './readTable.ts';
import { isWorkbook, readWorkbook } from './readWorkbook.ts';
import { whyNot } from './whyNot.ts';

/** Bytes that can be read from their beginning as often as they are asked for. */
interface Bytes {
  readonly chunks: () => Iterable<Uint8Array>;
  readonly size: number;
}

export type OpenedFile = Content & { readonly fileName: string; readonly sha256: string };

const CHUNK = 1024 * 1024;
/** A JSON document and a workbook are held in memory as a whole. */
const LONGEST_WHOLE = 256 * 1024 * 1024;

/** @throws LedgerError `invalid-file` with the place of the fault */
export async function openBytes(fileName: string, bytes: Uint8Array, encoding?: Encoding): Promise<OpenedFile> {
  return opened(fileName, { size: bytes.length, chunks: () => [bytes] }, encoding);
}

/**
 * Opens a file on disk, which is read piece by piece and must stay as it is meanwhile.
 * @param fileName what its owner calls it
 * @throws LedgerError `not-found` where it cannot be read, `invalid-file` with the place of the fault
 */
export async function openPath(path: string, encoding?: Encoding, fileName = basename(path)): Promise<OpenedFile> {
  return opened(fileName, { size: sizeOf(path), chunks: () => chunksOf(path) }, encoding);
}

async function opened(fileName: string, bytes: Bytes, encoding: Encoding | undefined): Promise<OpenedFile> {
  const hash = createHash('sha256');
  for (const chunk of bytes.chunks()) hash.update(chunk);
  const identity = { fileName, sha256: hash.digest('hex') };
  if (isWorkbook(first(bytes))) return { ...identity, ...(await readSheets(fileName, bytes)) };
  if (isDocument(bytes)) return { ...identity, document: readDocument(fileName, bytes, encoding) };
  return { ...identity, ...openTable({ fileName, encoding, ...bytes }) };
}

const first = ({ chunks }: Bytes): Uint8Array => {
  for (const chunk of chunks()) return chunk;
  return new Uint8Array();
};

async function readSheets(fileName: string, { chunks, size }: Bytes): Promise<Content> {
  if (size > LONGEST_WHOLE)
    throw invalidFile(fileName, 'is a workbook of more than 256 MiB', {}, 'Save its sheets as CSV.');
  const { sheets, unread } = await readWorkbook({ fileName, bytes: Buffer.concat([...chunks()]) });
  return { sheets, unread };
}

/** A table does not begin with a bracket of JSON. */
function isDocument({ chunks }: Bytes): boolean {
  for (const chunk of chunks()) {
    const text = Buffer.from(chunk.subarray(0, 1024)).toString('latin1').replace('\u00ef\u00bb\u00bf', '').trimStart();
    if (text !== '') return /^(\{\s*["}]|\[\s*[[{"\]\d-])/.test(text);
  }
  return false;
}

function readDocument(fileName: string, { chunks, size }: Bytes, encoding: Encoding = 'utf-8'): unknown {
  if (size > LONGEST_WHOLE)
    throw invalidFile(fileName, 'is a JSON document of more than 256 MiB', {}, 'Export it in parts, or as CSV.');
  const text = decodeText(fileName, Buffer.concat([...chunks()]), encoding, { byte: 0, lines: 0 });
  try {
    return JSON.parse(text);
  } catch (error) {
    // The platform's own message quotes what stands there, which may be about a person.
    const at = /at position (\d+)/.exec((error as Error).message)?.[1];
    const where = at === undefined ? '' : `: it stops being so at character ${Number(at) + 1}`;
    throw invalidFile(fileName, `is not valid JSON${where}`, {}, 'Export it again.');
  }
}

function sizeOf(path: string): number {
  const file = open(path);
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

function* chunksOf(path: string): Generator<Uint8Array> {
  const file = open(path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new LedgerError('not-found', `${path} cannot be read: ${whyNot(error)}.`);
  }
}
