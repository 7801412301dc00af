/**
 * How a count divides the month it lies in: as a whole, or by windows of some length that follow one another. Windows of
 * one shape never overlap unless they are the same window, so what one source counts in one shape may be added.
 */

/** The whole month in one, or several months. */
export const WHOLE = 0;

/** Shapes are below this number. */
export const SHAPES = 1024;

/**
 * The shape of a window of `length` days (1 to 31) from a date of a month (1 to 31) on, where it is not the whole month.
 * Weeks that begin on the same day of the week are of one shape, those that begin on another are of another.
 */
export const shapeOf = (length: number, date: number): number => length * 32 + ((date - 1) % length);
