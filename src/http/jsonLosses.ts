/**
 * What JSON lets a sender say and a parsed value does not keep: a name given twice in one object, of which the last
 * wins, and a number that becomes another. Ordinary texts are told apart at the price of one look over them.
 */
import { pointerOf } from '../../contracts/pointer.ts';

export interface JsonLoss {
  readonly offset: number;
  readonly pointer: string;
  readonly message: string;
}

/** The first thing in a text that its parsed value has lost, or null. The text must have been parsed to that value. */
export function lossIn(text: string, value: unknown): JsonLoss | null {
  return mayLose(text, namesOf(value)) ? scan(text) : null;
}

const [QUOTE, COLON, ZERO, NINE, DOT, CAPITAL_E, SMALL_E] = [0x22, 0x3a, 0x30, 0x39, 0x2e, 0x45, 0x65];
/** A number of fewer characters, and without an exponent, cannot change. */
const LONG_NUMBER = 16;

/** Whether a sound text has other than so many names, or a number that might change: strings are leapt over. */
function mayLose(text: string, names: number): boolean {
  let colons = 0;
  let numberLength = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= ZERO && code <= NINE) || code === DOT) {
      numberLength += 1;
      if (numberLength >= LONG_NUMBER) return true;
      continue;
    }
    // Words have an "e", too, but never after a digit.
    if (numberLength > 0 && (code === SMALL_E || code === CAPITAL_E)) return true;
    numberLength = 0;
    if (code === COLON) colons += 1;
    else if (code === QUOTE) at = endOfString(text, at) - 1;
  }
  return colons !== names;
}

/** Names in a value, at any depth. Without recursion, because the depth of what is sent is the sender's choice. */
function namesOf(value: unknown): number {
  let names = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (const inner of next as unknown[]) if (typeof inner === 'object') open.push(inner);
    } else if (isRecord(next)) {
      // Quicker than lists of names and values, and a parsed value inherits no name.
      for (const name in next) {
        names += 1;
        if (typeof next[name] === 'object') open.push(next[name]);
      }
    }
  }
  return names;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Where the next thing that matters begins. The rest of a sound text is white space, colons and words. */
const NEXT = /["{}[\],]|-?\d[\d.eE+-]*/g;
const NAME_END = /[ \t\n\r]*:/y;

interface Open {
  /** Names given so far; null in a list. */
  readonly names: Set<string> | null;
  step: string | number;
}

function scan(text: string): JsonLoss | null {
  const open: Open[] = [];
  const lost = (offset: number, message: string): JsonLoss => ({
    offset,
    message,
    pointer: pointerOf(open.map(({ step }) => step)),
  });
  NEXT.lastIndex = 0;
  for (let found = NEXT.exec(text); found !== null; found = NEXT.exec(text)) {
    const { 0: token, index } = found;
    const inside = open.at(-1);
    if (token === '{') open.push({ names: new Set(), step: '' });
    else if (token === '[') open.push({ names: null, step: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (typeof inside?.step === 'number') inside.step += 1;
    } else if (token === '"') {
      const end = endOfString(text, index);
      NEXT.lastIndex = NAME_END.lastIndex = end;
      if (inside?.names && NAME_END.test(text)) {
        const name = JSON.parse(text.slice(index, end)) as string;
        inside.step = name;
        if (inside.names.has(name))
          return lost(index, `${shown(JSON.stringify(name))} is given twice: expected it once`);
        inside.names.add(name);
      }
    } else if (becomesAnother(token)) {
      return lost(index, `${shown(token)} cannot be kept: it would become ${Number(token)}`);
    }
  }
  return null;
}

/** The offset after a sound string: its closing quote is the first that no backslash makes a part of it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end + 1;
  }
}
const BACKSLASH = 0x5c;

const LONGEST_SHOWN = 40;
const shown = (token: string): string =>
  token.length <= LONGEST_SHOWN ? token : `${token.slice(0, LONGEST_SHOWN)}… (${token.length} characters)`;

/**
 * Whether a number becomes another where it matters: nothing of something, something without an end, or another whole
 * number than was written. Digits of a fraction beyond what a number holds are no loss.
 */
function becomesAnother(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return true;
  const [mantissa = '', exponent = '0'] = token.replace(/^-/, '').split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (value === 0) return digits !== '';
  if (!Number.isInteger(value)) return false;
  // The value is digits × 10 to the power of `power`, which is small here: the number is neither nothing nor endless.
  const power = Number(exponent) - fraction.length;
  const written = power >= 0 ? digits + '0'.repeat(power) : digits.slice(0, power);
  const beyond = power >= 0 ? '' : digits.slice(power);
  return /[1-9]/.test(beyond) || BigInt(written || '0') !== BigInt(Math.abs(value));
}
