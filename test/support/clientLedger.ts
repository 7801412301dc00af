/**
 * A model of the engine from the client's side: what was sent, what was answered, and the figures that must follow from
 * the answers alone. It shares no code with the product, not even a type.
 */

/** One event that a client sent: e-book loans of a branch in a month, or an amendment of another event. */
export interface Sent {
  readonly id: string;
  readonly branch: string;
  /** First day, `2018-04-01`. */
  readonly month: string;
  readonly count: number;
  /** The event that this one takes the place of, or withdraws. */
  readonly amends?: string;
  readonly withdraws?: boolean;
}

export interface Answer {
  readonly outcomes: readonly {
    readonly index: number;
    readonly outcome: string;
    readonly problem?: { code: string };
  }[];
}

export interface ClientLedger {
  /** Takes in the answer to a batch. Throws when no right engine could have given it. */
  answered(batch: readonly Sent[], answer: Answer): void;
  /** The batch was sent and nothing was heard: each of its events may be recorded or not. */
  unanswered(batch: readonly Sent[]): void;
  /** Events that were acknowledged, each once. */
  recorded(): readonly Sent[];
  /** How many answers said so: accepted now, or recorded before. */
  acknowledgements(): number;
  /** `branch month` → loans, of every month that shows any. */
  expected(): Map<string, number>;
}

export function clientLedger(): ClientLedger {
  const acknowledged = new Map<string, Sent>();
  const inDoubt = new Set<string>();
  let acknowledgements = 0;

  function take(sent: Sent, outcome: string, code: string | undefined): void {
    const before = acknowledged.get(sent.id);
    const says = `event ${sent.id} was answered "${outcome}"`;
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(sent)) {
      if (outcome !== 'refused' || code !== 'event-conflict')
        throw new Error(`${says} with other content under its id`);
      return;
    }
    if (outcome === 'refused') throw new Error(`${says}: ${code}`);
    if (outcome === 'accepted' && before !== undefined) throw new Error(`${says} twice: lost, or stored twice`);
    if (outcome === 'duplicate' && before === undefined && !inDoubt.has(sent.id)) {
      throw new Error(`${says} when it was sent for the first time`);
    }
    acknowledged.set(sent.id, sent);
    inDoubt.delete(sent.id);
    acknowledgements += 1;
  }

  return {
    answered(batch, { outcomes }) {
      if (outcomes.length !== batch.length) throw new Error(`${batch.length} events sent, ${outcomes.length} answered`);
      batch.forEach((sent, index) => {
        const found = outcomes.find((outcome) => outcome.index === index);
        if (found === undefined) throw new Error(`event ${sent.id} was not answered`);
        take(sent, found.outcome, found.problem?.code);
      });
    },
    unanswered(batch) {
      for (const { id } of batch) if (!acknowledged.has(id)) inDoubt.add(id);
    },
    recorded: () => [...acknowledged.values()],
    acknowledgements: () => acknowledgements,
    expected() {
      const amended = new Set([...acknowledged.values()].map(({ amends }) => amends));
      const totals = new Map<string, number>();
      for (const { id, branch, month, count, withdraws } of acknowledged.values()) {
        if (amended.has(id) || withdraws === true) continue;
        const cell = `${branch} ${month}`;
        totals.set(cell, (totals.get(cell) ?? 0) + count);
      }
      return totals;
    },
  };
}

/** What differs between expected figures and those found, one line each; none when nothing was lost or doubled. */
export function differences(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])]
    .filter((cell) => expected.get(cell) !== found.get(cell))
    .map((cell) => `${cell}: expected ${expected.get(cell) ?? 'nothing'}, found ${found.get(cell) ?? 'nothing'}`);
}
