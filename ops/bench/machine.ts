import { cpus, totalmem, type as system, release } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/main/packageRoot.ts';
import { duckVersion } from './duck.ts';
import { postgresVersion } from './postgres.ts';

const GIB = 1024 ** 3;

/** Where the figures were taken, as pairs of name and value. */
export async function machine(): Promise<readonly (readonly [string, string])[]> {
  return [
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
    ['memory', `${Math.round(totalmem() / GIB)} GiB`],
    ['system', `${system()} ${release().split('-')[0]}`],
    ['Node.js', process.version],
    ['DuckDB', duckVersion()],
    ['PostgreSQL', await postgresVersion()],
    ['libsql', packageVersion('libsql')],
  ];
}

function packageVersion(name: string): string {
  const file = join(packageRoot(), 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
