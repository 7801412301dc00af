import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pseudonymField } from '../../../contracts/fields.ts';
import { pseudonym } from '../../../src/identity/pseudonym.ts';
import { destroyKey, keyFor, listKeys, makeKey } from '../../../src/identity/pseudonymKeys.ts';

const FEED = 'urn:library:E08000021:koha-statistics';
const YEAR = { source: FEED, scope: '2019-20' };
const [MADE, LATER] = ['2020-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'] as const;

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'outcomes-keys-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const onlyFile = (): string => join(folder, readdirSync(folder)[0] as string);

describe('a pseudonym', () => {
  it('is the first 128 bits of HMAC-SHA-256', () => {
    // RFC 4231, test case 2.
    const hmac = createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex');
    expect(hmac).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    expect(pseudonym(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(hmac.slice(0, 32));
    expect(pseudonymField.parse(pseudonym(Buffer.alloc(32), '1'))).toHaveLength(32);
  });

  it('differs by number and by key', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(new Set([pseudonym(one, '1'), pseudonym(one, '01'), pseudonym(other, '1')]).size).toBe(3);
  });
});

describe('a key', () => {
  it('is 256 random bits in a file that only its owner reads', () => {
    makeKey(folder, YEAR, MADE);
    expect(keyFor(folder, YEAR)).toHaveLength(32);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is of one feed and one scope', () => {
    const others = [YEAR, { ...YEAR, scope: 'always' }, { ...YEAR, source: `${FEED}-b` }];
    for (const of of others) makeKey(folder, of, MADE);
    expect(new Set(others.map((of) => keyFor(folder, of)?.toString('hex'))).size).toBe(3);
    expect(keyFor(folder, { ...YEAR, scope: '2020-21' })).toBeNull();
    expect(listKeys(folder).map(({ scope }) => scope)).toEqual(['2019-20', 'always', '2019-20']);
  });

  it('is never overwritten', () => {
    makeKey(folder, YEAR, MADE);
    const before = readFileSync(onlyFile());
    expect(() => makeKey(folder, YEAR, LATER)).toThrow('There is a key');
    expect(readFileSync(onlyFile())).toEqual(before);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('that others may read is not used', () => {
    makeKey(folder, YEAR, MADE);
    chmodSync(onlyFile(), 0o640);
    expect(() => keyFor(folder, YEAR)).toThrow('Others than its owner');
  });

  it.each(['', '{}', 'null', '{"source":"a","scope":"b","made":"c","key":"00"}'])(
    'that is damaged is not used: %s',
    (text) => {
      makeKey(folder, YEAR, MADE);
      writeFileSync(onlyFile(), text);
      expect(() => keyFor(folder, YEAR)).toThrow('not as it was written');
    },
  );

  it('once destroyed is gone for good, and only that there was one is kept', () => {
    makeKey(folder, YEAR, MADE);
    const key = keyFor(folder, YEAR)?.toString('hex') as string;
    destroyKey(folder, YEAR, LATER);
    expect(keyFor(folder, YEAR)).toBeNull();
    expect(listKeys(folder)).toEqual([{ ...YEAR, made: MADE, destroyed: LATER }]);
    expect(readFileSync(onlyFile(), 'utf8')).not.toContain(key);
    expect(() => destroyKey(folder, YEAR, LATER)).toThrow('There is no key');
    makeKey(folder, YEAR, LATER);
    expect(keyFor(folder, YEAR)?.toString('hex')).not.toBe(key);
  });

  it('that is damaged can be destroyed', () => {
    makeKey(folder, YEAR, MADE);
    writeFileSync(onlyFile(), 'half of it');
    destroyKey(folder, YEAR, LATER);
    expect(keyFor(folder, YEAR)).toBeNull();
  });
});
