/** `feeds`: what came last, what is due, what never came. */
import { Command } from 'commander';
import { showFeeds } from '../showFeeds.ts';
import type { Edge } from './edge.ts';

/** `feeds`. */
export const feedsCommand = (edge: Edge): Command =>
  new Command('feeds')
    .description('list feeds, or one: what came last, what is due, which periods and numbers never came')
    .argument('[source]', 'the source of its events')
    .action(async (source: string | undefined) => {
      const report = await edge.withTarget((target) => target.feeds(source));
      edge.print(report, showFeeds(report));
    });
