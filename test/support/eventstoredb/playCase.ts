/** Plays a recorded case with the real client and gives its answers in the shape in which they were recorded. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { binaryEvent, jsonEvent, type EventStoreDBClient } from '@eventstore/db-client';
import { collect, type RecordedEvent } from './collect.ts';
import type { Version } from './server.ts';

export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly seen: readonly unknown[];
}

interface Append {
  readonly do: 'append';
  readonly stream: string;
  readonly ids?: readonly (number | string)[];
  readonly bytes?: readonly number[];
  readonly expect: 'any' | 'no_stream' | 'stream_exists' | number;
  readonly call?: 'batch' | 'classic';
  readonly content?: string;
  readonly type?: string;
  readonly rawId?: string;
  readonly metadataBytes?: number;
}

export type Step =
  | Append
  | { readonly do: 'read' | 'delete' | 'tombstone'; readonly stream: string }
  | { readonly do: 'keepLast'; readonly stream: string; readonly count: number }
  | { readonly do: 'readAll' }
  | { readonly do: 'readAllFrom'; readonly stream: string; readonly event: number }
  | {
      readonly do: 'subscribeAfter';
      readonly stream: string;
      readonly event: number;
      readonly shift?: number;
      readonly take: number;
    }
  | { readonly do: 'restart'; readonly how: 'graceful' | 'kill -9' }
  | { readonly do: 'others'; readonly count: number };

/** The server a case is played on. */
export interface Stage {
  readonly client: () => EventStoreDBClient;
  readonly restart: (how: 'graceful' | 'kill -9') => Promise<void>;
  readonly fill: (stream: string, count: number) => Promise<void>;
  /** After how long a step counts as unanswered. */
  readonly patience_ms: number;
}

export const recordedCases = (version: Version): readonly Case[] =>
  JSON.parse(readFileSync(new URL(`recorded/cases-${version}.json`, import.meta.url), 'utf8')) as Case[];

export const needsRestart = ({ steps }: Case): boolean => steps.some((step) => step.do === 'restart');

/** What a step is answered with. */
interface Play extends Stage {
  readonly uuidOf: (id: number) => string;
  readonly idOf: (uuid: string) => number | undefined;
  /** The stream of this case that the recording calls `s` or `t`. */
  readonly named: (stream: string) => string;
  readonly shortName: (stream: string) => string | undefined;
}

/** The answers to the steps, in order. */
export async function playCase({ steps }: Case, stage: Stage): Promise<unknown[]> {
  const own = randomUUID();
  const ids = new Map<number, string>();
  const play: Play = {
    ...stage,
    uuidOf: (id) => ids.get(id) ?? (ids.set(id, randomUUID()).get(id) as string),
    idOf: (uuid) => [...ids].find(([, known]) => known === uuid)?.[0],
    named: (stream) => `${stream}-${own}`,
    shortName: (stream) => (stream.endsWith(`-${own}`) ? stream.slice(0, -own.length - 1) : undefined),
  };
  const answers: unknown[] = [];
  for (const step of steps) {
    const done = answer(step, play).then(
      (ok) => ({ ok }),
      (error: unknown) => ({ error: describeError(error) }),
    );
    answers.push(await (step.do === 'append' ? Promise.race([done, noAnswer(stage.patience_ms)]) : done));
  }
  return answers;
}

const noAnswer = (ms: number): Promise<unknown> => pause(ms, { unanswered: '12 s' }, { ref: false });

async function answer(step: Step, play: Play): Promise<unknown> {
  const client = play.client();
  switch (step.do) {
    case 'append': {
      const { nextExpectedRevision } = await client.appendToStream(play.named(step.stream), eventsOf(step, play), {
        expectedRevision: typeof step.expect === 'number' ? BigInt(step.expect) : step.expect,
        // Credentials of its own make the client use the classic call.
        ...(step.call === 'classic' && { credentials: { username: 'admin', password: 'changeit' } }),
      });
      return { next: nextExpectedRevision.toString() };
    }
    case 'read': {
      const events = await collect(client.readStream(play.named(step.stream)));
      return {
        idRevisionContent: events.map((event) => [play.idOf(event.id), Number(event.revision), contentOf(event)]),
      };
    }
    case 'readAll': {
      const events = (await collect(client.readAll())).map(({ streamId, type }) => {
        const ofCase = play.shortName(streamId.replace(/^\$\$/, ''));
        return ofCase === undefined ? null : [streamId.startsWith('$$') ? `$$${ofCase}` : ofCase, type];
      });
      return { streamAndType: events.filter((event) => event !== null) };
    }
    case 'readAllFrom': {
      const fromPosition = await positionOf(step, play, 0);
      const events = await collect(client.readAll({ fromPosition, maxCount: 3 }));
      return { ids: events.map(({ id }) => play.idOf(id)) };
    }
    case 'subscribeAfter': {
      const subscription = client.subscribeToAll({ fromPosition: await positionOf(step, play, step.shift ?? 0) });
      // The client emits a second error after the one that it throws.
      subscription.on('error', () => {});
      const ids: (number | undefined)[] = [];
      try {
        for await (const { event } of subscription) {
          if (event?.streamId === play.named(step.stream)) ids.push(play.idOf(event.id));
          if (ids.length === step.take) break;
        }
      } finally {
        await subscription.unsubscribe();
      }
      return { ids };
    }
    case 'delete':
      await client.deleteStream(play.named(step.stream));
      return {};
    case 'tombstone':
      await client.tombstoneStream(play.named(step.stream));
      return {};
    case 'keepLast':
      await client.setStreamMetadata(play.named(step.stream), { maxCount: step.count });
      return {};
    case 'restart':
      await play.restart(step.how);
      return {};
    case 'others':
      await play.fill(play.named('others'), step.count);
      return {};
  }
}

function eventsOf(step: Append, { uuidOf }: Play) {
  const { type = 'Counted', content = 'a' } = step;
  if (step.bytes !== undefined) {
    return step.bytes.map((size, i) => binaryEvent({ id: uuidOf(i + 1), type, data: new Uint8Array(size) }));
  }
  const metadata = step.metadataBytes === undefined ? {} : { metadata: new Uint8Array(step.metadataBytes) };
  return (step.ids ?? [])
    .flatMap(numbersOf)
    .map((id) => jsonEvent({ id: step.rawId ?? uuidOf(id), type, data: { id, content }, ...metadata }));
}

/** "1..5" is five numbers, "5..1" the same backwards. */
function numbersOf(ids: number | string): number[] {
  if (typeof ids === 'number') return [ids];
  const [from, to] = ids.split('..').map(Number) as [number, number];
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => (from < to ? from + i : from - i));
}

const contentOf = ({ data }: RecordedEvent): unknown =>
  data instanceof Uint8Array ? data.length : (data as { content: string }).content;

async function positionOf(step: { readonly stream: string; readonly event: number }, play: Play, shift: number) {
  const events = await collect(play.client().readStream(play.named(step.stream)));
  const found = events.find(({ id }) => play.idOf(id) === step.event);
  const at = (found?.position?.commit ?? 0n) + BigInt(shift);
  return { commit: at, prepare: at };
}

/** The class, and of its fields those that were recorded. */
function describeError(error: unknown): unknown {
  const { type, code, expectedVersion, actualVersion, maxAppendSize } = error as Record<string, unknown>;
  const fields = { type, class: (error as Error).constructor.name, code, maxAppendSize };
  const versions = { expected: expectedVersion?.toString(), actual: actualVersion?.toString() };
  return Object.fromEntries(Object.entries({ ...fields, ...versions }).filter(([, value]) => value !== undefined));
}
