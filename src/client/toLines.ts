/** Events as the lines that are kept and sent, each with its id. Nothing else is changed; numbers come later. */
import { ClientError } from './clientError.ts';
import { EVENT_BYTES } from './limits.ts';
import { NUMBER_BYTES } from './numbers.ts';
import type { EventToSend, SpooledEvent } from './wire.ts';

export interface Line {
  readonly id: string;
  /** With its line end. */
  readonly bytes: Buffer;
  /** Whether it is to have a number of ours, which it gets when it is written. */
  readonly isNumbered: boolean;
}

/** Throws ClientError `invalid-event` where one of them cannot be sent; what is in the data is for the server to say. */
export function toLines(events: readonly EventToSend[], source: string, newId: () => string): Line[] {
  return events.map((event, at) => {
    const { id = newId(), ...rest } = event;
    const spooled: SpooledEvent = { specversion: '1.0', id, source, ...rest };
    if (spooled.source !== source) {
      throw refusal(at, `its source is ${spooled.source}`, `One client sends for one source: this one for ${source}.`);
    }
    const bytes = Buffer.from(`${JSON.stringify(spooled)}\n`);
    const isNumbered = event.id === undefined && event.sequence === undefined;
    const size = bytes.length + (isNumbered ? NUMBER_BYTES : 0);
    if (size > EVENT_BYTES) {
      throw refusal(at, `it has ${size} bytes`, `The server takes at most ${EVENT_BYTES} an event.`);
    }
    return { id, bytes, isNumbered };
  });
}

const refusal = (at: number, what: string, then: string): ClientError =>
  new ClientError('invalid-event', `Event ${at + 1} of this call cannot be sent: ${what}. ${then}`);
