export { ClientError, type ClientErrorCode } from './clientError.ts';
export type { Trouble } from './deliver.ts';
export type { Answer, Effects } from './effects.ts';
export { openClient, type Client, type ClientOptions } from './openClient.ts';
export type { EventToSend, Outcome, Problem } from './wire.ts';
