import type { Outcome, Problem, Receipt } from './wire.ts';

/**
 * The outcomes in an answer, in the order of the events that were sent; null where it is not an answer that names each
 * of them: something else than the server may have answered, or the answer is of another request.
 * @param ids of the events as they were sent; null where there was none to be read
 */
export function readReceipt(text: string, ids: readonly (string | null)[]): Outcome[] | null {
  const listed = (parsed(text) as Partial<Receipt> | null)?.outcomes;
  if (!Array.isArray(listed) || listed.length !== ids.length) return null;
  const outcomes: Outcome[] = [];
  for (const { index, id: named, outcome, problem } of listed as Receipt['outcomes']) {
    const id = ids[index];
    // The server shortens an id that is too long.
    if (id === undefined || (typeof named === 'string' && !id?.startsWith(named))) return null;
    if (outcome === 'accepted' || outcome === 'duplicate') outcomes[index] = { id, outcome };
    else if (outcome === 'refused' && problem !== undefined) outcomes[index] = { id, outcome, problem };
    else return null;
  }
  return ids.every((_, index) => index in outcomes) ? outcomes : null;
}

/** The problem in an answer; null where it is none. */
export function readProblem(text: string): Problem | null {
  const problem = parsed(text) as Partial<Problem> | null;
  return typeof problem?.code === 'string' && typeof problem.detail === 'string' ? (problem as Problem) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
