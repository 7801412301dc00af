/**
 * | code | meaning | what to do |
 * |---|---|---|
 * | `invalid-event` | the event cannot be sent as it is | mend the event |
 * | `spool-full` | the limit of the spool is reached | send it again later; look at what keeps the spool from emptying |
 * | `spool-in-use` | another process has the spool open | give each process a spool of its own |
 * | `spool-failed` | the disk did not take it | see to the disk, then open the client again |
 * | `not-taken` | the server refuses requests as they are | see to the key, the address or the versions |
 * | `closed` | the client was closed meanwhile | open it again: what was kept is sent then |
 */
export type ClientErrorCode = 'invalid-event' | 'spool-full' | 'spool-in-use' | 'spool-failed' | 'not-taken' | 'closed';

/** What a caller of the client may have to deal with. Where `send` throws one, nothing of that call will be sent. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'ClientError';
    this.code = code;
  }
}
