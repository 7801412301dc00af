/** A client of the API as a service has one: it sends batches, keeps what it was told, and sends again what it was not. */
import { batchMaker, eventOf } from './clientBatches.ts';
import { clientLedger, differences, type ClientLedger, type Sent } from './clientLedger.ts';
import { post } from './outcomes.ts';
import type { Draw } from './seeded.ts';
import { settled, shownFigures } from './shownFigures.ts';

export interface Client {
  readonly ledger: ClientLedger;
  /** Sends a batch; what comes back, or does not, goes into the ledger. */
  send(address: string, batch: readonly Sent[]): Promise<void>;
  /** Sends a new batch of up to `most` events. */
  sendNew(address: string, most: number): Promise<void>;
  /** Sends again what was not answered, until it is. */
  sendAgain(address: string): Promise<void>;
  /** Everything that was acknowledged is in the log and in the figures once, and nothing else is. Throws otherwise. */
  compare(address: string): Promise<void>;
}

export function newClient(draw: Draw): Client {
  const ledger = clientLedger();
  const make = batchMaker(draw, ledger);
  const unanswered: (readonly Sent[])[] = [];

  async function send(address: string, batch: readonly Sent[]): Promise<void> {
    const answer = await post(address, batch.map(eventOf)).catch(() => null);
    // A problem is no receipt: the events may be recorded or not.
    if (answer !== null && 'outcomes' in answer) return ledger.answered(batch, answer);
    ledger.unanswered(batch);
    unanswered.push(batch);
  }

  return {
    ledger,
    send,
    sendNew: (address, most) => send(address, make(most)),
    async sendAgain(address) {
      for (const start = Date.now(); unanswered.length > 0;) {
        if (Date.now() - start > 60_000) throw new Error('batches are still not answered after 60 s');
        for (const batch of unanswered.splice(0)) await send(address, batch);
      }
    },
    async compare(address) {
      const size = await settled(address);
      const wrong = differences(ledger.expected(), await shownFigures(address));
      const recorded = ledger.recorded().length;
      if (size !== recorded) wrong.unshift(`${recorded} events were acknowledged, ${size} are in the log`);
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    },
  };
}
