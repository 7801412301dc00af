/** The chart of a series: the Vega-Lite spec, or drawn as SVG or PNG. */
import { z } from 'zod';
import type { Series } from '../../contracts/series.ts';
import { requestOf } from '../app/selection.ts';
import { baselineProgressChart } from '../charts/baselineProgressChart.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';
import { entityTag, preferred, sendTagged } from './negotiate.ts';
import type { HttpPorts } from './ports.ts';
import { fileName, links } from './series.ts';
import { chartQuery, indicatorParams } from './seriesQuery.ts';

const FORMS = { json: 'application/json', svg: 'image/svg+xml', png: 'image/png' } as const;
type Form = keyof typeof FORMS;
const SCHEMAS = {
  json: z.record(z.string(), z.unknown()).describe('A Vega-Lite 6 spec with its data inside'),
  svg: z.string().describe('With title, description and role'),
  png: z.string().meta({ format: 'binary' }),
};
const PNG_WIDTH = 1200;

type ChartPorts = Pick<HttpPorts, 'ledger' | 'renderSvg' | 'renderPng' | 'version'>;

/** Adds `/v1/indicators/{id}/chart`, and the same with `.json`, `.svg` and `.png`. */
export function chartRoutes(app: Api, { ledger, renderSvg, renderPng, version }: ChartPorts): void {
  route('', FORMS);
  for (const form of Object.keys(FORMS) as Form[]) route(`.${form}`, { [form]: FORMS[form] });

  function route(suffix: string, forms: Partial<typeof FORMS>): void {
    app.get(
      `/v1/indicators/:id/chart${suffix}`,
      {
        schema: {
          summary: `Chart of an indicator: baseline against progress${suffix === '' ? '' : ` (${suffix.slice(1)})`}`,
          tags: ['indicators'],
          params: indicatorParams,
          querystring: chartQuery,
          response: {
            200: {
              description: 'The chart',
              content: Object.fromEntries(
                (Object.keys(forms) as Form[]).map((form) => [FORMS[form], { schema: SCHEMAS[form] }]),
              ),
            },
            304: z.null().describe('The client has it already'),
            ...problems(400, 404),
          },
        },
      },
      async (request, reply) => {
        const [only] = Object.keys(forms) as Form[];
        const { format, width } = request.query;
        const form = suffix === '' ? (format ?? preferred(request.headers.accept, FORMS)) : (only ?? 'json');
        if (width !== undefined && form !== 'png') throw widthOfNothing(form);
        const series = await ledger.series(requestOf(request.params.id, request.query));
        reply.header('link', links(series, request.query));
        reply.header('content-disposition', `inline; filename="${fileName(series)}.${form}"`);
        return sendTagged(request, reply, {
          tag: entityTag(version, form, String(width ?? PNG_WIDTH), JSON.stringify(series)),
          type: form === 'png' ? FORMS.png : `${FORMS[form]}; charset=utf-8`,
          make: () => drawn(series, form, width ?? PNG_WIDTH),
        });
      },
    );
  }

  async function drawn(series: Series, form: Form, width: number): Promise<string | Uint8Array> {
    const spec = baselineProgressChart(series);
    if (form === 'json') return JSON.stringify(spec);
    const svg = await renderSvg(spec);
    return form === 'svg' ? svg : renderPng(svg, width);
  }
}

const widthOfNothing = (form: Form): LedgerError =>
  new LedgerError('invalid-query', `"width" is for PNG; ${form} has no width of its own.`, {
    faults: [{ message: 'is for PNG only', pointer: '/width' }],
  });
