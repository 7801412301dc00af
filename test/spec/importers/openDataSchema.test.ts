/** The open-data schema's files that are no counts over windows, and the consortium's file of members like one of them. */
import { describe, expect, it } from 'vitest';
import { detectDocument } from '../../../src/importers/importers.ts';
import { membersByLibrary } from '../../../src/importers/usage/membersByLibrary.ts';
import { openDataEvents } from '../../../src/importers/openData/openDataEvents.ts';
import { openDataLibraries } from '../../../src/importers/openData/openDataLibraries.ts';
import { openDataMembership } from '../../../src/importers/openData/openDataMembership.ts';
import { openDataMobileStops } from '../../../src/importers/openData/openDataMobileStops.ts';
import { openDataStock } from '../../../src/importers/openData/openDataStock.ts';
import type { ImportResult, TableImporter } from '../../../src/importers/importer.ts';
import { bytesOf, detectFormat, importBytes, importText, refusals, said, withCode } from './importing.ts';

const OPTIONS = { authorities: { Barnet: 'E09000003' } };
const ON = { ...OPTIONS, on: '2019-11-01' };
const reader =
  (importer: TableImporter, header: string, options: object = OPTIONS) =>
  (...rows: string[]): ImportResult =>
    importText(importer, [header, ...rows].join('\n'), options);
const dataOf = ({ events }: ImportResult) => events.map(({ data }) => data as Record<string, unknown>);
/** Data without their provenance. */
const bare = (result: ImportResult) => dataOf(result).map(({ provenance: _, ...rest }) => rest);

const EVENTS = 'Local authority,Library name,Event date,Name,Main outcome,Secondary outcome,Attendees';
const events = reader(openDataEvents, EVENTS);

describe('events', () => {
  it('are sessions of a day, whose name is named in the findings and kept nowhere', () => {
    const result = events('Barnet,Burnt Oak,2018-01-12,Tea with Ada,Healthier and happier lives,Greater prosperity,11');
    expect(result.events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{16}:r2:cattendees$/) as string,
        source: 'urn:library:E09000003:open-data-events',
        type: 'org.outcome-ledger.activity.held.v1',
        subject: 'E09000003/burnt-oak',
        data: {
          on: '2018-01-12',
          attendance: 11,
          mainOutcome: 'healthier-lives',
          secondaryOutcome: 'greater-prosperity',
          provenance: { file: expect.any(String) as string, row: 2, column: 'Attendees', raw: '11' },
        },
      },
    ]);
    expect(said(result)).toEqual(['noted r1 [Name] column-not-kept "Name"']);
    expect(JSON.stringify(result)).not.toContain('Ada');
  });

  it.each([
    ['Cultural and creative enrichment', 'cultural-enrichment'],
    ['increased reading  and literacy', 'reading-and-literacy'],
    ['Increased digital access and literacy', 'digital-access'],
    ['Helping everyone achieve their full potential', 'full-potential'],
    ['Stronger more resilient communities', 'stronger-communities'],
    ['"Stronger, more resilient communities"', 'stronger-communities'],
  ])('with the outcome %s are of %s', (label, outcome) => {
    expect(bare(events(`Barnet,Burnt Oak,2018-01-12,Reading,${label},,0`))).toEqual([
      { on: '2018-01-12', attendance: 0, mainOutcome: outcome },
    ]);
  });

  it('of older files have one outcome, and may lack the column of names', () => {
    const older = reader(openDataEvents, 'Local authority,Library name,Event date,Outcome,Attendees');
    const result = older('Barnet,Burnt Oak,2018-01-12,Greater prosperity,11');
    expect(bare(result)).toEqual([{ on: '2018-01-12', attendance: 11, mainOutcome: 'greater-prosperity' }]);
    expect(said(result)).toEqual([]);
    expect(detectFormat('Local authority,Library name,Event date,Name,Outcome,Attendees'.split(','), 'x.csv')).toBe(
      openDataEvents,
    );
  });

  it('held in no library are of the authority', () => {
    expect(events('Barnet,Outreach,2018-01-12,Fair,Greater prosperity,,5').events[0]).toMatchObject({
      subject: 'E09000003',
    });
    expect(refusals(events('Elsewhere,Outreach,2018-01-12,Fair,Greater prosperity,,5'))).toEqual([
      'r2 Local authority authority-unknown',
    ]);
  });

  it('are refused at the cell where an outcome, a day or a number is none', () => {
    const result = events(
      'Barnet,Burnt Oak,12/01/2018,Fair,Greater prosperity,,5',
      'Barnet,Burnt Oak,2018-01-12,Fair,Prosperity,,5',
      'Barnet,Burnt Oak,2018-01-12,Fair,Greater prosperity,None,5',
      'Barnet,Burnt Oak,2018-01-12,Fair,,,5',
      'Barnet,Burnt Oak,2018-01-12,Fair,Greater prosperity,,x',
      'Barnet,Burnt Oak,2018-01-12,Fair,Greater prosperity,,"1,234"',
      'Barnet,Burnt Oak,2018-01-12,Fair,Greater prosperity,,',
      'Barnet,Burnt Oak,2018-01-12,Total,Greater prosperity,,5',
      'Barnet,All libraries,2018-01-12,Fair,Greater prosperity,,5',
    );
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([
      'r2 Event date not-a-date',
      'r3 Main outcome word-unknown',
      'r4 Secondary outcome word-unknown',
      'r5 Main outcome value-missing',
      'r6 Attendees not-a-whole-number',
      'r7 Attendees not-a-whole-number',
      'r8 Attendees not-a-whole-number',
      'r9 Name totals-row',
      'r10 Library name totals-row',
    ]);
  });

  it('whose name speaks of a total are flagged, and the name is not quoted', () => {
    const result = events('Barnet,Burnt Oak,2018-01-31,Rhymes and total for month,Greater prosperity,,44');
    expect(result.events).toHaveLength(1);
    expect(said(result, 'flagged')).toEqual(['flagged r2 [Name] looks-like-total "a name with the word "total""']);
  });

  const A = 'Barnet,Burnt Oak,2018-01-12,Rhymes,Greater prosperity,,5';
  const B = 'Barnet,Burnt Oak,2018-01-13,Rhymes,Greater prosperity,,6';
  const C = 'Barnet,Burnt Oak,2018-01-14,Rhymes,Greater prosperity,,7';

  it('alike are each a session, and flagged', () => {
    const result = events(A, A, A, A, A, B);
    expect(result.events).toHaveLength(6);
    expect(said(result, 'flagged')).toEqual([3, 4, 5, 6].map((row) => `flagged r${row} [Attendees] row-repeated "the same session as row ${row - 1}"`)); // prettier-ignore
  });

  it('in a block that was pasted twice or three times are there once', () => {
    for (const result of [
      events(A, B, C, A, B, C),
      events(A, B, C, A, B, C, A, B, C),
      events(A, A, B, C, A, A, B, C),
    ]) {
      const kept = result.events.length;
      expect(kept).toBe(kept === 4 ? 4 : 3);
      expect(refusals(result).every((text) => text.endsWith('Attendees row-repeated'))).toBe(true);
      expect(refusals(result).length).toBeGreaterThanOrEqual(3);
    }
    expect(refusals(events(A, B, C, EVENTS, A, B, C))).toEqual([
      'r5 * row-repeats-header',
      'r6 Attendees row-repeated',
      'r7 Attendees row-repeated',
      'r8 Attendees row-repeated',
    ]);
  });
});

const LIBRARIES =
  'Local authority,Library name,Postcode,Statutory,Type of library,Year opened,Year closed,Monday staffed hours,Tuesday staffed hours,Monday unstaffed hours,Co-located,Notes,URL,Email address';
const libraries = reader(openDataLibraries, LIBRARIES, ON);

describe('libraries', () => {
  it('are a place, and its status on the day that is given', () => {
    const result = libraries('Barnet,Burnt Oak,HA8 0BL,Yes,LAL-,1968,,10:00-17:00,,"07:00-10:00,17:00-20:30",No,,,');
    expect(result.events).toMatchObject([
      { type: 'org.outcome-ledger.place.described.v1', subject: 'E09000003/burnt-oak', source: 'urn:library:E09000003:open-data-libraries' },
      { type: 'org.outcome-ledger.service-point.status.v1', subject: 'E09000003/burnt-oak' },
    ]); // prettier-ignore
    expect(bare(result)).toEqual([
      { on: '2019-11-01', name: 'Burnt Oak', level: 'service-point', yearOpened: 1968 },
      { on: '2019-11-01', open: 'open', statutory: 'yes', kind: 'static', runBy: 'authority-unstaffed', coLocated: 'no', hoursPerWeek: 13.5, staffedHoursPerWeek: 7 },
    ]); // prettier-ignore
    expect(dataOf(result).map(({ provenance }) => provenance)).toMatchObject([
      { row: 2, column: 'Library name', raw: 'Burnt Oak' },
      { row: 2, column: 'Type of library', raw: 'LAL-' },
    ]);
  });

  it('are refused as a whole without the day of the register, with the option to give', () => {
    const result = importText(openDataLibraries, `${LIBRARIES}\nBarnet,Burnt Oak,HA8 0BL,Yes,LAL,,,,,,,,,`, OPTIONS);
    expect(refusals(result)).toEqual(['r1 * day-not-given']);
    expect(result.findings[0]?.expected).toContain('--on <date>');
    expect(result.events).toEqual([]);
  });

  it.each([
    ['LAL', 'authority'],
    ['lal -', 'authority-unstaffed'],
    ['CL', 'commissioned'],
    ['CRL', 'community'],
    ['ICL', 'independent'],
    ['IL', 'independent'],
  ])('of type %s are run by: %s', (type, runBy) => {
    expect(bare(libraries(`Barnet,Burnt Oak,HA8 0BL,No,${type},,,,,,,,,`))[1]).toMatchObject({
      runBy,
      statutory: 'no',
    });
  });

  it('with a year of closing are closed, and hours beside it are flagged and left out', () => {
    const result = libraries('Barnet,Burnt Oak,HA8 0BL,Yes,LAL,1968,2017,10:00-17:00,,,,,,');
    expect(bare(result)).toEqual([
      { on: '2019-11-01', name: 'Burnt Oak', level: 'service-point', yearOpened: 1968, yearClosed: 2017 },
      { on: '2019-11-01', open: 'closed', statutory: 'yes', kind: 'static', runBy: 'authority' },
    ]);
    expect(said(result, 'flagged')).toEqual(['flagged r2 [Year closed] hours-of-closed "7 hours a week"']);
  });

  it('have no hours of the week where one day cannot be read: the cell is refused, the rest is taken', () => {
    const result = libraries('Barnet,Burnt Oak,HA8 0BL,Yes,LAL,,,10:00-17:00,08.30-18:00,17:00-20:00,,,,');
    expect(refusals(result)).toEqual(['r2 Tuesday staffed hours hours-unreadable']);
    expect(bare(result)[1]).toEqual({ on: '2019-11-01', open: 'open', statutory: 'yes', kind: 'static', runBy: 'authority' }); // prettier-ignore
    const unstaffed = libraries('Barnet,Burnt Oak,HA8 0BL,Yes,LAL,,,10:00-17:00,,by card,,,,');
    expect(bare(unstaffed)[1]).toMatchObject({ staffedHoursPerWeek: 7 });
    expect(bare(unstaffed)[1]).not.toHaveProperty('hoursPerWeek');
  });

  it('of older files have hours that everybody may come in, and no word on staff', () => {
    const older = reader(openDataLibraries, 'Local authority,Library name,Statutory,Type of library,Monday hours,Sunday hours,Colocated,Colocated with', ON); // prettier-ignore
    const result = older('Barnet,Burnt Oak,Yes,LAL,08:30-18:00,Closed,Yes,A gym');
    expect(bare(result)[1]).toEqual({ on: '2019-11-01', open: 'open', statutory: 'yes', kind: 'static', runBy: 'authority', coLocated: 'yes', hoursPerWeek: 9.5 }); // prettier-ignore
    expect(said(result)).toEqual(['noted r1 [Colocated with] column-not-kept "Colocated with"']);
  });

  it('keep no address, contact or note, and a malformed one is refused without being repeated', () => {
    const result = libraries('Barnet,Burnt Oak,HA8,Yes,LAL,,,,,,,Ask for Ada,www.example.org,ada at example.org');
    expect(refusals(result)).toEqual([
      'r2 Postcode not-kept-malformed',
      'r2 URL not-kept-malformed',
      'r2 Email address not-kept-malformed',
    ]);
    expect(result.events).toHaveLength(2);
    for (const word of ['HA8', 'Ada', 'ada at', 'www.']) expect(JSON.stringify(result)).not.toContain(word);
    expect(withCode(result, 'column-not-kept').map(({ cell }) => cell)).toEqual(['Postcode', 'Notes', 'URL', 'Email address']); // prettier-ignore
  });

  it('are refused at the cell where a year lies after the register, or before the opening', () => {
    const result = libraries(
      'Barnet,One,HA8 0BL,Yes,LAL,2020,,,,,,,,',
      'Barnet,Two,HA8 0BL,Yes,LAL,,2020,,,,,,,',
      'Barnet,Three,HA8 0BL,Yes,LAL,1990,1980,,,,,,,',
      'Barnet,Four,HA8 0BL,Yes,LAL,about 1990,,,,,,,,',
      'Barnet,Five,HA8 0BL,Y,LAL,,,,,,,,,',
      'Barnet,Six,HA8 0BL,Yes,Static,,,,,,,,,',
      'Barnet,Seven,HA8 0BL,Yes,LAL,,,,,,Partly,,,',
    );
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([
      'r2 Year opened year-unusable',
      'r3 Year closed year-unusable',
      'r4 Year closed end-before-start',
      'r5 Year opened year-unusable',
      'r6 Statutory word-unknown',
      'r7 Type of library word-unknown',
      'r8 Co-located word-unknown',
    ]);
  });

  it('of one name in two rows are refused where the rows differ, and taken once where they do not', () => {
    const row = (type: string): string => `Barnet,Burnt Oak,HA8 0BL,Yes,${type},,,,,,,,,`;
    expect(refusals(libraries(row('LAL'), row('LAL')))).toEqual(['r3 Library name row-repeated']);
    const differ = libraries(row('LAL'), row('CRL'));
    expect(refusals(differ)).toEqual(['r2 Library name row-contradicted', 'r3 Library name row-contradicted']);
    expect(differ.events).toEqual([]);
  });
});

const members = reader(openDataMembership, 'Local authority,Count date,Area code,Members');

describe('membership', () => {
  it('is of active members by area; x is suppressed, Unknown an unknown area', () => {
    const result = members(
      'Barnet,2018-10-23,E01014382,47',
      'Barnet,2018-10-23,E01014383,x',
      'Barnet,2018-10-23,E01014384,*',
      'Barnet,2018-10-23,Unknown,12',
    );
    expect(said(result)).toEqual([]);
    expect(result.events.every((event) => 'subject' in event && event.subject === 'E09000003')).toBe(true);
    const same = { on: '2018-10-23', membership: 'active' };
    expect(bare(result)).toEqual([
      { ...same, members: 47, area: 'E01014382' },
      { ...same, absent: 'suppressed', area: 'E01014383' },
      { ...same, absent: 'suppressed', area: 'E01014384' },
      { ...same, members: 12, area: 'unknown' },
    ]);
  });

  it.each([
    ['E01014382,4', 'Members under-five'],
    ['E01014382,0', 'Members under-five'],
    ['E01014382,', 'Members value-missing'],
    ['E01014382,..', 'Members not-a-whole-number'],
    ['E01014382,"1,234"', 'Members not-a-whole-number'],
    ['E01014382,closed', 'Members not-a-whole-number'],
    ['BS1 4ST,47', 'Area code area-unusable'],
    ['E06000023,63330', 'Area code area-unusable'],
    ['Total,63330', 'Area code area-unusable'],
    [',47', 'Area code value-missing'],
  ])('%s is refused at its cell', (cells, refusal) => {
    const result = members(`Barnet,2018-10-23,${cells}`);
    expect(refusals(result)).toEqual([`r2 ${refusal}`]);
    expect(result.events).toEqual([]);
    for (const told of ['BS1', '"4"', '"0"']) expect(JSON.stringify(result.findings)).not.toContain(told);
  });

  it('is there once: areas that are said twice, and an area that is the sum of the others, are refused', () => {
    const area = (code: number, count: string): string => `Barnet,2018-10-23,E0101438${code},${count}`;
    const result = members(area(1, '70'), area(1, '70'), area(2, '80'), area(3, 'x'), area(3, '90'), 'Barnet,2018-10-23,Unknown,230', area(4, '80')); // prettier-ignore
    expect(refusals(result)).toEqual([
      'r3 Members row-repeated',
      'r5 Members row-contradicted',
      'r6 Members row-contradicted',
      'r7 Members totals-row',
    ]);
    expect(result.events).toHaveLength(3);
  });

  it('of the earliest files is called active members', () => {
    const older = reader(openDataMembership, 'Local authority,Count date,Area code,Active members');
    expect(bare(older('Barnet,2018-10-23,E01014382,47'))).toMatchObject([{ members: 47, membership: 'active' }]);
  });
});

const USERS = 'registered_authority,registered_library,district_name,district_code,ward_code,lsoa_name,lsoa_code,users';
const users = reader(membersByLibrary, USERS, ON);

describe('members by library', () => {
  it('are registered there on the day that is given; parts of an area are facts of their own', () => {
    const result = users(
      'Barnet,Burnt Oak,Barnet,E09000003,E05001935,Barnet 007A,E01014382,10',
      'Barnet,Burnt Oak,Barnet,E09000003,E05001936,Barnet 007A,E01014382,*',
      'Barnet,Burnt Oak,Angus,S12000041,,,,7',
      'Barnet,Burnt Oak,,,,,,20',
    );
    const same = { on: '2019-11-01', membership: 'registered' };
    expect(bare(result)).toEqual([
      { ...same, members: 10, area: 'E01014382' },
      { ...same, absent: 'suppressed', area: 'E01014382' },
      { ...same, members: 7, area: 'unknown' },
      { ...same, members: 20, area: 'unknown' },
    ]);
    expect(said(result)).toEqual(['noted r4 [lsoa_code] area-not-given "no lsoa_code in 2 rows, of which 1 name a wider area"']); // prettier-ignore
  });

  it('are refused without a day, without a code of the authority, and where a row is there twice', () => {
    const row = 'Barnet,Burnt Oak,Barnet,E09000003,E05001935,Barnet 007A,E01014382,10';
    expect(refusals(importText(membersByLibrary, `${USERS}\n${row}`, OPTIONS))).toEqual(['r1 * day-not-given']);
    expect(refusals(importText(membersByLibrary, `${USERS}\n${row}`, { on: '2019-02-30' }))).toEqual([
      'r1 * option-unusable',
    ]);
    expect(refusals(users(row.replace('Barnet', 'Poole')))).toEqual(['r2 registered_authority authority-unknown']);
    expect(refusals(users(row, row))).toEqual(['r3 users row-repeated']);
    expect(refusals(users(row, row.replace(/10$/, '11')))).toEqual(['r2 users row-contradicted', 'r3 users row-contradicted']); // prettier-ignore
    expect(refusals(users(row.replace(/10$/, '3'), row.replace('E01014382', 'HA8 0BL')))).toEqual([
      'r2 users under-five',
      'r3 lsoa_code area-unusable',
    ]);
  });
});

const STOPS =
  'organisation,mobile,route,community,stop,address,postcode,geox,geoy,day,type,arrival,departure,frequency,start,end,exceptions,timetable';
const stops = reader(openDataMobileStops, STOPS);
const stop = (change: Readonly<Record<string, string>> = {}): string => {
  const cells: Record<string, string> = {
    organisation: 'Barnet', mobile: 'North', route: 'A', community: 'Arkley', stop: 'The Inn', address: '', postcode: '',
    geox: '-2.0238940999999997', geoy: '57.548', day: 'Monday', type: 'Public', arrival: '09:20', departure: '09:45',
    frequency: 'FREQ=WEEKLY;INTERVAL=2', start: '2019-01-21', end: '', exceptions: '', timetable: '', ...change,
  }; // prettier-ignore
  return STOPS.split(',').map((column) => cells[column]).join(','); // prettier-ignore
};

describe('mobile library stops', () => {
  it('are a timetable of the mobile library', () => {
    const result = stops(stop({ end: '2030-01-01', exceptions: '"2019-12-25,2020-04-10"', arrival: '9:20:00' }));
    expect(result.events[0]).toMatchObject({ subject: 'E09000003/north' });
    expect(bare(result)).toEqual([
      {
        on: '2019-01-21', until: '2030-01-01', route: 'A', community: 'Arkley', stop: 'The Inn', day: 'monday',
        arrival: '09:20', departure: '09:45', frequency: 'FREQ=WEEKLY;INTERVAL=2', stopType: 'public',
        latitude: 57.548, longitude: -2.0238940999999997, exceptions: ['2019-12-25', '2020-04-10'],
      },
    ]); // prettier-ignore
  });

  it('of version 0.2.0 have neither type nor exceptions', () => {
    const older = reader(
      openDataMobileStops,
      'organisation,mobile,route,stop,geox,geoy,day,arrival,departure,frequency,start',
    );
    const [only] = bare(older('Barnet,North,A,The Inn,,,Monday,09:20,09:45,FREQ=WEEKLY;INTERVAL=2,2019-01-21'));
    expect(only).toMatchObject({ stop: 'The Inn' });
    for (const field of ['stopType', 'latitude', 'exceptions']) expect(only).not.toHaveProperty(field);
  });

  it.each([
    [{ day: 'Mon' }, 'day word-unknown'],
    [{ type: 'Private' }, 'type stop-not-public'],
    [{ type: '' }, 'type value-missing'],
    [{ arrival: '9.20' }, 'arrival not-a-time'],
    [{ departure: '24:10' }, 'departure not-a-time'],
    [{ departure: '09:20' }, 'departure end-before-start'],
    [{ frequency: 'every second week' }, 'frequency rule-unreadable'],
    [{ frequency: 'FREQ=NEVER' }, 'frequency rule-unreadable'],
    [{ start: '21/01/2019' }, 'start not-a-date'],
    [{ end: '2018-01-01' }, 'end end-before-start'],
    [{ exceptions: '25 December' }, 'exceptions not-a-date'],
    [{ geox: '297373', geoy: '130553' }, 'geox coordinates-unusable'],
    [{ geox: '' }, 'geox coordinates-unusable'],
  ])('%j is refused at its cell', (change, refusal) => {
    const result = stops(stop(change));
    expect(refusals(result)).toContain(`r2 ${refusal}`);
    expect(result.events).toEqual([]);
  });

  it('are flagged where the two coordinates changed places, or the first day is another weekday', () => {
    expect(said(stops(stop({ geox: '57.548', geoy: '-2.02' })), 'flagged')).toEqual([
      'flagged r2 [geox] coordinates-far "longitude 57.548, latitude -2.02"',
    ]);
    expect(said(stops(stop({ start: '2019-01-22' })), 'flagged')).toEqual([
      'flagged r2 [start] day-disagrees "2019-01-22, a tuesday"',
    ]);
  });

  it('are there once, and keep no address, postcode or link', () => {
    const row = stop({ address: '1 The Street', postcode: 'BA1 1RG', timetable: 'www.example.org' });
    const result = stops(row, row);
    expect(result.events).toHaveLength(1);
    expect(refusals(result)).toEqual([
      'r2 timetable not-kept-malformed',
      'r3 timetable not-kept-malformed',
      'r3 stop row-repeated',
    ]);
    for (const word of ['The Street', 'BA1', 'www.']) expect(JSON.stringify(result)).not.toContain(word);
  });
});

const stock = reader(openDataStock, 'Local authority,Library name,Count date,Type,Items');

describe('stock', () => {
  it('is of a day, with the category as written', () => {
    const result = stock('Barnet,Burnt Oak,2019-10-07,Adult fiction,2772', 'Barnet,Burnt Oak,2019-10-07,Playset,4');
    expect(bare(result)).toEqual([
      { on: '2019-10-07', items: 2772, format: 'unknown', localCategory: 'Adult fiction' },
      { on: '2019-10-07', items: 4, format: 'unknown', localCategory: 'Playset' },
    ]);
    expect(said(result)).toEqual([]);
  });

  it('is refused at the cell, and where it repeats, contradicts or is a total', () => {
    const result = stock(
      'Barnet,Burnt Oak,07/10/2019,Fiction,10',
      'Barnet,Burnt Oak,2019-10-07,Fiction,..',
      'Barnet,Burnt Oak,2019-10-07,Total stock,10',
      'Barnet,Edgware,2019-10-07,Fiction,310',
      'Barnet,Edgware,2019-10-07,fiction,310',
      'Barnet,Edgware,2019-10-07,DVD,200',
      'Barnet,Edgware,2019-10-07,Everything,510',
      'Barnet,Hendon,2019-10-07,DVD,8',
      'Barnet,Hendon,2019-10-07,DVD,9',
    );
    expect(refusals(result)).toEqual([
      'r2 Count date not-a-date',
      'r3 Items not-a-whole-number',
      'r4 Type totals-row',
      'r6 Items row-repeated',
      'r9 Items row-contradicted',
      'r10 Items row-contradicted',
      'r8 Items totals-row',
    ]);
    expect(bare(result).map(({ items }) => items)).toEqual([310, 200]);
  });
});

describe.each([
  ['events', openDataEvents, EVENTS, 'Barnet,Burnt Oak,2018-01-12,Fair,Greater prosperity,,5', 'Attendees'],
  ['libraries', openDataLibraries, LIBRARIES, 'Barnet,Burnt Oak,HA8 0BL,Yes,LAL,1968,,,,,,,,', 'Statutory'],
  ['membership', openDataMembership, 'Local authority,Count date,Area code,Members', 'Barnet,2018-10-23,E01014382,47', 'Members'],
  ['members by library', membersByLibrary, USERS, 'Barnet,Burnt Oak,Barnet,E09000003,E05001935,,E01014382,10', 'users'],
  ['stops', openDataMobileStops, STOPS, stop(), 'frequency'],
  ['stock', openDataStock, 'Local authority,Library name,Count date,Type,Items', 'Barnet,Burnt Oak,2019-10-07,DVD,9', 'Items'],
] as const)('a file of %s that went through a spreadsheet', (_, importer, header, row, column) => {
  const read = (text: string) => importBytes(importer, bytesOf(text), ON);
  const plain = () => bare(read(`${header}\n${row}\n`));

  it('says the same with other line ends, a byte order mark, blank rows, and headers in capitals', () => {
    for (const text of [`${header}\r${row}\r`, `\ufeff${header}\r\n${row}\r\n`, `${header.toUpperCase().replaceAll(' ', '_')}\n${row}`])
      expect(bare(read(text))).toEqual(plain());
    const blank = read(`${header}\n${row}\n${','.repeat(header.split(',').length - 1)}\n`);
    expect(bare(blank)).toEqual(plain());
    expect(withCode(blank, 'row-blank')).toHaveLength(1);
    expect(plain().length).toBeGreaterThan(0);
  }); // prettier-ignore

  it('says the same with its columns the other way round, and names a column without a header', () => {
    const turned = (text: string): string => text.split(',').reverse().join(',');
    expect(bare(read(`${turned(header)}\n${turned(row)}`))).toEqual(plain());
    expect(bare(read(`${header},\n${row},`))).toEqual(plain());
  });

  it('gives nothing with a column renamed, a column twice, or a row that moved along', () => {
    for (const [text, refusal] of [
      [`${header.replace(column, 'Figures')}\n${row}`, `r1 ${column} column-missing`],
      [`${header},${column}\n${row},5`, `r1 ${column} column-repeated`],
      [`${header}\n${row},7`, 'r2 * row-ragged'],
    ] as const) {
      expect(read(text).events).toEqual([]);
      expect(refusals(read(text))).toContain(refusal);
    }
  });

  it('is recognised by its header, and not by that of another', () => {
    expect(detectFormat(header.split(','), 'a.csv')).toBe(importer);
    expect(importer.recognises({ header: ['Library', '2019-04'], fileName: 'a.csv', rows: [], options: {} })).toBe(0);
  });
}); // prettier-ignore

it('a document that defines the fields of a table is refused as what it is', () => {
  const source = { fileName: 'events.json', sha256: '0'.repeat(64), options: {} };
  const document = { fields: [{ name: 'Event date', type: 'date' }] };
  expect(() => detectDocument({ ...source, document })).toThrow('defines the fields of a table, and holds no data');
  for (const other of [null, [], 'fields', { fields: [] }, { fields: [null] }, { fields: [{ name: 'a' }] }])
    expect(() => detectDocument({ ...source, document: other })).toThrow('No importer recognises');
});
