/**
 * How wide a text is, without a canvas: the advance widths of Public Sans, read from its TTF files. Charts are laid out
 * with these numbers, so that no label is cut off or runs into another, on any machine and without measuring.
 */

/** Thousandths of an em for the characters U+0020 to U+007E. */
const REGULAR = [
  243, 251, 426, 603, 659, 904, 709, 248, 303, 309, 394, 555, 242, 378, 225, 351, 612, 407, 596, 630, 629, 641, 623,
  601, 648, 625, 226, 240, 546, 555, 546, 521, 831, 710, 671, 689, 694, 621, 594, 733, 766, 283, 389, 682, 578, 886,
  754, 734, 637, 748, 677, 670, 594, 701, 673, 954, 688, 607, 637, 303, 351, 303, 473, 518, 219, 553, 597, 544, 597,
  567, 396, 623, 577, 248, 263, 562, 303, 865, 577, 566, 596, 596, 391, 506, 389, 581, 504, 780, 565, 535, 481, 328,
  263, 332, 568,
];
const BOLD = [
  226, 282, 480, 616, 681, 939, 784, 261, 333, 337, 473, 589, 277, 393, 270, 381, 645, 428, 635, 665, 656, 675, 661,
  626, 671, 659, 270, 279, 578, 589, 578, 535, 828, 727, 685, 718, 720, 635, 614, 759, 770, 308, 402, 717, 578, 918,
  782, 761, 653, 773, 696, 692, 616, 724, 704, 969, 717, 668, 670, 337, 381, 337, 484, 553, 264, 567, 609, 547, 609,
  577, 397, 629, 593, 267, 289, 580, 329, 896, 593, 576, 607, 607, 412, 527, 417, 595, 521, 789, 588, 563, 497, 385,
  269, 384, 612,
];
/** For any other character: wider than all but a few letters, so that a mistake leaves room rather than takes it. */
const OTHER = 700;

export type Weight = 'regular' | 'bold';

/** Width of a text in pixels at a font size in pixels. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  const widths = weight === 'bold' ? BOLD : REGULAR;
  let thousandths = 0;
  for (const character of text) thousandths += widths[(character.codePointAt(0) ?? 0) - 32] ?? OTHER;
  return (thousandths * size) / 1000;
}

/**
 * Lines of at most `width` pixels, broken at spaces. A single word that is wider stands on a line of its own. Never
 * empty: an empty text is one empty line.
 */
export function wrapText(text: string, width: number, size: number, weight: Weight = 'regular'): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size, weight) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
