/** Work of one name is done one piece after the other, in the order in which it was asked for. */
export function oneAtATime(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    // The next piece waits for this one, however it ends.
    last.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
}
