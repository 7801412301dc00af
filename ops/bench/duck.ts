/** DuckDB in this process, as the replay's strongest peer. */
import { DuckDBInstance, version } from '@duckdb/node-api';

export interface Duck {
  /** Runs a statement and leaves its result in DuckDB's own columns. */
  run(sql: string): Promise<void>;
  /** Runs a query and answers its rows as numbers. */
  rows(sql: string): Promise<number[][]>;
  close(): void;
}

export const duckVersion = (): string => version();

export async function connectDuck(file: string, threads: number, readOnly = false): Promise<Duck> {
  const instance = await DuckDBInstance.create(file, {
    threads: String(threads),
    ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
  });
  const connection = await instance.connect();
  return {
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRows().map((row) => row.map(Number));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
