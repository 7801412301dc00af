/**
 * A part of a workbook as XML, element by element, in memory that does not grow with it. Only what the format needs is
 * understood: no document types, so no entities of a file's own; no deep nesting; UTF-8.
 */
import { SaxesParser } from 'saxes';
import { LedgerError } from '../domain/ledgerError.ts';
import { damaged } from './zipParts.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What is done at each element, by its name without prefix. Text comes in pieces. */
export interface XmlHandlers {
  readonly open: (name: string, attributes: Attributes) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
}

const DEEPEST = 64;
/** Characters without the begin or end of an element. A cell holds 32,767; escaped, a few times that. */
const LONGEST_PIECE = 8 * 1024 * 1024;

/**
 * Reads one part to its end.
 * @param part  its name, for the error
 * @throws LedgerError `invalid-file` where it is not well formed or not as above, and whatever the handlers throw
 */
export async function readXml(
  file: { readonly fileName: string; readonly part: string },
  pieces: AsyncIterable<Uint8Array>,
  { open, close, text }: XmlHandlers,
): Promise<void> {
  const refuse = (why: string): LedgerError => damaged(file.fileName, `${file.part} ${why}`);
  const parser = new SaxesParser();
  let depth = 0;
  let sinceElement = 0;
  parser.on('doctype', () => {
    throw refuse('has a document type, which no spreadsheet program writes');
  });
  parser.on('xmldecl', ({ encoding = 'UTF-8' }) => {
    if (encoding.toUpperCase() !== 'UTF-8') throw refuse(`is written in ${encoding}, not in UTF-8`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceElement = 0;
    depth += 1;
    if (depth > DEEPEST) throw refuse(`has elements nested more than ${DEEPEST} deep`);
    open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    sinceElement = 0;
    depth -= 1;
    close?.(localName(name));
  });
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of pieces) {
      sinceElement += piece.length;
      if (sinceElement > LONGEST_PIECE) throw refuse(`has ${LONGEST_PIECE} bytes without an element`);
      parser.write(decoder.decode(piece, { stream: true }));
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw refuse(`is not well-formed XML (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Writers are free in their prefixes; the names of the format do not clash. */
function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
