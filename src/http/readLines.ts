/** A stream of bytes as lines, in bounded batches: however long the stream, this much is in memory and no more. */

export interface Line {
  /** From 1; blank lines count. */
  readonly line: number;
  /** Without its line end; null where it is longer than the limit. */
  readonly bytes: Buffer | null;
}

export interface LineLimits {
  readonly lineBytes: number;
  /** A batch ends with whichever comes first. */
  readonly batchLines: number;
  readonly batchBytes: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Lines that are not blank, a batch at a time. The stream is read only as fast as batches are asked for. A line that is
 * too long is passed over, not kept.
 */
export async function* readLines(stream: AsyncIterable<Buffer>, limits: LineLimits): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let batchBytes = 0;
  let line = 1;
  /** The beginning of a line whose end has not come yet; null once it is too long. */
  let begun: Buffer[] | null = [];
  let begunBytes = 0;

  function endLine(last: Buffer): void {
    const length = begunBytes + last.length;
    if (begun === null || length > limits.lineBytes) batch.push({ line, bytes: null });
    else {
      const whole = begun.length === 0 ? last : Buffer.concat([...begun, last], length);
      const bytes = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
      if (!isBlank(bytes)) {
        batch.push({ line, bytes });
        batchBytes += bytes.length;
      }
    }
    line += 1;
    begun = [];
    begunBytes = 0;
  }

  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      endLine(chunk.subarray(from, end));
      from = end + 1;
      if (batch.length >= limits.batchLines || batchBytes >= limits.batchBytes) {
        yield batch;
        [batch, batchBytes] = [[], 0];
      }
    }
    const rest = chunk.subarray(from);
    begunBytes += rest.length;
    if (begunBytes > limits.lineBytes) begun = null;
    else if (rest.length > 0) begun?.push(rest);
  }
  if (begun === null || begunBytes > 0) {
    begunBytes -= begun?.at(-1)?.length ?? 0;
    endLine(begun?.pop() ?? Buffer.alloc(0));
  }
  if (batch.length > 0) yield batch;
}

/** Spaces and tabs only. The first byte of an event is none, so this looks at one byte of nearly every line. */
function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09) return false;
  return true;
}
