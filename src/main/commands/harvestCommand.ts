/** `harvest`: what others count, fetched and imported. */
import { Command } from 'commander';
import { ERROR_CODES, PARTLY_REFUSED_EXIT } from '../../../contracts/errors.ts';
import type { Edge } from './edge.ts';

/** `harvest counter`. */
export function harvestCommand(edge: Edge): Command {
  const group = new Command('harvest').description('fetch what others count, and import it');
  group
    .command('counter')
    .description('the use of online resources, from COUNTER APIs (formerly SUSHI)')
    .argument('<config>', 'YAML file of platforms: docs/harvesting.md')
    .option('--dry-run', 'ask nobody, and show what would be asked for')
    .addHelpText(
      'after',
      `\nEnds with ${ERROR_CODES.unavailable.exit} where something could not be fetched, with ${PARTLY_REFUSED_EXIT} where something that was fetched was refused.`,
    )
    .action(async (file: string, flags: { dryRun?: boolean }) => {
      const { exitCodeOf, harvest, planHarvest, showHarvest } = await import('../harvest.ts');
      const { readHarvestConfig } = await import('../harvestConfig.ts');
      const config = readHarvestConfig(file, edge.env);
      const { data } = edge.config();
      const result =
        flags.dryRun === true
          ? planHarvest(config, data)
          : await edge.withTarget((target, progress) => harvest(config, data, target, progress), { make: true });
      edge.print(result, showHarvest(result));
      process.exitCode = exitCodeOf(result);
    });
  return group;
}
