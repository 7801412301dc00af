/**
 * The same function, which works out only once what it is asked time and again: cells of one column say little that is
 * new. It forgets everything when it has remembered so many, so that the words of a file cannot fill the memory. What it
 * gives is given to everybody who asks, and is not to be changed.
 * @param work  pure; never undefined
 */
export function remembering<T>(most: number, work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const value = work(text);
    known.set(text, value);
    return value;
  };
}
