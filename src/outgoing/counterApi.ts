/**
 * The COUNTER API (formerly SUSHI), release 5.1: what is asked, and what the answers mean. By the Code of Practice,
 * section 8 and appendix D.
 */
import { firstDayOfMonth, isoOf } from '../domain/periods.ts';
import { exceptionOf, writtenHeaderOf } from '../importers/counter/counterJson.ts';
import type { CounterException } from '../importers/counter/counterHeader.ts';
import { EXCEPTIONS, RELEASE, type ReportId } from '../importers/counter/counterVocabulary.ts';
import type { Answer, Got } from './guard.ts';
import { retryAfterMs } from './patience.ts';

/** What a provider knows a customer by. None of it is ever written down or shown. */
export interface Credentials {
  readonly customerId: string;
  readonly requestorId?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** A platform of which use is fetched. */
export interface Platform {
  /** What it is called here, and in the names of files. */
  readonly name: string;
  /** Base of the API, without `/r51`. */
  readonly url: URL;
  /** What the server calls the platform, where it serves several. */
  readonly apiPlatform?: string | undefined;
  readonly credentials: Credentials;
}

/** The address of a report for one month, counted from January 1970. */
export function reportUrl({ url, apiPlatform, credentials }: Platform, report: ReportId, month: number): URL {
  const address = new URL(`${url.pathname.replace(/\/$/, '')}/r51/reports/${report.toLowerCase()}`, url);
  const { begin, end } = datesOf(month);
  const query = {
    customer_id: credentials.customerId,
    requestor_id: credentials.requestorId,
    api_key: credentials.apiKey,
    platform: apiPlatform,
    begin_date: begin,
    end_date: end,
  };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

const datesOf = (month: number): { begin: string; end: string } => ({
  begin: isoOf(firstDayOfMonth(month)),
  end: isoOf(firstDayOfMonth(month + 1) - 1),
});

/**
 * What came of asking for a report of one month.
 * - `report`: it is there.
 * - `no-usage`: nobody used anything. `gone`: no longer held. Both are final, but for corrections.
 * - `not-ready`: the month is not processed yet.
 * - `again`: ask again, after so long where the server says so.
 * - `given-up`: asking again is of no use until somebody changes something: for this report, or for the whole platform.
 */
export type Verdict =
  | { readonly kind: 'report'; readonly body: Uint8Array; readonly exceptions: readonly CounterException[] }
  | { readonly kind: 'no-usage' | 'not-ready' | 'gone'; readonly exceptions: readonly CounterException[] }
  | { readonly kind: 'again'; readonly afterMs: number | null; readonly why: string }
  | { readonly kind: 'given-up'; readonly of: 'report' | 'platform'; readonly why: string };

/** What an answer, or its absence, means for the report that was asked for. */
export function judge(got: Got, asked: { report: ReportId; month: number }, now: Date): Verdict {
  if ('noAnswer' in got) {
    const { detail, again } = got.noAnswer;
    return again ? { kind: 'again', afterMs: null, why: detail } : { kind: 'given-up', of: 'platform', why: detail };
  }
  const { answer } = got;
  const document = documentOf(answer.body);
  const header = writtenHeaderOf(document);
  const exceptions = header?.exceptions ?? loneExceptions(document);
  const fatal = exceptions.map((one) => ofCode(one, answer, now)).find((verdict) => verdict !== null);
  if (fatal !== undefined) return fatal;
  const byStatus = ofStatus(answer, exceptions, now);
  if (byStatus !== null) return byStatus;
  const codes = new Set(exceptions.map(({ code }) => code));
  // Asked for one month, each of these can only be about that one.
  if (codes.has(EXCEPTIONS.notReady)) return { kind: 'not-ready', exceptions };
  if (codes.has(EXCEPTIONS.noLongerAvailable)) return { kind: 'gone', exceptions };
  if (header === null)
    return codes.has(EXCEPTIONS.noUsage)
      ? { kind: 'no-usage', exceptions }
      : givenUp('report', 'The answer is no COUNTER report');
  const { begin, end } = datesOf(asked.month);
  const wanted = `${RELEASE} ${asked.report} ${begin} ${end}`;
  const found = `${header.release} ${header.reportId} ${header.begin} ${header.end}`;
  if (found !== wanted) return givenUp('report', `Another report was answered than was asked for: "${found.slice(0, 80)}", not "${wanted}"`); // prettier-ignore
  const items = (document as { Report_Items?: unknown }).Report_Items;
  if (!Array.isArray(items)) return givenUp('report', 'The answer has no list of Report_Items');
  if (items.length > 0) return { kind: 'report', body: answer.body, exceptions };
  // Without a reason an empty report may mean that nothing is processed yet: it is asked for again.
  return { kind: codes.has(EXCEPTIONS.noUsage) ? 'no-usage' : 'not-ready', exceptions };
}

const givenUp = (of: 'report' | 'platform', why: string): Verdict => ({ kind: 'given-up', of, why });

function documentOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return null;
  }
}

/** Exceptions that are answered without a report, alone or, as some servers do, in a list. */
const loneExceptions = (document: unknown): readonly CounterException[] =>
  (Array.isArray(document) ? (document as unknown[]) : [document]).flatMap((one) => exceptionOf(one) ?? []);

const SERVICE: ReadonlySet<number> = new Set([1000, 1010, 1011, 1020]);
const FOR_PLATFORM: ReadonlySet<number> = new Set([1030, 2000, 2010, 2011, 2020]);
const INVALID_DATES = 3020;

/** What an exception means by itself; null where it leaves a report to be read. */
function ofCode({ code, says }: CounterException, { retryAfter }: Answer, now: Date): Verdict | null {
  const why = `${code}: ${says}`;
  if (SERVICE.has(code)) return { kind: 'again', afterMs: retryAfterMs(retryAfter, now), why };
  if (FOR_PLATFORM.has(code)) return givenUp('platform', why);
  return code === INVALID_DATES ? givenUp('report', why) : null;
}

const TOO_MANY = 429;
const ACCEPTED = 202;
const NOT_FOUND = 404;

/** What a status means where no exception says it better; null for success. */
function ofStatus({ status, retryAfter }: Answer, exceptions: readonly CounterException[], now: Date): Verdict | null {
  if (status === 200) return null;
  const [exception] = exceptions;
  const why = exception === undefined ? `HTTP status ${status}` : `${exception.code}: ${exception.says}`;
  if (status === TOO_MANY || status === ACCEPTED || status >= 500)
    return { kind: 'again', afterMs: retryAfterMs(retryAfter, now), why };
  return givenUp(status === 401 || status === 403 ? 'platform' : 'report', status === NOT_FOUND ? `${why}: the report or the address of the API is not there` : why); // prettier-ignore
}
