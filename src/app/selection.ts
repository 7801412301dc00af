/** Which series a reader means, as it stands in the query of an address: the same for the API and for the pages. */
import type { Selection } from '../../contracts/selection.ts';
import type { Series } from '../../contracts/series.ts';
import type { SeriesRequest } from './readSeries.ts';

/** The request for the series of an indicator that a selection means. */
export const requestOf = (indicator: string, { by, ...rest }: Selection): SeriesRequest => ({
  indicator,
  ...rest,
  granularity: by,
});

/** The query that leads to a series again, whatever is reported later: `place=E08000021&by=month&basis=computed`. */
export function selectionQuery(series: Series, span: Pick<Selection, 'from' | 'to'> = {}): string {
  const query = new URLSearchParams({ place: series.place.code, by: series.granularity, basis: series.basis });
  if (series.breakdown !== '') query.set('breakdown', series.breakdown);
  if (span.from !== undefined) query.set('from', span.from);
  if (span.to !== undefined) query.set('to', span.to);
  return query.toString();
}
