/**
 * The errors that nobody caught while `work` ran. The client throws some outside every promise that it gave out (an
 * answer with an unknown correlation id; a failed batch stream that others were waiting on): a test that provokes one
 * names it here, and all others still fail the run.
 */
export async function strayErrorsOf(work: () => Promise<void>): Promise<Error[]> {
  const kinds = ['unhandledRejection', 'uncaughtException'] as const;
  const stray: Error[] = [];
  const keep = (error: Error): void => void stray.push(error);
  const others = kinds.map((kind) => [kind, process.listeners(kind as 'uncaughtException')] as const);
  for (const kind of kinds) process.removeAllListeners(kind).on(kind, keep);
  try {
    await work();
    await new Promise((done) => setTimeout(done, 50));
  } finally {
    for (const [kind, listeners] of others) {
      process.removeAllListeners(kind);
      for (const listener of listeners) process.on(kind, listener);
    }
  }
  return stray;
}
