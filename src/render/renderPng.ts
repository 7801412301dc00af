/** SVG in, PNG out, with the bundled fonts and nothing from the machine: the same picture everywhere. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';
import { LedgerError } from '../domain/ledgerError.ts';

const FAMILY = 'Public Sans';
const FACES = ['400Regular/PublicSans_400Regular.ttf', '700Bold/PublicSans_700Bold.ttf'];

/** Paths of the bundled TTF files. They must be TTF: resvg takes a WOFF file without a word and draws no text. */
export function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return FACES.map((face) => resolve(`@expo-google-fonts/public-sans/${face}`));
}

/** An SVG as a PNG of a width in pixels, on white. Throws LedgerError `internal` for an SVG that cannot be read. */
export function renderPng(svg: string, width: number): Buffer {
  try {
    return new Resvg(svg, options(fontFiles(), width)).render().asPng();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LedgerError('internal', `The picture could not be drawn: ${why}.`);
  }
}

/**
 * Proves that text is really drawn, in both weights: without a font it would silently be missing from every picture.
 * To be run once at the start. Throws LedgerError `internal` that names the cause. `files` is for tests.
 */
export function fontSelfTest(files: readonly string[] = fontFiles()): void {
  const hint = 'Reinstall with "npm ci": the fonts come with the package @expo-google-fonts/public-sans.';
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new LedgerError('internal', `Font file missing: ${missing.join(', ')}.`, { hint });
  const [regular, bold] = [ink('400', files), ink('700', files)];
  if (regular === 0 || bold === 0) {
    const loaded =
      files.length === 0 ? 'no font file was given' : `from ${files.join(', ')}; only TTF and OTF are read`;
    throw new LedgerError('internal', `Pictures would have no text: none was drawn (${loaded}).`, { hint });
  }
  // Bold text has more ink. Equal ink means that one face stands in for both.
  if (bold <= regular) {
    throw new LedgerError('internal', 'Pictures would have no bold text: the bold font file was not used.', { hint });
  }
}

/** Dark pixels of a sample text in one weight. */
function ink(weight: string, files: readonly string[]): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="40"><text x="4" y="28" font-family="${FAMILY}" font-size="24" font-weight="${weight}">Baseline 1,663,709</text></svg>`;
  const { pixels } = new Resvg(svg, options(files, 240)).render();
  let dark = 0;
  for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 128) dark += 1;
  return dark;
}

const options = (files: readonly string[], width: number): ResvgRenderOptions => ({
  background: '#ffffff',
  fitTo: { mode: 'width', value: width },
  font: { fontFiles: [...files], loadSystemFonts: false, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY },
});
