/**
 * What a number format makes of a number: a date, a percentage, or a number (whatever its decimals, separators, colours
 * and currency). ECMA-376 part 1, 18.8.30 and 18.8.31.
 */

export type Shown =
  | { readonly kind: 'number' }
  | { readonly kind: 'percent' }
  | {
      readonly kind: 'date';
      /** Whether it shows any of year, month and day; otherwise it shows only a time of day. */
      readonly days: boolean;
      /** Year and month, and neither day nor time: `mmm-yy`. */
      readonly monthOnly: boolean;
      /** Hours, minutes or seconds that go on beyond a day: `[h]:mm`. */
      readonly elapsed: boolean;
    };

/** What a format shows of a number, which may depend on its sign or size: `0%;[Red]-0%;0`. */
export type NumberFormat = (value: number) => Shown;

const NUMBER: Shown = { kind: 'number' };
const PERCENT: Shown = { kind: 'percent' };

/** The format of a cell that names none. */
export const GENERAL: NumberFormat = () => NUMBER;

/** Formats that are known by their number alone, those that are not plain numbers. 27 to 36 and 50 to 58 are East Asian. */
const DATE = 'yyyy-mm-dd';
const BUILT_IN: Readonly<Record<number, string>> = {
  9: '0%',
  10: '0.00%',
  14: DATE,
  15: DATE,
  16: DATE,
  17: 'mmm-yy',
  18: 'h:mm',
  19: 'h:mm:ss',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd h:mm',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss',
  ...Object.fromEntries([27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58].map((id) => [id, DATE])),
  32: 'h:mm',
  33: 'h:mm:ss',
};

/** The format of a number below 164, or of one that the workbook does not define. */
export const builtInFormat = (id: number): NumberFormat => {
  const code = BUILT_IN[id];
  return code === undefined ? GENERAL : numberFormat(code);
};

interface Section {
  readonly shown: Shown;
  readonly condition: ((value: number) => boolean) | null;
}

/** Reads a format code as it is stored, which is in English whatever the language of the program. */
export function numberFormat(code: string): NumberFormat {
  const sections = sectionsOf(code).map(sectionOf);
  const shownBy = (index: number): Shown => sections[index]?.shown ?? sections[0]?.shown ?? NUMBER;
  if (sections.some(({ condition }) => condition !== null)) {
    return (value) => sections.find(({ condition }) => condition === null || condition(value))?.shown ?? shownBy(0);
  }
  return (value) => (value > 0 ? shownBy(0) : value < 0 ? shownBy(1) : shownBy(2));
}

/** Quoted text, escaped characters, fillers, brackets, words, and any other character. */
const TOKEN = /"[^"]*"?|\\.|[_*].|\[[^\]]*\]|am\/pm|a\/p|general|e[+-]|./gis;

/** The tokens of each section that say something about the number, in lower case. */
function sectionsOf(code: string): string[][] {
  const sections: string[][] = [[]];
  for (const [token] of code.toLowerCase().matchAll(TOKEN)) {
    if (token === ';') sections.push([]);
    else if (!/^["\\_*]/.test(token)) sections.at(-1)?.push(token);
  }
  return sections;
}

const CONDITION = /^\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]$/;
const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
  '=': (value, bound) => value === bound,
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
  '<>': (value, bound) => value !== bound,
};

function sectionOf(tokens: readonly string[]): Section {
  const [, operator = '', bound] = tokens.map((token) => CONDITION.exec(token)).find((found) => found !== null) ?? [];
  const compare = COMPARE[operator];
  const condition = compare === undefined ? null : (value: number): boolean => compare(value, Number(bound));
  return { shown: shownOf(tokens), condition };
}

function shownOf(tokens: readonly string[]): Shown {
  const has = (...wanted: string[]): boolean => tokens.some((token) => wanted.includes(token));
  const elapsed = tokens.some((token) => /^\[(h+|m+|s+)\]$/.test(token));
  const clock = elapsed || has('h', 's', 'am/pm', 'a/p');
  const year = has('y', 'e');
  const day = has('d');
  // An m beside hours or seconds is minutes, unless it is long enough for the name of a month.
  const month = has('m') && (!clock || year || day || /m{3}/.test(tokens.join('')));
  if (clock || year || day || month) {
    return { kind: 'date', days: year || day || month, monthOnly: year && month && !day && !clock, elapsed };
  }
  return has('%') ? PERCENT : NUMBER;
}
