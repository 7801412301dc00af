/** Vega-Lite spec in, SVG text out, without a browser and without a canvas. */
import { createHash } from 'node:crypto';
import type { Loader } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { LedgerError } from '../domain/ledgerError.ts';

/**
 * The picture of a spec as SVG, with its headline as `<title>`, its description as `<desc>` and `role="img"`, so that it
 * can stand in a page as it is. The same spec gives the same bytes. Throws LedgerError `internal` for a spec that
 * does not compile or that wants data from outside.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const wanted: string[] = [];
  // Loaded with the first picture: it takes a third of a start, and many servers and commands draw none.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  try {
    const view = new View(parse(compile(spec).spec), { renderer: 'none', loader: closedLoader(wanted) });
    const svg = await view.toSVG();
    view.finalize();
    if (wanted.length > 0) throw new Error(`it asks for ${wanted.join(', ')}, and charts carry their own data`);
    return accessible(svg, headlineOf(spec), spec.description ?? '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LedgerError('internal', `The chart could not be drawn: ${why}.`);
  }
}

/** A chart has its data inside: a loader that fetches would be a way out to the network and to the disk. */
function closedLoader(wanted: string[]): Loader {
  const refuse = (what: string): Promise<never> => {
    wanted.push(what);
    return Promise.reject(new Error(`not loaded: ${what}`));
  };
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

function headlineOf(spec: TopLevelSpec): string {
  const title = spec.title;
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  return Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : '';
}

/** Puts title, description and role on the root. Ids come from the content: two charts in one page do not clash. */
function accessible(svg: string, title: string, description: string): string {
  const id = createHash('sha256').update(svg).update(title).update(description).digest('hex').slice(0, 12);
  const open = /<svg\b[^>]*>/.exec(svg);
  if (open === null) throw new Error('Vega gave no <svg>');
  const root = open[0].replace('<svg', `<svg role="img" aria-labelledby="title-${id}" aria-describedby="desc-${id}"`);
  const labels = `<title id="title-${id}">${escaped(title)}</title><desc id="desc-${id}">${escaped(description)}</desc>`;
  return svg.slice(0, open.index) + root + labels + svg.slice(open.index + open[0].length);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
