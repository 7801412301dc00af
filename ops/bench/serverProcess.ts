/** The real server in a process of its own, on loopback. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readServerRecord } from '../../src/main/serverRecord.ts';

export interface ServerProcess {
  readonly address: string;
  /** Memory now and at its highest in MiB; null where the system does not tell. */
  memory(): { readonly resident: number; readonly highest: number } | null;
  stop(): Promise<void>;
}

const POLL_MS = 50;
const KIB_PER_MIB = 1024;

/** Starts the server of this build, or of these sources, and resolves when it answers. */
export async function startServer(data: string, postgresUrl: string | null): Promise<ServerProcess> {
  const program = new URL(`../../src/main/cli${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const urls = postgresUrl === null ? {} : { OUTCOMES_LOG_URL: postgresUrl, OUTCOMES_READ_MODELS_URL: postgresUrl };
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(program), '--data', data, 'serve', '--host', '127.0.0.1', '--port', '0'],
    { env: { ...process.env, ...urls }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2_000)));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
    process.off('exit', endWithUs);
  };
  for (;;) {
    const record = child.exitCode === null ? readServerRecord(data) : null;
    if (record !== null && record.pid === child.pid && (await isReady(record.address))) {
      return { address: record.address, memory: () => memoryOf(record.pid), stop };
    }
    if (child.exitCode !== null) throw new Error(`the server did not start: ${said}`);
    await pause(POLL_MS);
  }
}

const isReady = (address: string): Promise<boolean> =>
  fetch(`${address}/v1/indicators`).then(
    async (response) => (await response.text(), response.ok),
    () => false,
  );

function memoryOf(pid: number): { resident: number; highest: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mib = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / KIB_PER_MIB;
    return { resident: mib('VmRSS'), highest: mib('VmHWM') };
  } catch {
    return null;
  }
}
