/** The log on a secured server: TLS by the authority given, user and password, and a user's certificate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventStoreLog } from '../../../src/eventstoredb/eventStoreLog.ts';
import { memoryFeedIdentities } from '../../../src/memory/memoryFeedIdentities.ts';
import { event } from '../../support/events.ts';
import { certificatePath, type Security } from '../../support/eventstoredb/security.ts';
import { startDouble } from '../../support/eventstoredb/startDouble.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function secured(security: Security): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'double-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const double = await startDouble({ folder, security });
  undo.push(() => double.stop());
  return double.url;
}

/** What a log at an address says of itself after taking an event in, or the problem it met. */
async function recordAt(url: string): Promise<number | { code: string; message: string; hint: string | undefined }> {
  const identities = memoryFeedIdentities();
  const log = eventStoreLog(
    url,
    identities,
    { now: () => new Date('2026-11-01T12:00:00Z') },
    { timing: { total_ms: 3_000 } },
  );
  try {
    await log.append('urn:library:E08000021:counters', [event('one')], 'any');
    return (await log.read(null, 10)).length;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    return { code, message, hint };
  } finally {
    await log.close();
  }
}

const withoutAuthority = (url: string): string => url.replace(/&tlsCAFile=[^&]*/, '');
const withCertificate = (url: string, name: string): string =>
  `${url}&userCertFile=${certificatePath(`${name}.crt`)}&userKeyFile=${certificatePath(`${name}.key`)}`;

describe('a server with TLS', () => {
  it('is used by who was given its authority, and by nobody else', async () => {
    const url = await secured({});
    expect(await recordAt(url)).toBe(1);
    expect(await recordAt(withoutAuthority(url))).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/certificate/) as string,
    });
    expect(await recordAt(url.replace('tls=true', 'tls=false'))).toMatchObject({ code: 'unavailable' });
  });
});

describe('a server that asks who calls', () => {
  it('takes the user and password of the connection string, and refuses others by name but never with the password', async () => {
    const url = await secured({ user: 'engine:s3cret' });
    expect(await recordAt(url)).toBe(1);
    for (const other of [url.replace('s3cret', 'n0tit'), url.replace('engine:s3cret@', '')]) {
      const refused = await recordAt(other);
      expect(refused).toMatchObject({
        code: 'unavailable',
        hint: expect.stringMatching(/user, password and certificates/) as string,
      });
      expect(JSON.stringify(refused)).not.toMatch(/n0tit/);
    }
  });
});

describe('a server that asks for a certificate', () => {
  it('takes one of its authority, and refuses another and none', async () => {
    const url = await secured({ userCertificate: true });
    expect(await recordAt(withCertificate(url, 'user'))).toBe(1);
    expect(await recordAt(withCertificate(url, 'other-user'))).toMatchObject({ code: 'unavailable' });
    expect(await recordAt(url)).toMatchObject({ code: 'unavailable' });
  });
});
