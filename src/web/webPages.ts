/** The pages: plain HTML that needs no script, made from the same series that the API gives. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Problem } from '../../contracts/errors.ts';
import type { Series } from '../../contracts/series.ts';
import { BASES } from '../../contracts/vocabulary.ts';
import type { Indicator } from '../app/catalogue.ts';
import type { Ledger } from '../app/ledger.ts';
import { baselineProgressChart } from '../charts/baselineProgressChart.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import { indexView, type Shown } from './indexPage.ts';
import { emptyView, indicatorView } from './indicatorPage.ts';
import { nearestHeld, readSelection } from './selection.ts';
import { templating, type Render } from './templating.ts';

export interface WebPorts {
  readonly ledger: Ledger;
  readonly renderSvg: (spec: ReturnType<typeof baselineProgressChart>) => Promise<string>;
  readonly templatesFolder: string;
}

/** No script at all, from anywhere; styles and forms only of our own. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface WebPages {
  /** Adds the routes. */
  readonly routes: (app: FastifyInstance) => Promise<void>;
  /** Answers with a problem as a page, for a reader with a browser. */
  readonly sendProblemPage: (reply: FastifyReply, problem: Problem) => FastifyReply;
}

/** The pages of a ledger. */
export function webPages({ ledger, renderSvg, templatesFolder }: WebPorts): WebPages {
  const render: Render = templating(templatesFolder);
  const style = readFileSync(join(templatesFolder, 'style.css'));
  // Named by its content: a browser may keep it, and never has an old one.
  const styleName = createHash('sha256').update(style).digest('hex').slice(0, 12);

  function sendPage(reply: FastifyReply, template: string, view: object): FastifyReply {
    return reply
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(render(template, { ...view, styleHref: `/style.css?${styleName}` }));
  }
  const sendProblemPage = (reply: FastifyReply, problem: Problem, near: readonly Indicator[] = []): FastifyReply =>
    sendPage(reply.code(problem.status), 'problem.njk', {
      problem,
      near: near.map(({ definition: { id, title } }) => ({ id, title })),
      instance: reply.request.id,
    });

  async function routes(app: FastifyInstance): Promise<void> {
    app.setErrorHandler((error, request, reply) => {
      const problem = toProblem(error);
      if (problem.status >= 500) request.log.error({ err: error }, 'page failed');
      return sendProblemPage(reply, problem);
    });

    app.get('/style.css', { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'max-age=31536000, immutable').type('text/css; charset=utf-8').send(style),
    );

    app.get('/', { schema: { hide: true } }, async (_request, reply) => {
      const shown: Shown[] = [];
      for (const indicator of ledger.catalogue.indicators) {
        const held = await ledger.held(indicator.plan.id);
        const series: Series[] = [];
        for (const basis of BASES) {
          if (!held.some((each) => each.basis === basis && each.breakdown === '')) continue;
          series.push(await ledger.series({ indicator: indicator.plan.id, basis }));
        }
        shown.push({ indicator, series });
      }
      return sendPage(reply, 'index.njk', indexView(shown, ledger.ordinal()));
    });

    app.get('/indicators/:id', { schema: { hide: true } }, async (request, reply) => {
      const { id } = request.params as { id: string };
      const selection = readSelection(request.query);
      const indicator = ledger.catalogue.indicators.find(({ plan }) => plan.id === id);
      if (indicator === undefined) {
        // A reader with a browser gets links, not commands.
        const problem = toProblem(new LedgerError('not-found', `There is no indicator "${id}".`));
        return sendProblemPage(reply, problem, ledger.catalogue.near(id));
      }
      const held = await ledger.held(id);
      if (held.length === 0) return sendPage(reply, 'indicator.njk', emptyView(indicator));
      const { request: wanted, givenUp } = nearestHeld(id, selection, held);
      const series = await ledger.series(wanted);
      const svg = await renderSvg(baselineProgressChart(series));
      return sendPage(reply, 'indicator.njk', indicatorView(indicator, held, { series, svg, selection, givenUp }));
    });
  }
  return { routes, sendProblemPage: (reply, problem) => sendProblemPage(reply, problem) };
}
