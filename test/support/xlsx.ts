/**
 * Workbooks made by hand, so that a test can have in them whatever a file may hold: a ZIP archive of XML parts, each of
 * which may be replaced, and whose headers may lie.
 */
import { crc32, deflateRawSync } from 'node:zlib';

/** What the archive says of a part instead of the truth. */
export interface Lie {
  readonly size?: number;
  readonly encrypted?: boolean;
}

const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value & 255, (value >> 8) & 255]));
const u32 = (...values: number[]): Buffer => Buffer.concat(values.map((v) => u16(v & 0xffff, Math.floor(v / 65_536))));

/** An archive of these parts, in this order; a name may stand twice. */
export function zipOf(
  parts: readonly (readonly [name: string, content: string | Uint8Array, lie?: Lie])[],
): Uint8Array<ArrayBuffer> {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content, { size, encrypted = false } = {}] of parts) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const path = Buffer.from(name);
    // version, flags, method, time, date, checksum, sizes, lengths
    const header = Buffer.concat([
      u16(20, encrypted ? 1 : 0, 8, 0, 33),
      u32(crc32(bytes), packed.length, size ?? bytes.length),
      u16(path.length, 0),
    ]);
    central.push(u32(0x02014b50), u16(20), header, u16(0, 0, 0), u32(0, offset), path);
    local.push(u32(0x04034b50), header, path, packed);
    offset += 4 + header.length + path.length + packed.length;
  }
  const list = Buffer.concat(central);
  const end = [u32(0x06054b50), u16(0, 0, parts.length, parts.length), u32(list.length, offset), u16(0)];
  return new Uint8Array(Buffer.concat([...local, list, ...end]));
}

export interface SheetXml {
  readonly name: string;
  /** What stands in `sheetData`. */
  readonly rows: string;
  readonly state?: string;
  /** What stands before and after the rows. */
  readonly before?: string;
  readonly after?: string;
  /** Last part of the type of the sheet. */
  readonly kind?: string;
}

export interface WorkbookXml {
  readonly sheets: readonly SheetXml[];
  /** `<si>` elements. */
  readonly strings?: string;
  /** Formats of styles 1, 2 and so on: a code, or the number of a built-in format. Style 0 is General. */
  readonly formats?: readonly (string | number)[];
  readonly date1904?: boolean;
  /** Parts in the place of those made here, or beside them. */
  readonly parts?: Readonly<Record<string, string | Uint8Array>>;
}

/** Text as it stands in XML. */
export const xml = (text: string): string => text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const LINKS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

const linksOf = (links: readonly (readonly [id: string, kind: string, target: string])[]): string =>
  `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links
    .map(([id, kind, target]) => `<Relationship Id="${id}" Type="${LINKS}/${kind}" Target="${target}"/>`)
    .join('')}</Relationships>`;

/** The parts of a workbook by their names, in the order in which they stand in the archive. */
export function partsOf(workbook: WorkbookXml): Map<string, string | Uint8Array> {
  const { sheets, strings = '', formats = [], date1904 = false, parts = {} } = workbook;
  const own = formats.flatMap((code, i) =>
    typeof code === 'string' ? [`<numFmt numFmtId="${164 + i}" formatCode="${xml(code)}"/>`] : [],
  );
  const xfs = formats.map((code, i) => `<xf numFmtId="${typeof code === 'string' ? 164 + i : code}"/>`);
  return new Map<string, string | Uint8Array>([
    ['[Content_Types].xml', `${DECLARATION}<Types/>`],
    ['_rels/.rels', linksOf([['r', 'officeDocument', 'xl/workbook.xml']])],
    [
      'xl/workbook.xml',
      `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${LINKS}"><workbookPr date1904="${date1904}"/><sheets>${sheets
        .map(
          ({ name, state = 'visible' }, i) =>
            `<sheet name="${xml(name)}" sheetId="${i + 1}" state="${state}" r:id="r${i}"/>`,
        )
        .join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      linksOf([
        ...sheets.map(({ kind = 'worksheet' }, i) => [`r${i}`, kind, `worksheets/sheet${i + 1}.xml`] as const),
        ['rs', 'sharedStrings', '/xl/sharedStrings.xml'],
        ['rf', 'styles', 'styles.xml'],
      ]),
    ],
    [
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}"><numFmts>${own.join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>` +
        `<cellXfs><xf numFmtId="0"/>${xfs.join('')}</cellXfs></styleSheet>`,
    ],
    ['xl/sharedStrings.xml', `<sst xmlns="${MAIN}">${strings}</sst>`],
    ...sheets.map(
      ({ rows, before = '', after = '' }, i) =>
        [
          `xl/worksheets/sheet${i + 1}.xml`,
          `${DECLARATION}<worksheet xmlns="${MAIN}">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`,
        ] as const,
    ),
    ...Object.entries(parts),
  ]);
}

/** Bytes of a workbook. */
export const xlsxOf = (workbook: WorkbookXml): Uint8Array<ArrayBuffer> => zipOf([...partsOf(workbook)]);
