import { describe, expect, it } from 'vitest';
import { hoursOf, minutesIn, spansOf } from '../../../src/importers/registers/openingHours.ts';

describe('the opening hours of a day', () => {
  it.each([
    ['09:00-17:00', 480],
    ['09:00-12:00,13:00-17:00', 420],
    ['09:00 - 12:30, 13:00 – 17:00', 450],
    ['00:00-24:00', 1440],
    ['', 0],
    ['Closed', 0],
    ['X', 0],
  ])('%s is %i minutes', (cell, minutes) => {
    expect(minutesIn(spansOf(cell) ?? [[0, 1]])).toBe(minutes);
  });

  it.each([
    ['a point for a colon', '08.30-18:00'],
    ['one time', '09:00'],
    ['the end before the start', '17:00-09:00'],
    ['no time at all', '09:00-09:00'],
    ['spans that overlap', '09:00-13:00,12:00-17:00'],
    ['spans out of order', '13:00-17:00,09:00-12:00'],
    ['an hour that is none', '09:00-25:00'],
    ['a minute that is none', '09:60-17:00'],
    ['after midnight', '22:00-24:30'],
    ['words', 'All Day (with closure)'],
    ['a number', '8'],
  ])('cannot be read from %s', (_, cell) => {
    expect(spansOf(cell)).toBeNull();
  });

  it('count minutes once that two spans share, whatever their order', () => {
    expect(minutesIn([[600, 1020], [480, 1200]])).toBe(720); // prettier-ignore
    expect(minutesIn([[480, 540], [600, 660], [500, 530]])).toBe(120); // prettier-ignore
    expect(hoursOf(50)).toBe(0.83);
  });
});
