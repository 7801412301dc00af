/** Takes an event out of a stream of the double while it is down, as a server does whose log was altered. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const MAGIC_BYTES = 8;
const HEAD_BYTES = 8;
const PREFIX = 'outcomes-';
/** As long as the prefix of the log's streams, so that everything stays where it is. */
const ELSEWHERE = 'elsewhere';

/** Moves the `nth` commit (from 0) of the feed's stream into a stream that is not the log's. Fails where there is none. */
export function takeOut(folder: string, feed: string, nth: number): void {
  const path = join(folder, 'events.log');
  const bytes = readFileSync(path);
  let found = 0;
  for (let at = MAGIC_BYTES; at < bytes.length;) {
    const body = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + bytes.readUInt32LE(at));
    const name = body.indexOf(PREFIX + feed);
    if (name >= 0 && found++ === nth) {
      body.write(ELSEWHERE, name);
      bytes.writeUInt32LE(crc32(body), at + 4);
      writeFileSync(path, bytes);
      return;
    }
    at += HEAD_BYTES + body.length;
  }
  throw new Error(`The stream of ${feed} holds only ${found} commits.`);
}
