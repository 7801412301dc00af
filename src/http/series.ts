/** One indicator along time: JSON and CSV. */
import { z } from 'zod';
import { seriesSchema, type Series } from '../../contracts/series.ts';
import type { Ledger } from '../app/ledger.ts';
import { requestOf, selectionQuery } from '../app/selection.ts';
import { problems, type Api } from './api.ts';
import { entityTag, preferred, sendTagged } from './negotiate.ts';
import { seriesCsv } from './seriesCsv.ts';
import { indicatorParams, seriesQuery } from './seriesQuery.ts';

const FORMS = { json: 'application/json', csv: 'text/csv' } as const;
type Form = keyof typeof FORMS;
const JSON_TYPE = 'application/json; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';
const csvText = z.string().describe('One row a point; the first row names the columns');

const SUMMARY = 'Series of an indicator: baseline, points along time, progress';

/** Adds `/v1/indicators/{id}/series`, and the same with `.json` and `.csv` for links that carry no Accept header. */
export function seriesRoutes(app: Api, { ledger, version }: { ledger: Ledger; version: string }): void {
  route('', FORMS);
  route('.json', { json: FORMS.json });
  route('.csv', { csv: FORMS.csv });

  function route(suffix: string, forms: Partial<typeof FORMS>): void {
    const schemas = { json: seriesSchema, csv: csvText };
    app.get(
      `/v1/indicators/:id/series${suffix}`,
      {
        schema: {
          summary: SUMMARY + (suffix === '' ? '' : ` (${suffix.slice(1)})`),
          description: 'Missing is not zero: `value` is null where there is none, and `state` says why.',
          tags: ['indicators'],
          params: indicatorParams,
          querystring: seriesQuery,
          response: {
            200: {
              description: 'The series',
              content: Object.fromEntries(
                (Object.keys(forms) as Form[]).map((form) => [FORMS[form], { schema: schemas[form] }]),
              ),
            },
            304: z.null().describe('The client has it already'),
            ...problems(400, 404),
          },
        },
      },
      async (request, reply) => {
        const series = await ledger.series(requestOf(request.params.id, request.query));
        const [only] = Object.keys(forms) as Form[];
        const form =
          suffix === '' ? (request.query.format ?? preferred(request.headers.accept, FORMS)) : (only ?? 'json');
        const json = JSON.stringify(series);
        const tag = entityTag(version, form, json);
        reply.header('link', links(series, request.query));
        if (form === 'json') return sendTagged(request, reply, { tag, type: JSON_TYPE, make: () => json });
        reply.header('content-disposition', `inline; filename="${fileName(series)}.csv"`);
        return sendTagged(request, reply, { tag, type: CSV_TYPE, make: () => seriesCsv(series) });
      },
    );
  }
}

/** Name for a download: what it is, where, and by what. */
export const fileName = (series: Series): string =>
  [series.indicator.id, series.place.code, series.granularity, series.breakdown]
    .filter((part) => part !== '')
    .join('-')
    .replace(/[^A-Za-z0-9-]+/g, '-');

/** Where the same series is in its other forms, pinned to what was chosen for the reader. */
export function links(series: Series, asked: { from?: string | undefined; to?: string | undefined }): string {
  const query = selectionQuery(series, asked);
  const base = `/v1/indicators/${series.indicator.id}`;
  const alternate = (path: string, type: string): string =>
    `<${base}/${path}?${query}>; rel="alternate"; type="${type}"`;
  return [
    `<${base}>; rel="describedby"`,
    `</indicators/${series.indicator.id}?${query}>; rel="alternate"; type="text/html"`,
    alternate('series.json', 'application/json'),
    alternate('series.csv', 'text/csv'),
    alternate('chart.svg', 'image/svg+xml'),
    alternate('chart.png', 'image/png'),
  ].join(', ');
}
