import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** The folder of this machine's newest server binaries, or why there is none to use. */
export function findServer(): { bin: string } | { reason: string } {
  const debian = '/usr/lib/postgresql';
  const packaged = existsSync(debian)
    ? readdirSync(debian)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debian, version, 'bin'))
    : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...packaged];
  const bin = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (bin === undefined) return { reason: 'no initdb and postgres in PATH or /usr/lib/postgresql, and no URL given' };
  if (isRoot() && postgresUser() === undefined) return { reason: 'root may not run postgres, and no user "postgres"' };
  return { bin };
}

export interface Cluster {
  readonly url: string;
  /** Ends the server as a crash does, its transactions half done, and starts it on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A private server on loopback with everything durable, its data in the temporary directory. It lives and dies with
 * this process: a shell waits on a pipe that only this process holds, so that even after kill -9 the server is stopped
 * and its data removed.
 */
export async function startCluster(bin: string): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'outcomes-postgres-'));
  const user = isRoot() ? postgresUser()! : undefined;
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  chmodSync(directory, 0o700);
  const port = await freePort();
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', bin, directory, String(port)], {
    ...user,
    cwd: directory,
    detached: true, // Out of reach of Ctrl-C, which would end the keeper before the server.
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  keeper.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2000)));
  const gone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  const stop = async () => {
    keeper.stdin.end();
    await gone;
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    await waitUntilReady(url, keeper, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    async crash() {
      const before = await startOf(url);
      keeper.stdin.write('crash\n');
      await waitUntilReady(url, keeper, () => said, before);
    },
    stop,
  };
}

/**
 * `read` fails when the pipe ends. QUIT is PostgreSQL's immediate shutdown, a crash: nothing is finished or written out,
 * and the next start recovers from the journal. It is right, too, for data that nobody will read again.
 */
const KEEPER = `
bin=$1 directory=$2 port=$3
"$bin/initdb" --pgdata="$directory/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >&2
start() {
  "$bin/postgres" -D "$directory/data" -h 127.0.0.1 -p "$port" -k '' \\
    -c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=128MB -c max_wal_size=2GB \\
    >&2 </dev/null &
  server=$!
}
crash() {
  kill -QUIT $server 2>/dev/null
  wait $server
}
start
while read -r wanted; do
  crash
  start
done
crash
rm -rf "$directory"
`;

/** @param before when the server that was there before had been started: that one does not count */
async function waitUntilReady(
  url: string,
  keeper: ChildProcess,
  said: () => string,
  before: string | null = null,
): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const started = await startOf(url);
    if (started !== null && started !== before) return;
    if (keeper.exitCode !== null) break;
    await pause(100);
  }
  throw new Error(`The private PostgreSQL did not start. It said: ${said()}`);
}

/** When the server was started, null when none answers. */
async function startOf(url: string): Promise<string | null> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ at: string }>('select pg_postmaster_start_time()::text as at');
    return rows[0]!.at;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const isRoot = () => process.getuid?.() === 0;

function postgresUser(): { uid: number; gid: number } | undefined {
  try {
    const id = (option: string) =>
      Number(execFileSync('id', [option, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
