/** The figures that a server shows, over the API alone. */
import { setTimeout as pause } from 'node:timers/promises';
import { BRANCHES } from './clientBatches.ts';

interface Ready {
  readonly position: number;
  readonly size: number;
}

/** Waits until everything that the log holds is in the figures, and answers how many events that is. */
export async function settled(address: string): Promise<number> {
  for (const start = Date.now(); Date.now() - start < 30_000; await pause(20)) {
    const answer = await fetch(`${address}/health/ready`).catch(() => null);
    if (answer?.ok !== true) continue;
    const { position, size } = (await answer.json()) as Ready;
    if (position === size) return size;
  }
  throw new Error('not everything that was recorded became visible within 30 s');
}

/** `branch month` → loans, of every month that shows any. */
export async function shownFigures(address: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const branch of BRANCHES) {
    const answer = await fetch(`${address}/v1/indicators/loans/series?place=${encodeURIComponent(branch)}&by=month`);
    if (answer.status === 404) continue;
    const { points } = (await answer.json()) as { points: { start: string; value: number | null }[] };
    for (const { start, value } of points) if (value !== null) found.set(`${branch} ${start}`, value);
  }
  return found;
}
