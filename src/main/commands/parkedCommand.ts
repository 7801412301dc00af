/** `parked`: events of the log that could not be read. */
import { Command, Option } from 'commander';
import { factRetracted } from '../../../contracts/events/amendments.ts';
import type { Dismissal } from '../../app/parked.ts';
import { LedgerError } from '../../domain/ledgerError.ts';
import { showParked } from '../show.ts';
import type { Edge } from './edge.ts';

/** `parked` and `parked dismiss`. */
export function parkedCommand(edge: Edge): Command {
  const parked = new Command('parked')
    .description('list events of the log that could not be read; figures that may depend on them are incomplete')
    .action(async () => {
      const events = await edge.withTarget((target) => target.parked());
      edge.print({ parked: events }, showParked(events));
    });
  parked
    .command('dismiss')
    .description('record that a parked event is not to count')
    .argument('<number>', 'its number in the log')
    .addOption(new Option('--by <role>', 'who says so').choices(factRetracted.shape.by.options).makeOptionMandatory())
    .addOption(new Option('--why <reason>', 'why').choices(factRetracted.shape.why.options).makeOptionMandatory())
    .action(async (number: string, dismissal: Dismissal) => {
      if (!/^[1-9]\d{0,14}$/.test(number)) throw new LedgerError('usage', `"${number}" is not the number of an event.`);
      await edge.withTarget((target) => target.dismiss(Number(number), dismissal));
      edge.print({ dismissed: Number(number) }, `Event ${number} is recorded as not to count.`);
    });
  return parked;
}
