/** No number of a borrower leaves the file it stands in: not to the log, a report, a server, or a data directory. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomes, served, withData, type Ran } from '../support/outcomes.ts';

const NUMBERS = ['73021100', '73021101', '73021102'] as const;
const FEED = 'urn:library:E08000021:koha-statistics';
const row = (time: string, number: string, type = 'issue'): string =>
  `${time},CPL,,0,${type},card ${number},PT,1,BK,GEN,${number},${number},FIC`;
const TEXT = [
  'datetime,branch,proccode,value,type,other,usercode,itemnumber,itemtype,location,borrowernumber,associatedborrower,ccode',
  ...NUMBERS.map((number) => row('2019-05-01 10:15:00', number)),
  row('2019-05-02 10:15:00', NUMBERS[0]),
  row('2019-05-02 10:15:00', NUMBERS[0], 'payment'),
  row('yesterday', NUMBERS[1]),
  `${row('2019-05-02 10:15:00', NUMBERS[1])},${NUMBERS[1]}`,
  row('2019-05-03 10:15:00', NUMBERS[1], NUMBERS[1]),
].join('\n'); // prettier-ignore
/** People who borrowed, each once, and loans: what must not move. */
const BORROWERS = `id: active-borrowers
version: 1
`;

/** Every file below a folder that holds one of the numbers. */
function holding(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => NUMBERS.some((number) => readFileSync(path).includes(number)));
}
const speaks = ({ out, err }: Ran): boolean => NUMBERS.some((number) => out.includes(number) || err.includes(number));
