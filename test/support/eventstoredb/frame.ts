/**
 * The one message that is written and read a million times, by hand: a `ReadResp` that holds one recorded event, in the
 * bytes of the wire. The same bytes lie in the log file, so that a read is a copy from the file to the socket.
 *
 *     ReadResp { 1: ReadEvent { 1: RecordedEvent, 3: commit position } }
 *     RecordedEvent { 1: UUID { 2: text }, 2: StreamIdentifier { 3: name }, 3: revision, 4: prepare, 5: commit,
 *                     6: metadata { 1: key, 2: value } …, 7: custom metadata, 8: data }
 */

export interface Recorded {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly createdMs: number;
  readonly customMetadata: Uint8Array;
  readonly data: Uint8Array;
}

/** The revision of a tombstone, 2^63 - 1 on the wire; the nearest number stands for it here. */
export const TOMBSTONE_REVISION = 2 ** 63;
const TOMBSTONE_VARINT = Buffer.from('ffffffffffffffff7f', 'hex');

const VARINT = 0;
const BYTES = 2;
/** More than the tags, lengths, numbers, id and metadata keys of one event take. */
const FIXED_PARTS = 256;
const TICKS_A_MILLISECOND = 10_000;

/**
 * The frame of an event that lies at `position` of the log. Written from its end to its start, so that the length of
 * each part is known when its head is written.
 */
export function encodeFrame(event: Recorded, position: number): Buffer {
  const [stream, type, contentType] = [event.stream, event.type, event.contentType].map((text) => Buffer.from(text));
  const texts = stream!.length + type!.length + contentType!.length;
  const out = Buffer.allocUnsafe(FIXED_PARTS + texts + event.customMetadata.length + event.data.length);
  let at = out.length;

  const raw = (bytes: Uint8Array): void => void out.set(bytes, (at -= bytes.length));
  const varint = (value: number): void => {
    let size = 1;
    for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size += 1;
    at -= size;
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 128)) {
      out[at + i] = (rest % 128) + (i === size - 1 ? 0 : 128);
    }
  };
  const tag = (field: number, kind: number): void => varint(field * 8 + kind);
  /** Closes a part that was written down to here from `end`. */
  const close = (field: number, end: number): void => {
    varint(end - at);
    tag(field, BYTES);
  };
  const bytes = (field: number, value: Uint8Array): void => {
    const end = at;
    raw(value);
    close(field, end);
  };
  const number = (field: number, value: number): void => {
    varint(value);
    tag(field, VARINT);
  };
  const metadata = (key: string, value: Uint8Array): void => {
    const end = at;
    bytes(2, value);
    bytes(1, Buffer.from(key));
    close(6, end);
  };

  number(3, position);
  const readEventEnd = at;
  bytes(8, event.data);
  bytes(7, event.customMetadata);
  metadata('created', Buffer.from(String(event.createdMs * TICKS_A_MILLISECOND)));
  metadata('content-type', contentType!);
  metadata('type', type!);
  number(5, position);
  number(4, position);
  if (event.revision === TOMBSTONE_REVISION) raw(TOMBSTONE_VARINT);
  else varint(event.revision);
  tag(3, VARINT);
  const streamEnd = at;
  bytes(3, stream!);
  close(2, streamEnd);
  const idEnd = at;
  bytes(2, Buffer.from(event.id));
  close(1, idEnd);
  close(1, readEventEnd);
  close(1, out.length);
  return out.subarray(at);
}

/** What the index of the log needs to know of a frame. */
export type Seen = Pick<Recorded, 'id' | 'stream' | 'revision' | 'type' | 'data'>;

/** Reads a frame back. Only frames of `encodeFrame` are ever given to it. */
export function decodeFrame(frame: Buffer): Seen {
  const recorded = fieldsOf(fieldsOf(fieldsOf(frame)[1]![0] as Buffer)[1]![0] as Buffer);
  const text = (part: unknown): string => (part as Buffer).toString();
  const map = new Map(
    recorded[6]!.map((entry) => {
      const pair = fieldsOf(entry as Buffer);
      return [text(pair[1]![0]), text(pair[2]![0])];
    }),
  );
  return {
    id: text(fieldsOf(recorded[1]![0] as Buffer)[2]![0]),
    stream: text(fieldsOf(recorded[2]![0] as Buffer)[3]![0]),
    revision: recorded[3]![0] as number,
    type: map.get('type') as string,
    data: recorded[8]![0] as Buffer,
  };
}

/** The fields of a message by number, each as often as it occurs. */
function fieldsOf(message: Buffer): (Buffer | number)[][] {
  const fields: (Buffer | number)[][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const head = varint();
    const values = (fields[Math.floor(head / 8)] ??= []);
    if (head % 8 === VARINT) values.push(varint());
    else {
      const length = varint();
      values.push(message.subarray(at, (at += length)));
    }
  }
  return fields;
}
