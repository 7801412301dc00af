/** `reconcile`: what two forms state of the same. */
import { Command } from 'commander';
import { showReconciliation } from '../showReconciliation.ts';
import type { Edge } from './edge.ts';

/** `reconcile`. */
export const reconcileCommand = (edge: Edge): Command =>
  new Command('reconcile')
    .description('compare what two forms state of the same places and times, as their readings say they are meant')
    .argument('<form>', 'the one that is trusted more, such as ace-activity-return')
    .argument('<other>', 'the one that is looked at, such as ace-long-visits')
    .action(async (form: string, other: string) => {
      const reconciliation = await edge.withTarget((target, progress) => target.reconcile([form, other], progress));
      edge.print(reconciliation, showReconciliation(reconciliation));
    });
