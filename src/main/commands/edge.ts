/** What commands need of the command line that they stand in. */
import type { Progress } from '../../app/progress.ts';
import type { Config } from '../config.ts';
import type { Opening, Target } from '../target.ts';

/** Options that stand before any command. */
export interface GlobalFlags {
  readonly data?: string;
  readonly readings?: string;
  readonly json?: boolean;
}

export interface Edge {
  readonly env: NodeJS.ProcessEnv;
  readonly flags: () => GlobalFlags;
  /** The settings: environment, options before the command, and these of the command. Throws `usage`. */
  readonly config: (flags?: { host?: string; port?: string }) => Config;
  /** One result, as an object for `--json`, else as text. */
  readonly print: (object: object, text: string) => void;
  readonly now: () => Date;
  /** Opens what the command works on, here or on the server that has the data directory, and closes it. */
  readonly withTarget: <T>(use: (target: Target, progress: Progress) => Promise<T>, opening?: Opening) => Promise<T>;
}
