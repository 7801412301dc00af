/**
 * How a file writes dates, as a pattern: `DD/MM/YYYY`, `D MMM YYYY`, `YYYY-MM-DD hh:mm`. Nothing else may say which of
 * two numbers is the day: 03/04/2019 is two different days.
 */

/** The parts a pattern may have. One letter is one or two digits; two letters are two digits, with a leading zero. */
const PARTS = ['YYYY', 'YY', 'MMMM', 'MMM', 'MM', 'M', 'DD', 'D', 'hh', 'mm', 'ss'] as const;
export type DatePart = (typeof PARTS)[number];

/** A part of the date, or characters that stand there as they are. */
export type PatternPiece = { readonly part: DatePart } | { readonly literal: string };

const PIECE = new RegExp(`${PARTS.join('|')}|[^YMDhms]`, 'g');
const unitOf = (part: DatePart): string => part.charAt(0);

/** The pieces of a pattern in their order, or null where it is none. */
export function piecesOf(pattern: string): readonly PatternPiece[] | null {
  const found = pattern.match(PIECE) ?? [];
  if (found.join('') !== pattern) return null;
  const pieces = found.map((text): PatternPiece => {
    const part = PARTS.find((known) => known === text);
    return part === undefined ? { literal: text } : { part };
  });
  const units = pieces.flatMap((piece) => ('part' in piece ? [unitOf(piece.part)] : []));
  return new Set(units).size === units.length && !hasLooseEnds(pieces) ? pieces : null;
}

/** A number of one or two digits beside another number: nothing tells where it ends. */
const hasLooseEnds = (pieces: readonly PatternPiece[]): boolean =>
  pieces.some((piece, at) => isLoose(piece) && [pieces[at - 1], pieces[at + 1]].some(isDigits));

const isLoose = (piece: PatternPiece): boolean => 'part' in piece && (piece.part === 'D' || piece.part === 'M');
const isDigits = (piece: PatternPiece | undefined): boolean =>
  piece !== undefined && ('part' in piece ? !piece.part.startsWith('MMM') : /\d/.test(piece.literal));

/** Which of year (`Y`), month (`M`), day (`D`), hour (`h`), minute (`m`) and second (`s`) a pattern has. */
export const unitsOf = (pieces: readonly PatternPiece[]): string =>
  pieces.flatMap((piece) => ('part' in piece ? [unitOf(piece.part)] : [])).join('');
