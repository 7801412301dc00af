import { expect, it } from 'vitest';
import { suppressedSum } from '../../../src/domain/suppressedSum.ts';

it.each([
  [261_744, 12_448, 274_192, 311_536],
  [0, 1, 1, 4],
  [63_330, 0, 63_330, 63_330],
])('%i told and %i suppressed cells make %i to %i', (disclosed, suppressed, low, high) => {
  expect(suppressedSum(disclosed, suppressed)).toEqual({ low, high });
});
