/**
 * Loans of FOLIO (mod-circulation-storage, ramls/loan.json): a JSON document as its API answers, or the same fields in CSV.
 * A loan was issued at `loanDate`. `renewalCount` says how many renewals there were and not when, so that they cannot be
 * events; `userId` is dropped by FOLIO when it anonymises closed loans.
 */
import { keyOf } from '../../domain/labels.ts';
import { PERSON, personHeader } from './borrowers.ts';
import { circulationImporter, type Movement } from './circulation.ts';
import {
  reportFor,
  type DocumentImporter,
  type DocumentSource,
  type FileHead,
  type ImportResult,
  type TableRow,
} from '../importer.ts';
import { isoMomentOf, ISO_TIME } from './localTime.ts';
import { layoutScore, shownLabel, type NamedRow } from '../table/rows.ts';
import { countOf, WHOLE_NUMBER } from '../table/text.ts';

const [ID, DATE, PLACE, USER] = ['id', 'loanDate', 'checkoutServicePointId', 'userId'] as const;
const [RENEWALS, MATERIAL, ACTION] = ['renewalCount', 'materialType', 'action'] as const;
const OTHERS = ['itemId', 'dueDate', 'returnDate', 'systemReturnDate', 'checkinServicePointId', 'patronGroupIdAtCheckout', 'itemEffectiveLocationIdAtCheckOut', 'loanPolicyId', 'status']; // prettier-ignore
const words = (name: string): string => name.replace(/[A-Z]/g, ' $&');
const LAYOUT = {
  required: [DATE, PLACE],
  optional: [ID, RENEWALS, MATERIAL, ACTION, ...OTHERS],
  alsoCalled: {
    ...Object.fromEntries(
      [DATE, PLACE, USER, RENEWALS, 'proxyUserId', 'userBarcode', ...OTHERS].map((name) => [name, [words(name)]]),
    ),
    [ID]: ['loan id'],
    [MATERIAL]: [words(MATERIAL), 'material type name'],
    [ACTION]: ['loan action'],
  },
};

export const folioLoansCsv = circulationImporter({
  format: 'folio-loans-csv',
  feed: 'folio-loans',
  title: 'Loans of FOLIO, as a table',
  layout: LAYOUT,
  recognises,
  timeColumn: () => DATE,
  momentOf: isoMomentOf,
  aTime: ISO_TIME,
  branch: PLACE,
  borrowers: [USER, 'proxyUserId', 'userBarcode'],
  categories: [MATERIAL],
  id: ID,
  reads: [ID, DATE, PLACE, RENEWALS, MATERIAL, ACTION],
  movementOf: (): Movement => ({ kind: 'loan.issued' }),
  remarkOn: renewalsOf,
});

function recognises({ header }: FileHead): number {
  const keys = new Set(header.map((label) => keyOf(label).replaceAll(' ', '')));
  const own = [DATE, PLACE, USER, RENEWALS, 'itemId', 'returnDate'].filter((name) => keys.has(name.toLowerCase()));
  return own.length < 3 ? 0 : layoutScore(header, { ...LAYOUT, optional: [...LAYOUT.optional, USER, 'proxyUserId'] });
}

function renewalsOf(row: NamedRow) {
  const text = row.text(RENEWALS);
  const count = text === '' ? 0 : countOf(text);
  if (count === null) {
    return { column: RENEWALS, code: 'not-a-whole-number', found: 'another text', expected: WHOLE_NUMBER, done: 'The loan was imported, and no renewal of it.' } as const; // prettier-ignore
  }
  const renewed = count > 0 || text === '' && /^renew/i.test(row.text(ACTION)); // prettier-ignore
  if (!renewed) return null;
  const found = count > 0 ? `${count} renewals` : 'renewals, and not how many';
  const done =
    'The loan was imported once, its renewals not: a counter says how many, not when. The circulation log has them.';
  return { column: count > 0 ? RENEWALS : ACTION, code: 'renewals-undated', found, expected: 'renewals with their times', done } as const; // prettier-ignore
}

export const folioLoans: DocumentImporter = {
  reads: 'document',
  format: 'folio-loans',
  title: 'Loans of FOLIO',
  mayOverlap: true,
  recognises: ({ document }) => {
    const loans = loansIn(document);
    const [first] = loans ?? [];
    if (loans === null) return 0;
    if (first === undefined) return Array.isArray(document) ? 0 : 0.9;
    return isRecord(first) && DATE in first && [USER, 'itemId', PLACE].some((key) => key in first) ? 1 : 0;
  },
  read,
  pseudonymised,
};

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The loans of a document: an array, or the one under `loans`. */
function loansIn(document: unknown): readonly unknown[] | null {
  const loans = isRecord(document) ? document['loans'] : document;
  return Array.isArray(loans) ? (loans as readonly unknown[]) : null;
}

/** Fields that are read, in the order of the columns; the last is who borrowed. */
const COLUMNS = [ID, DATE, PLACE, RENEWALS, MATERIAL, ACTION] as const;

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function materialOf(loan: Fields): string {
  const item = isRecord(loan['item']) ? loan['item'] : {};
  const material = item[MATERIAL] ?? loan[MATERIAL];
  return textOf(isRecord(material) ? material['name'] : material);
}

/** A document as the table that it is, its original hash in the header where it is a copy. */
function tableOf({ document }: DocumentSource): {
  header: readonly string[];
  rows: readonly TableRow[];
  bad: readonly number[];
} {
  const original = isRecord(document) ? document[FROM] : undefined;
  const isCopy = typeof original === 'string';
  const rows: TableRow[] = [];
  const bad: number[] = [];
  for (const [index, loan] of (loansIn(document) ?? []).entries()) {
    if (!isRecord(loan)) bad.push(index + 1);
    else {
      const cells = COLUMNS.map((name) => (name === MATERIAL ? materialOf(loan) : textOf(loan[name])));
      rows.push({ row: index + 1, cells: [...cells, textOf(loan[isCopy ? 'person' : USER])] });
    }
  }
  return { header: [...COLUMNS, isCopy ? personHeader(original) : USER], rows, bad };
}

function read(source: DocumentSource): ImportResult {
  const { header, rows, bad } = tableOf(source);
  const report = reportFor(source.fileName);
  for (const row of bad) report.refuse([row, null], 'text-unusable', 'no loan', 'an object with the fields of a loan');
  tellPage(source.document, rows.length + bad.length, report);
  tellFields(source.document, report);
  const inArray = Array.isArray(source.document);
  const reading = folioLoansCsv.begin({ ...source, header });
  const { events, findings } = reading.take(rows);
  const located = events.map((event) => {
    if (!('provenance' in event.data) || event.data.provenance === undefined) return event;
    const path = `${inArray ? '' : '/loans'}/${event.data.provenance.row - 1}/${DATE}`;
    return { ...event, data: { ...event.data, provenance: { ...event.data.provenance, path } } } as typeof event;
  });
  return { events: located, findings: [...findings, ...reading.end().findings, ...report.findings] };
}

/** The API answers in pages, and says how many there are in all. */
function tellPage(document: unknown, loans: number, report: ReturnType<typeof reportFor>): void {
  const total = isRecord(document) ? document['totalRecords'] : undefined;
  if (typeof total !== 'number' || total <= loans) return;
  const found = `${loans} of ${total} loans`;
  report.flag([1, 'totalRecords'], 'page-of-a-list', found, 'all loans: this is a page of a list', 'Imported; import the other pages too.'); // prettier-ignore
}

const READ: ReadonlySet<string> = new Set([...COLUMNS, USER, 'person', 'item']);
const FIELDS_NAMED = 60;

/** Fields that are not read, each told once. */
function tellFields(document: unknown, report: ReturnType<typeof reportFor>): void {
  const names = new Set((loansIn(document) ?? []).flatMap((loan) => (isRecord(loan) ? Object.keys(loan) : [])));
  for (const name of [...names].filter((each) => !READ.has(each)).slice(0, FIELDS_NAMED)) {
    const label = shownLabel(name);
    report.note([1, label], 'column-not-kept', label, `only ${COLUMNS.join(', ')}`, 'The field was not read.');
  }
}

const FROM = 'pseudonymisedFrom';

function pseudonymised(source: DocumentSource): unknown {
  const { header, rows } = tableOf(source);
  const discreet = folioLoansCsv.pseudonymised?.({ ...source, header }) ?? null;
  if (discreet === null) return null;
  const { document } = source;
  const from = discreet.header.at(-1)?.slice(PERSON.length + 1);
  const byRow = new Map(rows.map((row) => [row.row, discreet.cells(row)]));
  const loans = (loansIn(document) ?? []).map((_, index) => {
    const cells = byRow.get(index + 1);
    if (cells === undefined) return null;
    return Object.fromEntries([...COLUMNS, 'person'].map((name, at) => [name, cells[at] ?? '']));
  });
  const total = isRecord(document) ? document['totalRecords'] : undefined;
  return { [FROM]: from, ...(typeof total === 'number' ? { totalRecords: total } : {}), loans };
}
