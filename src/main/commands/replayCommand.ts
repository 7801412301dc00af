/** `replay`: a definition over the whole history. */
import { Command } from 'commander';
import { showReplay } from '../show.ts';
import type { Edge } from './edge.ts';
import { readBytes } from './fileArguments.ts';

/** `replay`. */
export const replayCommand = (edge: Edge): Command =>
  new Command('replay')
    .description('evaluate a definition over the whole history and compare it with the active version')
    .argument('<definition>', 'a YAML file, or the id of an active indicator')
    .action(async (definition: string) => {
      const request = /\.ya?ml$/.test(definition)
        ? { yaml: readBytes(definition).toString('utf8'), name: definition }
        : { indicator: definition };
      const cancel = new AbortController();
      process.once('SIGINT', () => cancel.abort());
      const result = await edge.withTarget((target, progress) => target.replay(request, progress, cancel.signal));
      edge.print(result, showReplay(result));
    });
