import type { ResolvedEvent } from '@eventstore/db-client';

export type RecordedEvent = NonNullable<ResolvedEvent['event']>;

/** All events of a read, in order. Fails as the read does. */
export async function collect(stream: AsyncIterable<ResolvedEvent>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const { event } of stream) if (event !== undefined) events.push(event);
  return events;
}
