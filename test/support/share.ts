/**
 * The share of the heavy suites that this run takes: a tenth in `npm test`, all of it in `npm run prove`
 * (`OUTCOMES_SHARE=all`). The share is printed with the results.
 */
export const wholeProof = process.env['OUTCOMES_SHARE'] === 'all';

/** How many of `whole` cases to run. */
export function runs(whole: number): number {
  const taken = wholeProof ? whole * 10 : whole;
  console.log(`share: ${taken} of ${whole * 10} generated cases`);
  return taken;
}
