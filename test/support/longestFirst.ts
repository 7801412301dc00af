import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first: started last, one would run on alone. */
const LONGEST = [
  'test/faults/kill.test.ts',
  'test/faults/restore.test.ts',
  'test/cli/commands.test.ts',
  'test/faults/planted/planted.test.ts',
  'test/faults/eventStoreEngine.test.ts',
  'test/faults/eventStore.test.ts',
  'test/docs/importing.test.ts',
  'test/cli/pseudonyms.test.ts',
  'test/conformance/postgres.test.ts',
  'test/faults/races.test.ts',
  'test/generative/mutations/realFiles.test.ts',
];

/** How late a file may start: the place in `LONGEST`, after all of it for any other. */
function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((path) => moduleId.endsWith(path));
  return at < 0 ? LONGEST.length : at;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
