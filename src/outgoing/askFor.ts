/** Asking a COUNTER API for one report of one month, again and again as long as that is decent. */
import type { ReportId } from '../importers/counter/counterVocabulary.ts';
import { judge, reportUrl, type Platform, type Verdict } from './counterApi.ts';
import type { Get } from './guard.ts';
import { backoffMs, type AtHost, type Effects } from './patience.ts';

export interface Asking {
  readonly get: Get;
  readonly atHost: AtHost;
  readonly effects: Effects;
  readonly signal?: AbortSignal | undefined;
}

export const MOST_ATTEMPTS = 6;
/** A server that asks for more patience than this is left alone until then, and a later harvest goes on. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** The verdict on a report; `again` only when patience is at an end. Month since January 1970. */
export async function askFor(
  platform: Platform,
  asked: { report: ReportId; month: number },
  { get, atHost, effects, signal }: Asking,
): Promise<Verdict> {
  const url = reportUrl(platform, asked.report, asked.month);
  for (let attempt = 0; ; attempt++) {
    const got = await atHost(url.host, () => get(url, signal), signal);
    const verdict = judge(got, asked, effects.now());
    if (verdict.kind !== 'again') return verdict;
    // Never sooner than the server asks, and never sooner than would be decent if it asked for nothing.
    const wait = Math.max(verdict.afterMs ?? 0, backoffMs(attempt, effects.random));
    if (attempt + 1 >= MOST_ATTEMPTS || wait > LONGEST_WAIT_MS) return verdict;
    await effects.sleep(wait, signal);
  }
}
