/**
 * Figures of months that only grow, as those of a count that is never set back: read as counts of each month they would be
 * added up again and again. They are told and not changed, for growth may be true.
 */
import type { Report, Spot } from '../importer.ts';

/** So many months in a row hardly any count grows in. */
const MONTHS = 9;
/** A running total of so many even months has grown about as many times; true growth hardly ever. */
const TIMES = 5;
/** Small counts grow by chance. */
const LARGE = 100;

/** Whether figures of following months look like a running total; what is no number interrupts them. */
export function growsLikeATotal(figures: readonly unknown[]): boolean {
  let run: number[] = [];
  for (const figure of [...figures, null]) {
    const last = run.at(-1);
    if (typeof figure === 'number' && figure > 0 && (last === undefined || figure >= last)) {
      run.push(figure);
      continue;
    }
    const [first = 0] = run;
    if (run.length >= MONTHS && (last ?? 0) >= LARGE && (last ?? 0) >= TIMES * first) return true;
    run = typeof figure === 'number' && figure > 0 ? [figure] : [];
  }
  return false;
}

/** Flags them. */
export function flagRunningTotal(name: string, figures: readonly unknown[], spot: Spot, report: Report): void {
  if (!growsLikeATotal(figures)) return;
  const done =
    'Imported as counts of each month; if they are running totals, withdraw them and send what each month added.';
  report.flag(
    spot,
    'looks-like-running-total',
    `${name}: figures that only grow`,
    'what was counted in each month',
    done,
  );
}
