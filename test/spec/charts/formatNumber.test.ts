import { expect, test } from 'vitest';
import {
  formatNumber,
  formatPercentChange,
  formatSigned,
  formatWithUnit,
  roundsToZero,
} from '../../../src/domain/formatNumber.ts';

test.each([
  [1_663_709, 0, '1,663,709'],
  [0, 0, '0'],
  [48.25, 1, '48.3'],
  [4.6, 2, '4.60'],
  [-8.2286, 2, '−8.23'],
  [-0.004, 2, '0.00'],
])('%d with %d decimals is %s', (value, decimals, text) => {
  expect(formatNumber(value, decimals)).toBe(text);
});

test('a figure quoted as stated has no zeros that nobody stated', () => {
  expect([99, 48.25, 33.4, 210_800_000].map((each) => formatNumber(each, 1, true))).toEqual(['99', '48.3', '33.4', '210,800,000']); // prettier-ignore
  expect([formatWithUnit(62, 1, '%', true), formatSigned(35, 1, true), formatNumber(0, 2, true)]).toEqual(['62%', '+35', '0']); // prettier-ignore
});

test('a share stands against its sign, other units after a space', () => {
  expect(formatWithUnit(48.2, 1, '%')).toBe('48.2%');
  expect(formatWithUnit(12_288, 0, 'businesses')).toBe('12,288 businesses');
});

test('a change has its sign, unless it rounds to nothing', () => {
  expect([47.9085, -38.3319, 0, 0.001, -0.001].map((each) => formatPercentChange(each))).toEqual([
    '+47.91%',
    '−38.33%',
    '0.00%',
    '0.00%',
    '0.00%',
  ]);
  expect(formatPercentChange(2.64, 1)).toBe('+2.6%');
});

test('a value that is not zero but would be written so is known', () => {
  expect([roundsToZero(0.4, 0), roundsToZero(0, 0), roundsToZero(0.5, 0), roundsToZero(-0.04, 1)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
