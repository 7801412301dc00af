/**
 * Sheets of one workbook, side by side: each is read as a table of its own, and none may say again, or otherwise, what another
 * says. A copy that was kept beside the original would count twice, and of `Persons`, `Females` and `Males` the last would
 * stand for all people.
 */
import { kindOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { keyOfCategory } from '../domain/itemCategory.ts';
import { rowOf } from '../importers/identity.ts';
import type { Finding } from '../importers/importer.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { Piece } from './importParts.ts';

/** A sheet that is read: its name, and its pieces, the same each time. */
export interface ReadSheet {
  readonly name: string;
  readonly pieces: () => Iterable<Piece>;
}

/** Kinds that are a number of something; two sessions or loans that look alike are two all the same. */
const isNumber = ({ type }: ActivityEvent): boolean => {
  const kind = kindOf(type);
  return kind.endsWith('.counted') || kind.endsWith('.stated') || OTHER_NUMBERS.has(kind);
};
const OTHER_NUMBERS: ReadonlySet<string> = new Set(['reference.population', 'reference.deprivation', 'figure.published']); // prettier-ignore

/** Fields that say how or where a number was found, and not of what it is: figures cite the sheet that they stood in. */
const ASIDE: ReadonlySet<string> = new Set(['provenance', 'method', 'source', 'note']);

/** Whether a field holds a number, or says why there is none. */
const saysHowMuch = ([name, value]: readonly [string, unknown]): boolean =>
  typeof value === 'number' || name === 'absent';
/** Item categories are the same whatever their capitals, hyphens, apostrophes and plurals. */
const asKnown = (name: string, value: unknown): unknown =>
  name === 'localCategory' ? keyOfCategory(String(value)) : value;

interface Said {
  /** What a number is of: place, time, and categories as they are written. */
  readonly of: string;
  readonly number: string;
}

function saidBy({ type, source, subject, data }: ActivityEvent & { readonly subject?: string }): Said {
  const fields = Object.entries(data)
    .filter(([name]) => !ASIDE.has(name))
    .map(([name, value]) => [name, asKnown(name, value)] as const);
  const part = (isIn: boolean): object => Object.fromEntries(fields.filter((field) => saysHowMuch(field) === isIn));
  return {
    of: canonicalJson({ type, source, subject, data: part(false) }),
    number: canonicalJson(part(true)),
  };
}

/** Where a number stands first, what it is, and whether another sheet says another. */
interface Stands {
  readonly sheet: number;
  readonly row: number;
  readonly numbers: Set<string>;
  isContradicted: boolean;
}

/**
 * The pieces of each sheet without the numbers that another sheet says, too: a repeat is refused where it stands in the later
 * sheet; where sheets differ, all are refused, because nothing tells which is right.
 */
export function sheetsTogether(fileName: string, sheets: readonly ReadSheet[]): readonly ReadSheet[] {
  if (sheets.length < 2) return sheets;
  let known: ReadonlyMap<string, Stands> | null = null;
  return sheets.map(({ name, pieces }, at) => ({
    name,
    *pieces() {
      known ??= standings(sheets);
      for (const piece of pieces()) yield apart(piece, at);
    },
  }));

  function apart(piece: Piece, at: number): Piece {
    const findings: Finding[] = [];
    const events = piece.events.filter((event) => {
      const stands = isNumber(event) ? known?.get(saidBy(event).of) : undefined;
      if (stands === undefined || (stands.sheet === at && !stands.isContradicted)) return true;
      findings.push(refused(event, at, stands));
      return false;
    });
    return findings.length === 0 ? piece : { ...piece, events, findings: [...piece.findings, ...findings] };
  }

  function refused(event: ActivityEvent, at: number, { sheet, row, isContradicted }: Stands): Finding {
    const provenance = 'provenance' in event.data ? event.data.provenance : undefined;
    const there = sheet === at ? 'another sheet' : `sheet ${sheets[sheet]?.name}, row ${row},`;
    return {
      severity: 'refused',
      code: isContradicted ? 'row-contradicted' : 'row-repeated',
      file: `${fileName}, sheet ${sheets[at]?.name}`,
      row: rowOf(event),
      cell: provenance?.column ?? null,
      found: provenance?.raw ?? event.id,
      expected: isContradicted
        ? `one number for the same place, time and category: ${there} says another. Keep in the workbook only the sheets that are to be imported`
        : `each number once: ${there} says the same`,
      done: isContradicted ? 'None of these cells was imported.' : 'Not imported again.',
    };
  }
}

/** What stands in more sheets than one. */
function standings(sheets: readonly ReadSheet[]): ReadonlyMap<string, Stands> {
  const first = new Map<string, Stands>();
  const shared = new Map<string, Stands>();
  for (const [at, { pieces }] of sheets.entries()) {
    for (const { events } of pieces()) {
      for (const event of events) {
        if (!isNumber(event)) continue;
        const { of, number } = saidBy(event);
        const stands = first.get(of);
        if (stands === undefined)
          first.set(of, { sheet: at, row: rowOf(event), numbers: new Set([number]), isContradicted: false });
        else if (stands.sheet === at) stands.numbers.add(number);
        else {
          stands.isContradicted ||= !stands.numbers.has(number);
          shared.set(of, stands);
        }
      }
    }
  }
  return shared;
}
