/**
 * The one error shape. On HTTP it is an RFC 9457 problem (`application/problem+json`); the CLI prints the same fields.
 * Codes are stable; each has one HTTP status and one exit code, held here so that both edges agree.
 */
import { z } from 'zod';

/** Exit codes: 0 ok, 1 unexpected, 2 usage, 3 invalid data, 4 not found, 5 not allowed, 6 conflict, 7 unavailable, 8 verification failed, 9 imported, but not all of it, 130 interrupted. */
export const ERROR_CODES = {
  usage: { status: 400, exit: 2, title: 'The request was not understood' },
  'invalid-json': { status: 400, exit: 3, title: 'Not valid JSON' },
  'invalid-event': { status: 422, exit: 3, title: 'The event does not follow its contract' },
  'unknown-event-type': { status: 422, exit: 3, title: 'There is no contract for this event type' },
  'event-conflict': { status: 409, exit: 6, title: 'This id was already used for other content' },
  'idempotency-key-reused': { status: 422, exit: 3, title: 'This Idempotency-Key was used for another request' },
  'idempotency-key-in-use': { status: 409, exit: 6, title: 'A request with this Idempotency-Key is under way' },
  'event-too-large': { status: 413, exit: 3, title: 'The event or batch is too large' },
  'unsupported-media-type': { status: 415, exit: 2, title: 'This content type is not accepted here' },
  'invalid-definition': { status: 422, exit: 3, title: 'The indicator definition is not valid' },
  'invalid-reading': { status: 422, exit: 3, title: 'The reading of a form is not valid' },
  'invalid-mapping': { status: 422, exit: 3, title: 'The mapping of columns is not valid' },
  'invalid-file': { status: 422, exit: 3, title: 'The file cannot be imported' },
  'unknown-format': { status: 422, exit: 3, title: 'No importer recognises this file' },
  'invalid-query': { status: 400, exit: 2, title: 'The query is not valid' },
  'not-found': { status: 404, exit: 4, title: 'Not found' },
  'method-not-allowed': { status: 405, exit: 2, title: 'This method is not allowed here' },
  'not-allowed': { status: 403, exit: 5, title: 'Not allowed' },
  'wrong-expected-revision': { status: 409, exit: 6, title: 'The stream was not where the writer thought' },
  'checkpoint-moved': { status: 409, exit: 6, title: 'Another projector moved the checkpoint' },
  overloaded: { status: 503, exit: 7, title: 'Too busy to accept more' },
  unavailable: { status: 503, exit: 7, title: 'Not available now' },
  'data-directory-in-use': { status: 503, exit: 7, title: 'Another process has the data directory open' },
  'facts-damaged': { status: 500, exit: 8, title: 'A fact segment is not as it was written' },
  'verification-failed': { status: 500, exit: 8, title: 'The rebuild differs from what is stored' },
  interrupted: { status: 499, exit: 130, title: 'Interrupted' },
  internal: { status: 500, exit: 1, title: 'Something went wrong inside' },
} as const satisfies Record<string, { status: number; exit: number; title: string }>;
export type ErrorCode = keyof typeof ERROR_CODES;
/** Exit code of an import of which something was refused and the rest was recorded: done, and somebody should look. */
export const PARTLY_REFUSED_EXIT = 9;

/** Where exactly the fault is, as far as it is known: in a document, a JSON value, or a table. */
const faultSchema = z.strictObject({
  message: z.string().describe('What was wrong, naming what was expected and what was found'),
  pointer: z.string().optional().describe('JSON pointer to the value'),
  line: z.int().positive().optional().describe('Line in a text document, from 1'),
  column: z.int().positive().optional().describe('Column in a text document, from 1'),
  file: z.string().optional().describe('File name as given'),
  row: z.int().positive().optional().describe('Row of a table, the header being row 1'),
  cell: z.string().optional().describe('Header of the column of a table'),
});
export type Fault = z.infer<typeof faultSchema>;

export const problemSchema = z.strictObject({
  type: z.string().describe('urn:outcome-ledger:problem:<code>'),
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What was wrong this time'),
  hint: z.string().optional().describe('What to do next'),
  instance: z.string().optional(),
  faults: z.array(faultSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
