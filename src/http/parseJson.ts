/**
 * JSON text → value, with line and column of what is wrong: the platform's own message often leaves the place out. A
 * text of which the platform would lose something without a word is refused, too.
 */
import { isUtf8 } from 'node:buffer';
import type { Fault } from '../../contracts/errors.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { lossIn } from './jsonLosses.ts';

/**
 * The value of a JSON document in UTF-8.
 * @param line line number of the first line, where the text is part of a larger one
 * @throws LedgerError `invalid-json` with line and column, and with a JSON pointer where the text is sound but not its value
 */
export function parseJson(bytes: Buffer, line = 1): unknown {
  // A byte that is no character would otherwise be replaced without a word, and the text stored would not be the one sent.
  if (!isUtf8(bytes)) throw invalidJson({ message: 'is not UTF-8', line });
  const text = withoutMark(bytes.toString('utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { offset, message } = faultIn(text);
    throw invalidJson({ message, ...placeIn(text, offset, line) });
  }
  const loss = lossIn(text, value);
  if (loss === null) return value;
  throw invalidJson({ message: loss.message, pointer: loss.pointer, ...placeIn(text, loss.offset, line) });
}

/** Line and column of an offset, in a text whose first line has this number. */
function placeIn(text: string, offset: number, line: number): Required<Pick<Fault, 'line' | 'column'>> {
  const before = text.slice(0, offset).split('\n');
  return { line: line + before.length - 1, column: (before.at(-1) ?? '').length + 1 };
}

/** Some editors and PowerShell begin a file with a byte order mark. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

function invalidJson(fault: Fault): LedgerError {
  const place = [fault.line, fault.column].filter((part) => part !== undefined).join(', column ');
  return new LedgerError('invalid-json', `Line ${place}: ${fault.message}.`, { faults: [fault] });
}

interface JsonFault {
  readonly offset: number;
  readonly message: string;
}

const WHITE = /[ \t\n\r]*/y;
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

type Expected = 'a value' | 'a value or ]' | 'a name in quotes' | 'a name in quotes or }' | ':' | 'the end';

/**
 * Where a text stops being JSON. Only for texts that do not parse. Without recursion, because the depth of what is sent
 * is the sender's choice.
 */
function faultIn(text: string): JsonFault {
  const open: ('{' | '[')[] = [];
  let expected: Expected | 'comma' = 'a value';
  let at = 0;
  const fault = (message: string, offset = at): JsonFault => ({ offset, message });
  const afterValue = (): Expected | 'comma' => (open.length === 0 ? 'the end' : 'comma');
  for (;;) {
    WHITE.lastIndex = at;
    WHITE.test(text);
    at = WHITE.lastIndex;
    const char = text[at];
    const found = char === undefined ? 'the end of the text' : JSON.stringify(char);
    const wanted: string = expected === 'comma' ? (open.at(-1) === '{' ? ', or }' : ', or ]') : expected;
    const mismatch = (): JsonFault => fault(`expected ${wanted}, found ${found}`);
    if (char === undefined) return mismatch();
    if (expected === 'the end') return mismatch();
    if (expected === ':') {
      if (char !== ':') return mismatch();
      at += 1;
      expected = 'a value';
    } else if (expected === 'comma') {
      const inObject = open.at(-1) === '{';
      if (char === ',') expected = inObject ? 'a name in quotes' : 'a value';
      else if (char === (inObject ? '}' : ']')) {
        open.pop();
        expected = afterValue();
      } else return mismatch();
      at += 1;
    } else if (expected === 'a name in quotes' || expected === 'a name in quotes or }') {
      if (char === '}' && expected === 'a name in quotes or }') {
        open.pop();
        expected = afterValue();
        at += 1;
        continue;
      }
      if (char !== '"') return mismatch();
      const end = endOfString(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      expected = ':';
    } else if (char === '{' || char === '[') {
      open.push(char);
      expected = char === '{' ? 'a name in quotes or }' : 'a value or ]';
      at += 1;
    } else if (char === ']' && expected === 'a value or ]') {
      open.pop();
      expected = afterValue();
      at += 1;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      expected = afterValue();
    } else {
      ATOM.lastIndex = at;
      if (!ATOM.test(text)) return mismatch();
      at = ATOM.lastIndex;
      expected = afterValue();
    }
  }
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The offset after a string that begins at `start`, or what is wrong with it. */
function endOfString(text: string, start: number): number | JsonFault {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (Number.isNaN(code)) return { offset: at, message: 'expected a closing quote, found the end of the text' };
    if (code === 0x22) return at + 1;
    if (code < 0x20) return { offset: at, message: 'a line break or control character stands inside a string' };
    if (code === 0x5c) {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return { offset: at, message: 'a backslash begins no escape that JSON knows' };
      at = ESCAPE.lastIndex;
    } else at += 1;
  }
}
