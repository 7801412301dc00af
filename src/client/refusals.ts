import type { Outcome } from './wire.ts';

/**
 * A line of JSON for each event that was refused: when, why and what to do (`problem`), and the event as it was sent
 * (`event`; `line` where the disk damaged it).
 */
export function refusals(lines: readonly string[], outcomes: readonly Outcome[], now: Date): string[] {
  return outcomes.flatMap((told, at) => {
    if (told.outcome !== 'refused') return [];
    const line = lines[at] ?? '';
    const sent = told.id === null ? { line } : { event: JSON.parse(line) as unknown };
    return [JSON.stringify({ refused: now.toISOString(), problem: told.problem, ...sent })];
  });
}
