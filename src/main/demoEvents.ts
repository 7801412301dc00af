/**
 * Made-up activity of a made-up authority, X99000001: enough to see every kind of indicator move. The same events each
 * time, so that sending them again counts nothing twice. Real place codes never start with X.
 */
import { createHash } from 'node:crypto';
import { typeOf, type ActivityEvent, type FactBody, type FactKind } from '../../contracts/activityEvent.ts';
import { isoOf, firstDayOfMonth, daysInMonth } from '../domain/periods.ts';

const AUTHORITY = 'X99000001';
const SOURCE = 'urn:made-up:demonstration';
const BRANCHES = ['riverside', 'hilltop', 'market-square', 'harbour'] as const;
/** April 2018 to March 2025, months counted from January 1970. */
const FIRST_MONTH = 579;
const LAST_MONTH = 662;
const CLOSED_FROM = 603;
const CLOSED_TO = 608;

/** A whole number below `below`, always the same for the same words: made-up data need no randomness. */
function pick(below: number, ...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUInt32BE(0) % below;
}

const pseudonym = (...words: readonly (string | number)[]): string =>
  createHash('sha256')
    .update(`made-up ${words.join(' ')}`)
    .digest('hex')
    .slice(0, 32);

const dayIn = (month: number, ...words: readonly (string | number)[]): string =>
  isoOf(firstDayOfMonth(month) + pick(daysInMonth(month), month, ...words));

/** All of them, in order of time. */
export function demoEvents(): ActivityEvent[] {
  const events: ActivityEvent[] = [];
  const emit = (id: string, body: FactBody): void => {
    events.push({ specversion: '1.0', id, source: SOURCE, ...body });
  };
  const moment = <K extends FactKind>(kind: K, subject: string, day: string, data: unknown): FactBody =>
    ({ type: typeOf(kind), subject, time: `${day}T11:00:00Z`, data }) as FactBody;
  const plain = <K extends FactKind>(kind: K, subject: string, data: unknown): FactBody =>
    ({ type: typeOf(kind), subject, data }) as FactBody;

  for (let year = 2018; year <= 2024; year++) {
    emit(`population-${year}`, plain('reference.population', AUTHORITY, {
      on: `${year}-06-30`, population: 84_000 + (year - 2018) * 350, ages: 'all', source: 'Made up for demonstration',
    })); // prettier-ignore
  }
  BRANCHES.forEach((branch, at) => {
    emit(
      `status-${branch}-2018`,
      plain('service-point.status', `${AUTHORITY}/${branch}`, {
        on: '2018-04-01',
        open: 'open',
        wifi: at < 2 ? 'yes' : 'no',
        statutory: 'yes',
        kind: 'static',
      }),
    );
    if (at >= 2)
      emit(
        `status-${branch}-later`,
        plain('service-point.status', `${AUTHORITY}/${branch}`, {
          on: `${2019 + at}-09-01`,
          open: 'open',
          wifi: 'yes',
          statutory: 'yes',
          kind: 'static',
        }),
      );
  });

  for (let month = FIRST_MONTH; month <= LAST_MONTH; month++) {
    const window = `${isoOf(firstDayOfMonth(month))}/P1M`;
    const closed = month >= CLOSED_FROM && month <= CLOSED_TO;
    const recovery = month < CLOSED_FROM ? 1 : Math.min(1.05, 0.35 + (month - CLOSED_TO) * 0.018);
    BRANCHES.forEach((branch, at) => {
      const place = `${AUTHORITY}/${branch}`;
      const season = month % 12 === 11 ? 0.8 : 1;
      const visits = Math.round((2_600 + at * 900 + pick(500, branch, month)) * recovery * season);
      // One branch forgets a month now and then: missing is not zero.
      const missing = pick(29, 'missing', branch, month) === 0;
      emit(`visits-${branch}-${month}`, plain('visits.counted', place, {
        window, method: at === 3 ? 'manual' : 'automatic-counter',
        ...(closed ? { absent: 'not-open' } : missing ? { absent: 'not-reported' } : { count: visits }),
      })); // prettier-ignore
      if (closed) return;
      for (const [format, share] of [
        ['physical-book', 0.55],
        ['e-book', 0.12],
        ['e-audiobook', 0.08],
      ] as const) {
        const online = format !== 'physical-book';
        const count = Math.round(visits * share * (online ? 1 + (month - FIRST_MONTH) / 60 : 1));
        emit(
          `loans-${branch}-${format}-${month}`,
          plain('loans.counted', place, { window, method: 'system', counts: 'issues-and-renewals', format, count }),
        );
      }
      emit(
        `wifi-${branch}-${month}`,
        plain('digital-sessions.counted', place, {
          window,
          method: 'system',
          channel: 'wifi',
          sessions: Math.round(visits * 0.22),
        }),
      );
      for (let n = 0; n < 3; n++) {
        emit(
          `pc-${branch}-${month}-${n}`,
          moment('digital-session.ended', place, dayIn(month, branch, n), {
            channel: 'public-pc',
            durationSeconds: 900 + pick(4_000, branch, month, n),
          }),
        );
      }
      const outcome = (['cultural-enrichment', 'healthier-lives', 'reading-and-literacy'] as const)[
        pick(3, 'outcome', branch, month)
      ];
      emit(
        `activity-${branch}-${month}`,
        moment('activity.held', place, dayIn(month, 'activity', branch), {
          attendance: 8 + pick(30, 'activity', branch, month),
          mainOutcome: outcome,
        }),
      );
      emit(
        `reading-well-${branch}-${month}`,
        moment('loan.issued', place, dayIn(month, 'loan', branch), {
          format: 'physical-book',
          contentAge: '18-plus',
          list: 'reading-well',
        }),
      );
    });
    if (month % 12 === 6 && !closed) {
      const year = 1970 + Math.floor(month / 12);
      for (let child = 0; child < 140 + pick(60, 'children', year); child++) {
        const data = {
          challenge: 'summer-reading-challenge',
          year,
          ageBand: (['0-3', '4-7', '8-11'] as const)[pick(3, 'age', year, child)],
          participant: pseudonym('child', year, child),
        };
        const place = `${AUTHORITY}/${BRANCHES[pick(4, 'branch', year, child)]}`;
        emit(`joined-${year}-${child}`, moment('challenge.joined', place, dayIn(month, 'joined', child), data));
        if (pick(10, 'completed', year, child) < 6)
          emit(
            `completed-${year}-${child}`,
            moment('challenge.completed', place, dayIn(month + 1, 'completed', child), data),
          );
      }
    }
    const founder = (n: number) => ({
      centre: 'made-up-centre', sex: (['female', 'male', 'unknown'] as const)[pick(3, 'sex', month, n)], ethnicity: (['asian', 'black', 'white'] as const)[pick(3, 'ethnicity', month, n)],
      disability: pick(6, 'disability', month, n) === 0 ? 'yes' : 'no', ageBand: (['25-34', '35-49', '50-64'] as const)[pick(3, 'founder', month, n)], inRegion: 'yes', imdDecile: String(1 + pick(10, 'imd', month, n)),
    }); // prettier-ignore
    for (let n = 0; n < 6; n++) {
      emit(
        `support-${month}-${n}`,
        moment('bipc.support-given', `${AUTHORITY}/${BRANCHES[0]}`, dayIn(month, 'support', n), {
          ...founder(n),
          channel: pick(2, 'channel', month, n) === 0 ? 'face-to-face' : 'webinar',
          person: pseudonym('founder', pick(240, 'person', month, n)),
        }),
      );
    }
    if (pick(2, 'business', month) === 0)
      emit(
        `business-${month}`,
        moment('bipc.business-created', `${AUTHORITY}/${BRANCHES[0]}`, dayIn(month, 'business'), founder(0)),
      );
  }
  return events;
}
