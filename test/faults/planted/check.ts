/** What the planted checks are made of. They run without a test framework, against any build of the product. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Fails with the sentence unless it holds. */
export function hold(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

export function same(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  hold(a === b, `${what}: expected ${b?.slice(0, 300)}, found ${a?.slice(0, 300)}`);
}

/** Resolves with the error's code; fails where there is no error within a time. */
export async function failure(work: Promise<unknown>, what: string, ms = 4_000): Promise<string> {
  const late = new Promise<never>((_, failed) =>
    setTimeout(() => failed(new Error(`${what}: nothing happened`)), ms).unref(),
  );
  const ended = work.then(
    () => null,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
  const code = await Promise.race([ended, late]);
  hold(code !== null, `${what}: it went through`);
  return code;
}

/** Everything that one module of the build exports. `path` lies below `dist`. */
export type Build = <T>(path: string) => Promise<T>;
export const buildAt =
  (root: string): Build =>
  async <T>(path: string) =>
    (await import(pathToFileURL(join(root, 'dist', path)).href)) as T;

export interface Surroundings {
  readonly build: Build;
  /** A folder of its own for each check, removed afterwards. */
  readonly folder: string;
}
export type Check = (surroundings: Surroundings) => Promise<void>;
