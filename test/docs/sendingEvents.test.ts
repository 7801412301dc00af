/**
 * How events are sent: every program of the page is run as it stands, through faults on the way, and sends what it says.
 * Programs whose language is not on the machine are skipped, and that is printed. The TypeScript one is run with the
 * package that `npm pack` makes, installed in an empty folder without a network.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testServer, type TestServer } from '../http/testServer.ts';
import { filesIn } from '../support/docsPage.ts';
import { faultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';

const run = promisify(execFile);
const PAGE = readFileSync('docs/sending-events.md', 'utf8');
const programs = new Map(filesIn(PAGE).map(({ name, text }) => [name, text]));

/** What must happen for a program to be run; null where it cannot. */
const succeeds = (command: string, args: readonly string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );
const LANGUAGES = [
  { file: 'send.sh', command: 'bash', here: (await succeeds('curl', ['--version'])) && (await succeeds('bash', ['-c', 'true'])) }, // prettier-ignore
  { file: 'send.py', command: 'python3', here: await succeeds('python3', ['--version']) },
  { file: 'send.R', command: 'Rscript', here: await succeeds('Rscript', ['-e', 'library(curl); library(jsonlite)']) },
];

let folder: string;
let server: TestServer;
let proxy: FaultProxy;
let faults: Fault[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sending-'));
  server = await testServer({ filled: false });
  faults = [];
  proxy = await faultProxy(await server.listen(), () => faults.shift() ?? 'none');
});
afterEach(async () => {
  await proxy.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Runs a program in the folder, where the server lies behind faults. */
async function runHere(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: folder, env: { ...process.env, LEDGER: proxy.address } });
  return stdout;
}

async function recorded(): Promise<string[]> {
  return (await server.log.read(null, 1_000)).map(({ event }) => event.id).sort();
}
const textsIn = (path: string): string[] =>
  readdirSync(join(folder, path)).map((name) => readFileSync(join(folder, path, name), 'utf8'));
const ON_THE_WAY: readonly Fault[] = ['dropped after it was delivered', '200 of something else', '502 of a proxy'];

describe('the page on sending events', () => {
  it('has a program for each way to send', () => {
    expect([...programs.keys()]).toEqual([...LANGUAGES.map(({ file }) => file), 'send.ts']);
  });

  it('shows a refusal as the server answers it', async () => {
    const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(PAGE)![1]!) as { problem: object };
    const event = (library: string, count: number) => ({
      specversion: '1.0',
      id: `${library}:2024-05`,
      source: 'urn:library:E08000021:counters',
      type: 'org.outcome-ledger.visits.counted.v1',
      subject: `E08000021/${library}`,
      data: { window: '2024-05-01/P1M', method: 'automatic-counter', count },
    });
    const payload = [event('city', 1), event('walker', 1), event('kenton', -5)]
      .map((e) => JSON.stringify(e))
      .join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await server.app.inject({ method: 'POST', url: '/v1/events', payload, headers });
    const { outcomes } = answer.json<{ outcomes: { problem: object }[] }>();
    expect({ ...outcomes[2], problem: { type: undefined, ...outcomes[2]?.problem } }).toEqual({
      ...shown,
      problem: { type: 'urn:outcome-ledger:problem:invalid-event', ...shown.problem },
    });
  });

  for (const { file, command, here } of LANGUAGES) {
    if (!here) console.warn(`SKIPPED ${file} of docs/sending-events.md: ${command} or what it needs is not here`);
    it.runIf(here)(
      `${file} sends through faults, keeps what was refused, and doubles nothing when run again`,
      async () => {
        writeFileSync(join(folder, file), programs.get(file)!);
        faults = [...ON_THE_WAY];
        const said = await runHere(command, [file]);
        expect(faults).toEqual([]);
        expect(await recorded()).toEqual(['city:2024-05', 'walker:2024-05']);
        expect(said).toMatch(/accepted/);
        expect(readdirSync(join(folder, 'spool'))).toEqual([]);
        const kept = textsIn(file === 'send.sh' ? 'answers' : 'refused').join('\n');
        expect(kept).toMatch(/"kenton:2024-05"[\s\S]*"pointer":\s*"\/data\/count"/);
        expect(kept).not.toContain('"problem":{}');

        const again = await runHere(command, [file]);
        expect(again).toMatch(/duplicate/);
        expect(await recorded()).toEqual(['city:2024-05', 'walker:2024-05']);
      },
    );

    it.runIf(here)(`${file} keeps a batch that the server does not take`, async () => {
      writeFileSync(join(folder, file), programs.get(file)!.replaceAll('/v1/events', '/v1/nowhere'));
      await expect(runHere(command, [file])).rejects.toThrow(/404/);
      expect(textsIn('spool').join('').trimEnd().split('\n')).toHaveLength(3);
    });
  }
});

describe('the package', () => {
  it('is packed, installs without a network, has types that stand alone, and sends', async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, './src/client']);
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string; files: { path: string }[] }[];
    const paths = packed!.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'])); // prettier-ignore
    expect(paths.filter((path) => !/^(LICENSE|README\.md|package\.json|dist\/\w+(\.d\.ts|\.js))$/.test(path))).toEqual(
      [],
    );
    expect(readFileSync('src/client/LICENSE', 'utf8')).toBe(readFileSync('LICENSE', 'utf8'));
    const manifest = JSON.parse(readFileSync('src/client/package.json', 'utf8')) as object;
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);

    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    await runHere('npm', ['install', '--offline', '--no-audit', '--no-fund', packed!.filename]);
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['outcome-ledger-client']); // prettier-ignore

    const program = programs.get('send.ts')!;
    writeFileSync(
      join(folder, 'send.ts'),
      `declare const process: { env: Record<string, string | undefined> };\n${program}`,
    );
    const strict = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--module',
      'nodenext',
    ];
    await runHere(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...strict, '--lib', 'es2023,dom', 'send.ts']); // prettier-ignore

    const options = { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } };
    writeFileSync(join(folder, 'send.js'), ts.transpileModule(program, options).outputText);
    faults = [...ON_THE_WAY];
    expect((await runHere(process.execPath, ['send.js'])).match(/^(accepted|refused) [a-z]+/gm)).toEqual(['accepted city', 'accepted walker', 'refused kenton']); // prettier-ignore
    expect(await recorded()).toEqual(['city:2024-05', 'walker:2024-05']);
    expect((await runHere(process.execPath, ['send.js'])).match(/^(duplicate|refused) [a-z]+/gm)).toHaveLength(3);
    expect(await recorded()).toHaveLength(2);
    expect(textsIn('spool/refused')).toHaveLength(2);
    expect(existsSync(join(folder, 'spool', 'waiting'))).toBe(true);
  });
});
