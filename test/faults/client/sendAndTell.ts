/**
 * The victim of kill.test.ts: sends events for as long as it lives, several calls at once, and prints the numbers of
 * those that were acknowledged. `node --import runTypeScript.mjs sendAndTell.ts <address> <spool> <first number>`.
 */
import { hasty, numbered, sending } from '../../support/sending.ts';

const [address, spool, first] = process.argv.slice(2) as [string, string, string];
const { client } = await sending({ address, spool }, hasty(500));
process.stdout.write('open\n');

let next = Number(first);
async function sendOn(): Promise<never> {
  for (;;) {
    const numbers = Array.from({ length: 1 + (next % 4) }, () => next++);
    // Every twentieth is nothing that the server takes.
    await client.send(numbers.map((number) => numbered(number, number % 20 === 3 ? { data: { count: -number } } : {})));
    process.stdout.write(numbers.map((number) => `${number}\n`).join(''));
  }
}
await Promise.all([sendOn(), sendOn(), sendOn()]);
