/** The spool of the services' client: what an earlier process left is used, and a disk that fails loses nothing quietly. */
import * as fs from 'node:fs/promises';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nameOf } from '../../../src/client/batches.ts';
import { openSpool } from '../../../src/client/spool.ts';
import { toLines } from '../../../src/client/toLines.ts';
import { linesIn, withSpool } from '../../support/sending.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, appendFile: vi.fn(real.appendFile), truncate: vi.fn(real.truncate), rm: vi.fn(real.rm) };
});
const real = await vi.importActual<typeof fs>('node:fs/promises');
beforeEach(() => {
  vi.mocked(fs.appendFile).mockImplementation(real.appendFile);
  vi.mocked(fs.truncate).mockImplementation(real.truncate);
});

const ID = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
const MIB = 1024 * 1024;
const SOURCE = 'urn:library:X01000001:counters';
const open = (folder: string, limit = MIB, source = SOURCE) => openSpool(folder, source, limit, () => ID);
const line = (id: string, more = '') => ({
  id,
  bytes: Buffer.from(`{"id":"${id}"${more}}\n`),
  isNumbered: false,
});
const lines = (...ids: string[]) => ids.map((id) => line(id));

describe('what an earlier process left', () => {
  it('is sent in its order; a line without its end was never acknowledged, and is cut off', () =>
    withSpool(async (folder) => {
      const waiting = join(folder, 'waiting');
      mkdirSync(waiting);
      const name = (number: number) => nameOf({ number, id: ID, events: 0, bytes: 0 });
      writeFileSync(join(waiting, name(12)), '{"id":"c"}\n{"id":"torn');
      writeFileSync(join(waiting, name(9)), '{"id":"a"}\n{"id":"b"}\n');
      writeFileSync(join(waiting, name(13)), '');
      writeFileSync(join(waiting, name(14)), '{"id":"all torn"');
      const spool = await open(folder);
      await spool.append(lines('d'));
      expect(linesIn(folder, 'waiting')).toEqual(['{"id":"a"}', '{"id":"b"}', '{"id":"c"}', '{"id":"d"}']);
      const read: string[][] = [];
      for (let batch = await spool.take(); batch !== null; batch = await spool.take()) {
        read.push(await spool.read(batch));
        await spool.settle(batch, []);
      }
      expect(read).toEqual([['{"id":"a"}', '{"id":"b"}'], ['{"id":"c"}'], ['{"id":"d"}']]);
    }));

  it('is not passed over where it is no batch', () =>
    withSpool(async (folder) => {
      mkdirSync(join(folder, 'waiting'));
      writeFileSync(join(folder, 'waiting', 'notes.txt'), 'x');
      await expect(open(folder)).rejects.toThrow('"notes.txt" is not a batch. Put it somewhere else.');
      expect(readdirSync(join(folder, 'waiting'))).toEqual(['notes.txt']);
    }));

  it('may have been told of already: what was refused is kept once', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await spool.append(lines('a'));
      const batch = (await spool.take())!;
      const text = readFileSync(join(folder, 'waiting', nameOf(batch)));
      await spool.settle(batch, ['why']);
      // As if the process had ended between the two steps.
      writeFileSync(join(folder, 'waiting', nameOf(batch)), text);
      const again = await open(folder);
      await again.settle((await again.take())!, ['why']);
      expect([linesIn(folder, 'refused'), linesIn(folder, 'waiting')]).toEqual([['why'], []]);
    }));
});

describe('a batch', () => {
  it('that was taken does not change any more, not even by nothing', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await spool.append(lines('a'));
      const batch = (await spool.take())!;
      await spool.append([]);
      await spool.append(lines('b'));
      expect(await spool.read(batch)).toEqual(['{"id":"a"}']);
      expect((await spool.take())?.number).toBe(batch.number);
      expect(readdirSync(join(folder, 'waiting'))).toHaveLength(2);
    }));

  it('takes in one go what came while the disk was busy, and flushes it', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      vi.mocked(fs.appendFile).mockClear();
      await Promise.all(Array.from({ length: 500 }, (_, at) => spool.append(lines(`${at}`))));
      const writes = vi.mocked(fs.appendFile).mock.calls;
      expect(writes.length).toBeLessThanOrEqual(3);
      for (const [, , options] of writes) expect(options).toEqual({ flush: true });
      expect(linesIn(folder, 'waiting')).toEqual(Array.from({ length: 500 }, (_, at) => `{"id":"${at}"}`));
    }));
});

describe('a spool that is full', () => {
  it('refuses new events, keeps the old ones, and has room again when some are answered', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 40);
      await spool.append(lines('a', 'b', 'c'));
      await expect(spool.append(lines('d'))).rejects.toMatchObject({ code: 'spool-full', message: expect.stringContaining('33 bytes wait') as string }); // prettier-ignore
      expect(linesIn(folder, 'waiting')).toHaveLength(3);
      await spool.settle((await spool.take())!, []);
      await spool.append(lines('d'));
      expect(linesIn(folder, 'waiting')).toEqual(['{"id":"d"}']);
      await expect((await open(folder, 10)).append(lines('e'))).rejects.toMatchObject({ code: 'spool-full' });
    }));

  it('counts what was refused, until somebody has read and removed it', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 40);
      await spool.append(lines('a'));
      await spool.settle((await spool.take())!, ['x'.repeat(35)]);
      await expect(spool.append(lines('b'))).rejects.toThrow(/36 were refused and are in .*refused; its limit is 40/);
      await real.rm(join(folder, 'refused'), { recursive: true });
      mkdirSync(join(folder, 'refused'));
      await spool.append(lines('b'));
    }));
});

describe('numbers', () => {
  const toBeNumbered = (count: number, source = SOURCE) =>
    toLines(
      Array.from({ length: count }, () => ({ type: 't', data: {} })),
      source,
      () => ID,
    );
  const numbersIn = (some: readonly string[]) => some.map((text) => (JSON.parse(text) as { sequence?: string }).sequence); // prettier-ignore
  async function settleAll(spool: Awaited<ReturnType<typeof open>>): Promise<void> {
    for (let batch = await spool.take(); batch !== null; batch = await spool.take()) await spool.settle(batch, []);
  }

  it('follow one another in the order of the lines, past those of the sender, and go on when all are gone', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await Promise.all([spool.append(toBeNumbered(2)), spool.append(lines('own')), spool.append(toBeNumbered(1))]);
      expect(numbersIn(linesIn(folder, 'waiting'))).toEqual(['1', '2', undefined, '3']);
      await settleAll(spool);
      const again = await open(folder);
      await again.append(toBeNumbered(1));
      expect(numbersIn(linesIn(folder, 'waiting'))).toEqual(['4']);
    }));

  it('go on after the lines that wait, whether or not they were kept beside them', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 64 * MIB);
      await spool.append(toBeNumbered(1_200));
      await spool.settle((await spool.take())!, []);
      // Kept with the first batch are the numbers of the second, too.
      expect(readFileSync(join(folder, 'numbers.json'), 'utf8')).toBe(`{"${SOURCE}":1200}\n`);
      await spool.append(toBeNumbered(5));
      const again = await open(folder, 64 * MIB);
      await again.append(toBeNumbered(1));
      const last = numbersIn(linesIn(folder, 'waiting'));
      expect([last.length, last.at(0), last.at(-1)]).toEqual([206, '1001', '1206']);
    }));

  it('of a line that was never acknowledged are given again', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await spool.append(toBeNumbered(2));
      const path = join(folder, 'waiting', readdirSync(join(folder, 'waiting'))[0]!);
      writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
      await (await open(folder)).append(toBeNumbered(1));
      expect(numbersIn(linesIn(folder, 'waiting'))).toEqual(['1', '2']);
    }));

  it('are of each source, also of one that the spool was opened for before', () =>
    withSpool(async (folder) => {
      const other = 'urn:library:X01000001:doors';
      await (await open(folder)).append(toBeNumbered(3));
      const spool = await open(folder, MIB, other);
      await spool.append(toBeNumbered(1, other));
      await settleAll(spool);
      const again = await open(folder);
      await again.append(toBeNumbered(1));
      expect(numbersIn(linesIn(folder, 'waiting'))).toEqual(['4']);
    }));

  it('are not begun anew where the file of them is damaged', () =>
    withSpool(async (folder) => {
      writeFileSync(join(folder, 'numbers.json'), `{"${SOURCE}":"many"}`);
      await expect(open(folder)).rejects.toThrow('numbers.json has no whole number');
    }));

  it('of events that could not be kept are given to the next', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await spool.append(toBeNumbered(1));
      vi.mocked(fs.appendFile).mockRejectedValueOnce(new Error('ENOSPC'));
      await expect(spool.append(toBeNumbered(4))).rejects.toMatchObject({ code: 'spool-failed' });
      await spool.append(toBeNumbered(1));
      expect(numbersIn(linesIn(folder, 'waiting'))).toEqual(['1', '2']);
    }));

  it('take no room when the events are answered', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 1_000);
      for (let round = 0; round < 30; round++) {
        await spool.append(toBeNumbered(4));
        await settleAll(spool);
      }
    }));
});

describe('a disk that fails', () => {
  /** The disk takes `bytes` more, and no more. */
  function diskOf(bytes: number): void {
    let left = bytes;
    vi.mocked(fs.appendFile).mockImplementation(async (path, data, options) => {
      const text = data as Buffer;
      await real.appendFile(path, text.subarray(0, left), options);
      if (text.length > left) throw new Error('ENOSPC: no space left on device');
      left -= text.length;
    });
  }
  const filler = (id: string) => line(id, `,"x":"${'x'.repeat(60_000)}"`);

  it('keeps nothing of the call that failed, over several batches, and all that came before', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 64 * MIB);
      await spool.append(lines('a'));
      diskOf(2.5 * MIB);
      const many = Array.from({ length: 60 }, (_, at) => filler(`many-${at}`));
      await expect(spool.append(many)).rejects.toMatchObject({ code: 'spool-failed', message: expect.stringContaining('ENOSPC') as string }); // prettier-ignore
      expect(linesIn(folder, 'waiting')).toEqual(['{"id":"a"}']);
      vi.mocked(fs.appendFile).mockImplementation(real.appendFile);
      await spool.append(lines('b'));
      expect(linesIn(folder, 'waiting')).toEqual(['{"id":"a"}', '{"id":"b"}']);
      expect(await spool.read((await spool.take())!)).toEqual(['{"id":"a"}', '{"id":"b"}']);
    }));

  it('and that does not take back what it wrote in part: nothing more is taken until the spool is opened again', () =>
    withSpool(async (folder) => {
      const spool = await open(folder, 64 * MIB);
      await spool.append(lines('a'));
      diskOf(5);
      vi.mocked(fs.truncate).mockRejectedValue(new Error('EIO'));
      await expect(spool.append(lines('b'))).rejects.toMatchObject({ code: 'spool-failed' });
      vi.mocked(fs.appendFile).mockImplementation(real.appendFile);
      vi.mocked(fs.truncate).mockImplementation(real.truncate);
      await expect(spool.append(lines('c'))).rejects.toMatchObject({ code: 'spool-failed' });
      const again = await open(folder);
      await again.append(lines('c'));
      expect(linesIn(folder, 'waiting')).toEqual(['{"id":"a"}', '{"id":"c"}']);
    }));

  it('keeps a batch whose refusals it cannot keep', () =>
    withSpool(async (folder) => {
      const spool = await open(folder);
      await spool.append(lines('a'));
      await real.rm(join(folder, 'refused'), { recursive: true });
      const batch = (await spool.take())!;
      await expect(spool.settle(batch, ['why'])).rejects.toThrow('ENOENT');
      expect(existsSync(join(folder, 'waiting', nameOf(batch)))).toBe(true);
      expect(await spool.take()).toEqual(batch);
    }));
});
