/** The commands that keep keys of pseudonyms, and the one that makes a copy of a file with pseudonyms in it. */
import { openSync, closeSync, writeFileSync, rmSync, fsyncSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { sourceField } from '../../../contracts/fields.ts';
import { LedgerError } from '../../domain/ledgerError.ts';
import type { Encoding } from '../../files/decodeText.ts';
import { openPath } from '../../files/openFile.ts';
import { whyNot } from '../../files/whyNot.ts';
import { destroyKey, listKeys, makeKey, type KeyScope } from '../../identity/pseudonymKeys.ts';
import type { ImportOptions } from '../../importers/importer.ts';
import { keysIn, LINKING, pseudonymsBy, type Linking } from '../people.ts';
import { withoutBorrowers } from '../pseudonymise.ts';
import type { Edge } from './edge.ts';
import { authorityCode } from './typed.ts';

/** `keys list`, `keys new` and `keys destroy`. */
export function keysCommand({ config, print, now }: Edge): Command {
  const keys = new Command('keys').description('keys that make pseudonyms of borrowers, kept in the data directory');
  keys
    .command('list')
    .description('list the keys: feed, scope, when made, when destroyed')
    .action(() => {
      const listed = listKeys(keysIn(config().data));
      const lines = listed.map(({ source, scope, made, destroyed }) => `${source}  ${scope}  made ${made}${destroyed === null ? '' : `, destroyed ${destroyed}`}`); // prettier-ignore
      print({ keys: listed }, lines.length === 0 ? 'There are no keys.' : lines.join('\n'));
    });
  keys
    .command('new')
    .description('make a key for the borrowers of a feed')
    .argument('<feed>', 'source of the events, such as urn:library:E08000021:koha-statistics')
    .argument('<scope>', 'over which time a borrower keeps a pseudonym: "always", or a financial year such as 2023-24')
    .action((feed: string, scope: string) => {
      const of = scopeOf(feed, scope);
      const folder = keysIn(config().data);
      const again = listKeys(folder).some((key) => isOf(key, of) && key.destroyed !== null);
      makeKey(folder, of, now().toISOString());
      const warning = again
        ? '\nAn earlier one was destroyed: people counted with it and with this one are counted twice in that time.'
        : '';
      print(
        { made: of, again },
        `Made a key of ${of.source} for ${of.scope}. Keep it out of backups of the log.${warning}`,
      );
    });
  keys
    .command('destroy')
    .description('destroy a key, so that its pseudonyms can never again be linked to anybody; no total changes')
    .argument('<feed>', 'as "keys list" names it')
    .argument('<scope>', 'as "keys list" names it')
    .option('--yes', 'it is meant: nothing brings the key back')
    .action((feed: string, scope: string, flags: { yes?: boolean }) => {
      const of = scopeOf(feed, scope);
      if (flags.yes !== true) {
        throw new LedgerError('usage', `This would destroy the key of ${of.source} for ${of.scope} for good.`, {
          hint: 'Say --yes if it is meant.',
        });
      }
      destroyKey(keysIn(config().data), of, now().toISOString());
      print({ destroyed: of }, `Destroyed the key of ${of.source} for ${of.scope}. Destroy copies of it, too.`);
    });
  return keys;
}

const isOf = (key: KeyScope, { source, scope }: KeyScope): boolean => key.source === source && key.scope === scope;

/** Throws `usage` where a feed or a scope cannot be one. */
function scopeOf(feed: string, scope: string): KeyScope {
  const source = sourceField.safeParse(feed);
  if (!source.success) throw new LedgerError('usage', `"${feed}" is no feed: it ${source.error.issues[0]?.message ?? ''}.`); // prettier-ignore
  const [, first, second] = /^(\d{4})-(\d{2})$/.exec(scope) ?? [];
  const isYear = first !== undefined && (Number(first) + 1) % 100 === Number(second);
  if (scope !== 'always' && !isYear) throw new LedgerError('usage', `"${scope}" is no scope.`, { hint: 'Use "always", or a financial year such as 2023-24.' }); // prettier-ignore
  return { source: source.data, scope };
}

interface CopyFlags {
  readonly people: Linking;
  readonly authority: string;
  readonly format?: string;
  readonly encoding: Encoding;
}

/** `pseudonymise`. */
export function pseudonymiseCommand({ config, print }: Edge): Command {
  return new Command('pseudonymise')
    .description('copy a file of loans with pseudonyms in the place of borrowers, and without what is not read')
    .argument('<file>')
    .argument('<copy>', 'where to; it must not be there yet')
    .addOption(peopleOption().makeOptionMandatory())
    .requiredOption('--authority <code>', 'GSS code of the authority that the file is about')
    .option('--format <name>', 'instead of detecting it')
    .addOption(new Option('--encoding <name>', 'text encoding').choices(['utf-8', 'windows-1252']).default('utf-8'))
    .action(async (path: string, copy: string, { people, authority, format, encoding }: CopyFlags) => {
      const options = {
        authority: authorityCode(authority, `--authority ${authority}`),
        pseudonymOf: withEveryKey(pseudonymsBy(config().data, people)),
      };
      const text = withoutBorrowers({ ...(await openPath(path, encoding)), options }, format);
      if (text === null) {
        throw new LedgerError('invalid-file', `${basename(path)} is of a format that names no borrowers.`, {
          hint: 'Import it as it is.',
        });
      }
      writeNew(copy, text);
      print({ file: path, copy }, `${copy}: pseudonyms stand in the place of borrowers.`);
    });
}

/** The option that says over which time a borrower keeps a pseudonym. */
export const peopleOption = (): Option =>
  new Option('--people <linking>', 'record pseudonyms of borrowers, the same one for a financial year or always').choices(LINKING); // prettier-ignore

/** A copy that leaves some borrowers out would look like a whole one. */
function withEveryKey(pseudonymOf: NonNullable<ImportOptions['pseudonymOf']>): typeof pseudonymOf {
  return (who) => {
    const person = pseudonymOf(who);
    if (person !== null) return person;
    throw new LedgerError('not-found', `There is no key of ${who.source} for a loan of the file.`, {
      hint: `"outcomes keys new ${who.source} <scope>" makes one, with the financial year of the loans or "always".`,
    });
  };
}

function writeNew(path: string, text: Iterable<string>): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new LedgerError('not-allowed', `${path} cannot be written: ${whyNot(error)}.`);
  }
  try {
    for (const piece of text) writeFileSync(file, piece);
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    closeSync(file);
    rmSync(path, { force: true });
    throw error;
  }
}
