/** What a page of the documentation shows: files to be written, and commands with what they print. */

/** A file that a page shows, under the comment that names it. */
export interface ShownFile {
  readonly name: string;
  readonly text: string;
}

/** Files that the page shows, each after a comment `<!-- file: name -->`. */
export const filesIn = (page: string): readonly ShownFile[] =>
  [...page.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => ({
    name,
    text,
  }));

/** Commands that the page shows, each without the program's name, and what each prints. */
export const commandsIn = (page: string): readonly { readonly command: string; readonly says: string }[] =>
  [...page.matchAll(/```console\n\$ npx outcomes (.*)\n([\s\S]*?)```/g)].map(([, command = '', says = '']) => ({
    command,
    says,
  }));
