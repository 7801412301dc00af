/** Words that several contracts, and the rules behind them, share: each list is stated here and nowhere else. */

/** How long a period is. `window` is any other interval, kept exactly as its publisher stated it. */
export const GRANULARITIES = ['month', 'quarter', 'half-year', 'financial-year', 'window'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** Periods of the calendar, from fine to coarse. */
export const CALENDAR_GRANULARITIES = ['month', 'quarter', 'half-year', 'financial-year'] as const;
export type CalendarGranularity = (typeof CALENDAR_GRANULARITIES)[number];

/** Why there is no number. None of these is zero. */
export const ABSENCES = ['not-reported', 'not-open', 'suppressed', 'not-applicable', 'not-available'] as const;
export type Absence = (typeof ABSENCES)[number];

/**
 * Why there is, or is not, a number. `value` is a number exactly when the state is `observed` or `zero`;
 * in every other state it is `null`: missing is not zero.
 */
export const VALUE_STATES = ['observed', 'zero', ...ABSENCES] as const;
export type ValueState = (typeof VALUE_STATES)[number];

/** `computed` from activity facts, or `published` elsewhere and quoted. The two are held side by side, never summed. */
export const BASES = ['computed', 'published'] as const;
export type Basis = (typeof BASES)[number];

/** Which way is better. */
export const DIRECTIONS = ['up', 'down', 'neutral'] as const;

/** Bands that estimates of a population are of. */
export const POPULATION_AGES = ['all', '0-11', '12-17', '18-plus'] as const;

/**
 * How the code of a library authority begins: an English unitary, district, metropolitan district, London borough or
 * county, a Welsh or Scottish council, a Northern Irish district, or a made-up one (X92 is the made-up nation). Nations,
 * regions and unions of nations are no authorities.
 */
const OF_AUTHORITY = '(E0[6-9]|E10|W06|S12|N09|X[0-8][0-9]|X9[013-9])[0-9]{6}';

/** A library system outside the United Kingdom: its ISIL (ISO 15511), in capitals and digits. */
const ISIL = '(?!GB-)[A-Z]{2}-[A-Z0-9]{1,11}';
const SERVICE_POINT = '(/[a-z0-9]+(-[a-z0-9]+)*)?';

/** The code of a library authority, such as `E08000021`. */
export const AUTHORITY_CODE = new RegExp(`^(${OF_AUTHORITY}|${ISIL})$`);

/** A library authority or a service point of it, such as `E08000021/city`. */
export const LIBRARY_PLACE = new RegExp(`^(${OF_AUTHORITY}|${ISIL})${SERVICE_POINT}$`);

/** Any place: an area of the United Kingdom by its GSS code, a library system elsewhere, or a service point. */
export const ANY_PLACE = new RegExp(`^([A-Z]\\d{8}|${ISIL})${SERVICE_POINT}$`);

/** How often the data of a feed are due. */
export const CADENCES = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular'] as const;
export type Cadence = (typeof CADENCES)[number];
