/**
 * What goes to the server and comes back from it. The package stands alone, so the shapes are stated here again; a test
 * holds them to the server's own.
 */

/**
 * An event as its sender has it. The client adds `specversion` and `source`; where there is no `id` it adds one, and a
 * `sequence` where there is none of these either.
 */
export interface EventToSend {
  /** Unique within the source, for ever: 1 to 128 letters, digits or . _ : / - */
  readonly id?: string | undefined;
  /** Number within the source, from 1 without a gap, for senders that number by themselves. */
  readonly sequence?: string | undefined;
  /** Name of the contract, such as `org.outcome-ledger.visits.counted.v1`. */
  readonly type: string;
  /** Where: a GSS code, or a service point of it. */
  readonly subject?: string | undefined;
  /** When it happened, RFC 3339. */
  readonly time?: string | undefined;
  readonly data: object;
}

/** An event as it is kept and sent. */
export interface SpooledEvent extends EventToSend {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
}

/** Why an event, or a request as a whole, was refused (RFC 9457). */
export interface Problem {
  /** Stable; the server's documentation lists them. */
  readonly code: string;
  readonly title: string;
  readonly status: number;
  /** What was wrong this time. */
  readonly detail: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  /** Where exactly: `pointer` is a JSON Pointer into the event. */
  readonly faults?: readonly { readonly message: string; readonly pointer?: string | undefined }[] | undefined;
}

/**
 * What became of one event: recorded now, recorded before with the same content, or not recorded and why. The id is null
 * only where the disk damaged the event.
 */
export type Outcome =
  | { readonly id: string | null; readonly outcome: 'accepted' | 'duplicate' }
  | { readonly id: string | null; readonly outcome: 'refused'; readonly problem: Problem };

/** What the server answers to a batch. */
export interface Receipt {
  readonly outcomes: readonly {
    /** Place in the batch, from 0. */
    readonly index: number;
    readonly id: string | null;
    readonly outcome: 'accepted' | 'duplicate' | 'refused';
    readonly problem?: Problem | undefined;
  }[];
}
