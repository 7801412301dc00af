/**
 * What an operator is given, checked as far as that goes without Docker and Prometheus: neither was run. Compose keys
 * are those of its specification, files that are named are there, ports stay on the machine, no secret is in a file,
 * the image holds all that the engine needs, and alerts ask for metrics that there are.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Ledger } from '../../src/app/ledger.ts';
import { newMetrics } from '../../src/http/metrics.ts';

const run = promisify(execFile);
const CLI = 'dist/src/main/cli.js';

type Mapping = Readonly<Record<string, unknown>>;
const yaml = <T>(path: string): T => parse(readFileSync(path, 'utf8'), { merge: true }) as T;

interface Service {
  readonly build?: { context: string; dockerfile: string };
  readonly image?: string;
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: Mapping;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Mapping;
  readonly secrets: Readonly<Record<string, { file: string }>>;
}

const FILE = 'ops/compose.yaml';
const compose = yaml<Compose>(FILE);
const services = Object.entries(compose.services);

/** Keys of the Compose specification, of which this file uses some. */
const TOP_KEYS = 'name services networks volumes configs secrets include version'.split(' ');
const SERVICE_KEYS = `annotations attach build blkio_config cap_add cap_drop cgroup cgroup_parent command configs
  container_name cpus cpuset credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search
  domainname entrypoint env_file environment expose extends external_links extra_hosts group_add healthcheck hostname
  image init ipc isolation labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit
  network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports privileged profiles pull_policy
  read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt
  sysctls tmpfs tty ulimits user userns_mode uts volumes volumes_from working_dir`.split(/\s+/);
const HEALTH_KEYS = 'test interval timeout retries start_period start_interval disable'.split(' ');

describe('ops/compose.yaml', () => {
  it('has keys of the Compose specification only', () => {
    const extensions = /^x-/;
    expect(Object.keys(compose).filter((key) => !extensions.test(key) && !TOP_KEYS.includes(key))).toEqual([]);
    for (const [name, service] of services) {
      expect(
        Object.keys(service).filter((key) => !SERVICE_KEYS.includes(key)),
        name,
      ).toEqual([]);
      const health = Object.keys(service.healthcheck ?? {});
      expect(
        health.filter((key) => !HEALTH_KEYS.includes(key)),
        name,
      ).toEqual([]);
    }
  });

  it('names files that are there, secrets by an example of them', () => {
    const secrets = Object.values(compose.secrets).map(({ file }) => file);
    const files = [...services.flatMap(([, { env_file }]) => env_file ?? []), ...secrets];
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(existsSync(join('ops', `${file}.example`)), file).toBe(true);
    const { context, dockerfile } = compose.services.engine?.build ?? { context: '', dockerfile: '' };
    expect(existsSync(join('ops', context, dockerfile))).toBe(true);
    expect(new Set(readdirSync('ops/secrets').filter((name) => name.endsWith('.example')))).toEqual(
      new Set(files.map((file) => `${file.replace('secrets/', '')}.example`)),
    );
  });

  it('names volumes, secrets and services that it has', () => {
    for (const [name, { volumes = [], secrets = [], depends_on = {} }] of services) {
      for (const volume of volumes) expect(Object.keys(compose.volumes), name).toContain(volume.split(':')[0]);
      for (const secret of secrets) expect(Object.keys(compose.secrets), name).toContain(secret);
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services), name).toContain(other);
        if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck, other).toBeDefined();
      }
    }
  });

  it('binds every port to this machine alone, each once', () => {
    const ports = services.flatMap(([, { ports }]) => ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  });

  it('holds no secret, and images of stated versions', () => {
    for (const [name, { environment = {}, image = '' }] of services) {
      const secret = Object.keys(environment).filter(
        (key) => /PASSWORD|SECRET|TOKEN/.test(key) && !key.endsWith('_FILE'),
      );
      expect(secret, name).toEqual([]);
      if (name !== 'engine') expect(image, name).toMatch(/:[\d.]+/);
    }
    expect(readFileSync(FILE, 'utf8')).not.toMatch(/:\/\/[^/\s]+:[^/\s]+@/);
    for (const file of readdirSync('ops/secrets').filter((name) => name.endsWith('.example'))) {
      expect(readFileSync(join('ops/secrets', file), 'utf8'), file).toContain('<');
    }
  });

  it('gives EventStoreDB three secured nodes that seek one another', () => {
    const nodes = services.filter(([name]) => name.endsWith('.eventstore'));
    expect(nodes).toHaveLength(3);
    for (const [name, { environment = {} }] of nodes) {
      const others = nodes.map(([other]) => `${other}:2113`).filter((other) => other !== `${name}:2113`);
      expect(environment.EVENTSTORE_GOSSIP_SEED?.split(',')).toEqual(others);
      expect(environment).toMatchObject({ EVENTSTORE_CLUSTER_SIZE: '3', EVENTSTORE_NODE_HOST_ADVERTISE_AS: name });
      expect(environment).not.toHaveProperty('EVENTSTORE_INSECURE');
      expect(environment.EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE).toContain(name.split('.')[0]);
    }
  });
});

describe('ops/Dockerfile', () => {
  const lines = readFileSync('ops/Dockerfile', 'utf8').split('\n');

  it('runs as nobody special, and says whether it is alive', () => {
    expect(lines).toContain('USER node');
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });

  it('copies all that the engine needs to start, draw and show pages', async () => {
    const image = mkdtempSync(join(tmpdir(), 'outcomes-image-'));
    try {
      const copied = lines.flatMap((line) => /^COPY --from=build \/app\/(\S+)/.exec(line)?.[1] ?? []);
      expect(copied).toContain('node_modules');
      for (const path of copied) {
        mkdirSync(dirname(join(image, path)), { recursive: true });
        if (path === 'node_modules') symlinkSync(resolve(path), join(image, path));
        else cpSync(path, join(image, path), { recursive: true });
      }
      const env = { ...process.env, EVENTSTORE_URL: undefined, OUTCOMES_DATA: join(image, 'data'), OUTCOMES_PORT: '0' };
      const inImage = { cwd: image, env };
      await run(process.execPath, [CLI, 'import', 'projections/publishedFigures/published-figures.csv'], inImage);
      const engine = spawn(process.execPath, [CLI, 'serve'], { ...inImage, stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = new Promise((done) => engine.once('exit', done));
      try {
        const address = await new Promise<string>((found, failed) => {
          engine.stdout.on('data', (piece: Buffer) => {
            const match = /http:\/\/127\.0\.0\.1:\d+/.exec(piece.toString());
            if (match !== null) found(match[0]);
          });
          void gone.then(() => failed(new Error('The engine ended before it answered.')));
        });
        const chart = '/v1/indicators/bipc-businesses-created/chart.png';
        for (const path of ['/', '/health/live', '/metrics', chart, '/openapi.json']) {
          expect((await fetch(address + path)).status, path).toBe(200);
        }
      } finally {
        engine.kill('SIGTERM');
      }
      expect(await gone).toBe(0);
    } finally {
      rmSync(image, { recursive: true, force: true });
    }
  });
});

describe('ops/alerts.yaml', () => {
  interface Rule {
    readonly alert: string;
    readonly expr: string;
    readonly annotations: { readonly summary: string; readonly runbook: string };
  }
  const rules = yaml<{ groups: { rules: Rule[] }[] }>('ops/alerts.yaml').groups.flatMap((group) => group.rules);

  it('asks for metrics that the engine has', async () => {
    const ledger = {
      size: async () => 0,
      ordinal: () => 0,
      parked: () => [],
      unmatchedAmendments: () => 0,
      feedTotals: async () => ({ overdue: 0, missingNumbers: 0 }),
    } as unknown as Ledger;
    const text = await newMetrics({ ledger, projectionFailures: () => 0 }).text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const { alert, expr } of rules) {
      const asked = [...expr.matchAll(/\b(?:outcomes|process)_\w+/g)].map(([name]) => name);
      expect(asked.length + Number(expr.includes('up{')), alert).toBeGreaterThan(0);
      for (const name of asked) expect([...known], alert).toContain(name);
    }
  });

  it('names a section of the runbook for each', () => {
    const headings = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    for (const { alert, annotations } of rules) {
      const [file, section] = annotations.runbook.split('#');
      expect(file, alert).toBe('docs/operations.md');
      expect(headings, alert).toContain(section);
    }
  });
});
