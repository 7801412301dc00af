import { ERROR_CODES, type ErrorCode, type Fault, type Problem } from '../../contracts/errors.ts';

/** The one error that is meant for a reader. Anything else that is thrown is a defect and shows as `internal`. */
export class LedgerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly faults: readonly Fault[];

  /**
   * @param code   stable code; decides the HTTP status and the exit code
   * @param detail what was wrong this time, in a sentence
   * @param more   what to do next, and where exactly the faults are
   */
  constructor(code: ErrorCode, detail: string, more: { hint?: string; faults?: readonly Fault[] } = {}) {
    super(detail);
    this.name = 'LedgerError';
    this.code = code;
    this.hint = more.hint;
    this.faults = more.faults ?? [];
  }
}

/** The problem that HTTP and the CLI show for an error. The text of an unexpected error stays inside. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof LedgerError)) {
    return {
      type: 'urn:outcome-ledger:problem:internal',
      code: 'internal',
      title: ERROR_CODES.internal.title,
      status: 500,
      detail: 'An unexpected error was logged.',
      hint: 'Try again; if it stays, report it with the log line.',
    };
  }
  const { status, title } = ERROR_CODES[error.code];
  return {
    type: `urn:outcome-ledger:problem:${error.code}`,
    code: error.code,
    title,
    status,
    detail: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.faults.length === 0 ? {} : { faults: [...error.faults] }),
  };
}

/** The error that a problem was made from, where it has come from elsewhere. */
export const ofProblem = ({ code, detail, hint, faults = [] }: Problem): LedgerError =>
  new LedgerError(code, detail, { ...(hint === undefined ? {} : { hint }), faults });
