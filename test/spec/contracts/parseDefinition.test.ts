/** What an analyst is told of a faulty document: where, what was expected and what was found. */
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../contracts/parseDefinition.ts';

const SOUND = `id: visits
version: 1
title: Visits to public libraries
question: How many times do people enter a public library?
outcome: stronger-communities
unit: { label: visits, decimals: 0 }
direction: up
evidence: count
measure:
  sum: { of: [visits.counted], field: quantity }
published:
  statistic: physical-visits
coverage: service-point-months
overlap: choose-one
places: [service-point, authority]
granularities: [month, financial-year]
breakdowns: [site]
baselines:
  - { basis: computed, period: 2018-04-01/P1Y }
  - basis: published
    place: E92000001
    period: 2015-04-01/P1Y
notes:
  - A visit is a person entering the premises.
`;

/** The sound document with one text replaced, which must be there. */
function broken(text: string, by: string): string {
  expect(SOUND).toContain(text);
  return SOUND.replace(text, by);
}
const MEASURE = '  sum: { of: [visits.counted], field: quantity }';
const RATIO = (denominator: string, per = '1'): string =>
  `  ratio:\n    numerator: { sum: { of: [visits.counted], field: quantity } }\n    denominator: ${denominator}\n    per: ${per}`;
const MEASURES = 'expected exactly one of count, sum, distinct, latest, ratio';

/** Every fault as `line:column pointer message`. */
const told = (text: string): string[] =>
  (parseDefinition(text).faults ?? []).map((f) => `${f.line}:${f.column} ${f.pointer ?? '-'} ${f.message}`);

describe('a sound document', () => {
  it('is read, with what was left out filled in', () => {
    const { definition } = parseDefinition(SOUND.replace('breakdowns: [site]\n', ''));
    expect(definition).toMatchObject({
      id: 'visits',
      measure: { sum: { of: ['visits.counted'], field: 'quantity' } },
      breakdowns: [],
      targets: [],
      baselines: [{ basis: 'computed' }, { basis: 'published', place: 'E92000001' }],
    });
  });

  it('may be written as JSON, which is YAML', () => {
    const { definition } = parseDefinition(SOUND);
    expect(parseDefinition(JSON.stringify(definition, null, 2)).definition).toEqual(definition);
  });

  it('reads yes and no as the words they are', () => {
    const { definition } = parseDefinition(
      broken(MEASURE, '  latest: { of: [service-point.status], where: { wifi: [yes, no] } }')
        .replace('[site]', '[]')
        .replace('choose-one', 'add')
        .replace('service-point-months', 'none'),
    );
    expect(definition?.measure).toEqual({ latest: { of: ['service-point.status'], where: { wifi: ['yes', 'no'] } } });
  });
});

describe('text that is not YAML', () => {
  it.each([
    ['a bracket left open', broken('decimals: 0 }', 'decimals: 0'), '7:1', /must .* end with a }/],
    ['a tab as indentation', broken('  statistic', '\tstatistic'), '12:1', /^Tabs are not allowed as indentation$/],
    ['a field given twice', broken('version: 1', 'version: 1\nversion: 2'), '3:1', /^"version" is given twice: expected each field once$/],
    ['a field given twice inside', broken('decimals: 0', 'decimals: 0, label: people'), '6:37', /^"label" is given twice/],
    ['two documents', `${SOUND}---\nid: other\n`, '25:1', /^expected one document, found a second one/],
    ['a tag that nobody knows', broken('version: 1', 'version: !!roman I'), '2:10', /^Unresolved tag/],
    ['an alias of nothing', broken('version: 1', 'version: *one'), '1:1', /^cannot be read as YAML: Unresolved alias/],
  ])('%s is told with its place', (_, text, place, message) => {
    const [fault] = parseDefinition(text, 'visits.yaml').faults ?? [];
    expect(fault).toMatchObject({ message: expect.stringMatching(message) as string, file: 'visits.yaml' });
    expect(`${fault?.line}:${fault?.column}`).toBe(place);
  }); // prettier-ignore

  it('is refused where aliases of aliases would fill the memory', () => {
    const nine = (name: string): string => Array(9).fill(name).join(',');
    const text = `a: &a [${nine('x')}]\nb: &b [${nine('*a')}]\nc: &c [${nine('*b')}]\nd: [${nine('*c')}]\n`;
    expect(told(text)).toEqual([
      '1:1 - cannot be read as YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('is refused, with few words, where it is nested beyond reason', () => {
    const faults = told('['.repeat(20_000));
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(20);
    expect(told(`id: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toEqual([
      expect.stringMatching(/^1:\d+ - cannot be read as YAML: it is nested too deeply$/),
    ]);
    expect(faults.join()).not.toMatch(/call stack/);
  });
});

describe('a document that is no definition', () => {
  it.each<[what: string, text: string, faults: string[]]>([
    ['an empty text', '', ['1:1  expected a mapping, found nothing']],
    ['a list', '- id: visits\n', ['1:1  expected a mapping, found a list of 1 item']],
    ['a sentence', 'visits, please', ['1:1  expected a mapping, found "visits, please"']],
  ])('%s', (_, text, faults) => expect(told(text)).toEqual(faults));
});

describe('a faulty field is told with line, column, what was expected and what was found:', () => {
  it.each<[what: string, text: string, faults: string[]]>([
    [
      'a missing field, at the mapping it is missing from',
      broken('direction: up\n', ''),
      ['1:1 /direction "direction" is missing: expected one of up, down, neutral'],
    ],
    [
      'a missing field inside, at the field it is missing from',
      broken(', decimals: 0', ''),
      ['6:1 /unit/decimals "decimals" is missing: expected a number'],
    ],
    [
      'a word that is not on the list',
      broken('direction: up', 'direction: upwards'),
      ['7:12 /direction expected one of up, down, neutral, found "upwards"'],
    ],
    [
      'a word that is not on the list, deep in the measure',
      broken('field: quantity', 'field: quantities'),
      ['10:39 /measure/sum/field expected one of quantity, hours, found "quantities"'],
    ],
    ['a measure of nothing', broken(`\n${MEASURE}`, ' {}'), [`9:1 /measure ${MEASURES}, found an empty mapping`]],
    [
      'a measure that there is not',
      broken('  sum:', '  average:'),
      [`9:1 /measure ${MEASURES}, found a mapping of average`],
    ],
    [
      'two measures',
      broken(MEASURE, `${MEASURE}\n  count: { of: [loan.issued] }`),
      [`9:1 /measure ${MEASURES}, found a mapping of sum and count`],
    ],
    ['a measure as a word', broken(`\n${MEASURE}`, ' sum'), [`9:10 /measure ${MEASURES}, found "sum"`]],
    [
      'a sum without its field',
      broken(', field: quantity', ''),
      ['10:3 /measure/sum/field "field" is missing: expected one of quantity, hours'],
    ],
    [
      'a sum of nothing',
      broken('[visits.counted]', '[]'),
      ['10:10 /measure/sum/of expected at least 1 item, found a list of 0 items'],
    ],
    [
      'an unknown dimension',
      broken('field: quantity', 'field: quantity, where: { site: [co-located], colour: [red] }'),
      [expect.stringMatching(/^10:78 \/measure\/sum\/where\/colour "colour" is not a field .*: expected one of format, /)],
    ],
    [
      'a word that no event has',
      broken('field: quantity', 'field: quantity, where: { site: [library-only, shared] }'),
      ['10:79 /measure/sum/where/site/1 expected one of library-only, co-located, found "shared"'],
    ],
    [
      'a word of another event',
      broken(MEASURE, '  sum: { of: [loan.issued], field: quantity, where: { channel: [wifi] } }').replace('[site]', '[]'),
      [expect.stringMatching(/^10:65 \/measure\/sum\/where\/channel\/0 expected one of staffed-desk, .*, found "wifi"$/)],
    ],
    [
      'a year that is no year of a challenge',
      broken(MEASURE, '  count: { of: [challenge.joined], where: { challengeYear: ["2018", "1066"] } }').replace('[site]', '[]').replace('choose-one', 'add'),
      ['10:69 /measure/count/where/challengeYear/1 expected a whole number from 1999 to 2100, found "1066"'],
    ],
    [
      'an open word with capitals',
      broken(MEASURE, '  sum: { of: [loan.issued], field: quantity, where: { list: [Reading Well] } }').replace('[site]', '[]'),
      ['10:62 /measure/sum/where/list/0 expected lower-case words joined by hyphens, found "Reading Well"'],
    ],
    [
      'a dimension that the events have not',
      broken('field: quantity', 'field: quantity, where: { ages: [all] }'),
      ['10:58 /measure/sum/where/ages is in none of the events read: visits.counted can be cut by site'],
    ],
    [
      'two dimensions that no event has together',
      broken(MEASURE, '  sum: { of: [visits.counted, loans.counted], field: quantity, where: { site: [library-only], format: [film] } }'),
      ['10:64 /measure/sum/where no event read has site and format together'],
    ],
    [
      'a breakdown that the events have not',
      broken('[site]', '[site, format]'),
      ['17:20 /breakdowns/1 is in none of the events read: visits.counted can be cut by site, found "format"'],
    ],
    [
      'a breakdown that what is divided by has not',
      broken(MEASURE, RATIO('{ count: { of: [loan.issued] } }')).replace('choose-one', 'add'),
      [expect.stringMatching(/^20:14 \/breakdowns\/0 is in none of the events read: loan.issued can be cut by format, /)],
    ],
    [
      'one value where a list is meant',
      broken('field: quantity', 'field: quantity, where: { site: library-only }'),
      ['10:64 /measure/sum/where/site expected a list, found "library-only"'],
    ],
    [
      'latest of what has no status',
      broken(MEASURE, '  latest: { of: [visits.counted] }'),
      ['10:18 /measure/latest/of/0 expected service-point.status, found "visits.counted"'],
    ],
    [
      'a count of what is no activity',
      broken(MEASURE, '  count: { of: [visits.counted, service-point.status] }').replace('[site]', '[]'),
      [expect.stringMatching(/^10:33 \/measure\/count\/of\/1 expected one of visits.counted, .*, activity.held, .*, found "service-point.status"$/)],
    ],
    [
      'a sum of people who live somewhere',
      broken(MEASURE, '  sum: { of: [reference.population], field: quantity }').replace('[site]', '[]'),
      [expect.stringMatching(/^10:15 \/measure\/sum\/of\/0 expected one of visits.counted, /)],
    ],
    [
      'different people where nobody is named',
      broken(MEASURE, '  distinct: { of: [visits.counted] }').replace('[site]', '[]'),
      ['10:20 /measure/distinct/of/0 expected one of loan.issued, loan.renewed, challenge.joined, challenge.completed, bipc.support-given, found "visits.counted"'],
    ],
    [
      'a ratio per ten',
      broken(MEASURE, RATIO('{ population: { ages: all } }', '10')),
      ['13:10 /measure/ratio/per expected one of 1, 100, 1000, found 10'],
    ],
    [
      'a denominator that there is not',
      broken(MEASURE, RATIO('{ people: all }')),
      ['12:5 /measure/ratio/denominator expected exactly one of count, sum, distinct, latest, population, found a mapping of people'],
    ],
    [
      'people of an age that nobody estimates',
      broken(MEASURE, RATIO('{ population: { ages: adults } }')),
      ['12:40 /measure/ratio/denominator/population/ages expected one of all, 0-11, 12-17, 18-plus, found "adults"'],
    ],
    ['a version that is no number', broken('version: 1', 'version: one'), ['2:10 /version expected a number, found "one"']],
    ['a version with a decimal', broken('version: 1', 'version: 1.5'), ['2:10 /version expected a whole number, found 1.5']],
    ['version nought', broken('version: 1', 'version: 0'), ['2:10 /version expected more than 0, found 0']],
    ['too many decimals', broken('decimals: 0', 'decimals: 9'), ['6:34 /unit/decimals expected at most 4, found 9']],
    ['a title too short', broken('title: Visits to public libraries', 'title: Vis'), ['3:8 /title expected at least 5 characters, found "Vis"']],
    ['no title at all', broken('title: Visits to public libraries', 'title:'), ['3:7 /title expected text, found nothing']],
    [
      'a title with a control character',
      broken('title: Visits to public libraries', 'title: "Visits\\u0007 to libraries"'),
      [String.raw`3:8 /title must be plain text: no control characters, no half characters, found "Visits\u0007 to libraries"`],
    ],
    [
      'a question that turns the direction of writing',
      broken('question: How many', 'question: "\\u202eHow many').replace('library?\n', 'library?"\n'),
      [String.raw`4:11 /question must be plain text: nothing that breaks the line or turns the direction of writing, found "\u202eHow many times do people enter a public library?"`],
    ],
    [
      'a note with a hidden mark',
      broken('- A visit is', '- "A visit\u2066 is').replace('premises.', 'premises."'),
      [expect.stringMatching(/^24:5 \/notes\/0 must be plain text: nothing that .*, found "A visit\\u2066 is/)],
    ],
    ['a unit as a word', broken('{ label: visits, decimals: 0 }', 'visits'), ['6:7 /unit expected a mapping, found "visits"']],
    [
      'an id with a space',
      broken('id: visits', 'id: Library visits'),
      ['1:5 /id must be lower-case words joined by hyphens, found "Library visits"'],
    ],
    [
      'the name of a place',
      broken('E92000001', 'England'),
      [expect.stringMatching(/^21:12 \/baselines\/1\/place must be a nine-character GSS code .*, found "England"$/)],
    ],
    [
      'a period with two dates',
      broken('2015-04-01/P1Y', '2015-04-01/2016-03-31'),
      [expect.stringMatching(/^22:13 \/baselines\/1\/period must be a start date and a duration.*, found "2015-04-01\/2016-03-31"$/)],
    ],
    [
      'a period that starts on 31 June',
      broken('2018-04-01/P1Y', '2018-06-31/P1Y'),
      ['19:32 /baselines/0/period must start on a date that exists, and must lie between 1850, the year of the Public Libraries Act, and 2099, found "2018-06-31/P1Y"'],
    ],
    [
      'a stated baseline without its source',
      broken('2018-04-01/P1Y }', '2018-04-01/P1Y, value: 5 }'),
      ['19:5 /baselines/0 a stated baseline value needs its source'],
    ],
    [
      'a measure for no places',
      broken('[service-point, authority]', '[]'),
      ['15:1 /places a measure needs at least one place level and one granularity'],
    ],
    [
      'nothing to calculate and nothing to quote',
      broken(`measure:\n${MEASURE}\npublished:\n  statistic: physical-visits\n`, ''),
      ['1:1  needs a measure, a published statistic, or both'],
    ],
  ])('%s', (_, text, faults) => expect(told(text)).toEqual(faults)); // prettier-ignore

  it.each<[what: string, text: string, fault: string]>([
    ['a kind given twice', broken('of: [visits.counted]', 'of: [visits.counted, visits.counted]'), '10:31 /measure/sum/of/1 is given twice: expected each once, found "visits.counted"'],
    ['a place given twice', broken('[service-point, authority]', '[service-point, service-point]'), '15:25 /places/1 is given twice: expected each once, found "service-point"'],
    ['a granularity given twice', broken('[month, financial-year]', '[month, month]'), '16:24 /granularities/1 is given twice: expected each once, found "month"'],
    ['a breakdown given twice', broken('[site]', '[site, site]'), '17:20 /breakdowns/1 is given twice: expected each once, found "site"'],
    ['a baseline given twice, in years and in months', broken('notes:', '  - { basis: computed, period: 2018-04-01/P12M }\nnotes:'), '23:5 /baselines/2 is the baseline of the same place and period again: expected each once'],
    ['hours of events that state none', broken(MEASURE, '  sum: { of: [digital-session.ended, visits.counted], field: hours }'), '10:38 /measure/sum/of/1 states no hours: expected digital sessions, found "visits.counted"'],
    ['the people who live in a service point', broken(MEASURE, RATIO('{ population: { ages: all } }')), '18:1 /places a service point has no population: leave service-point out of "places"'],
  ])('%s', (_, text, fault) => expect(told(text)).toEqual([fault])); // prettier-ignore

  it('an unknown field, at the field itself, with those that there are', () => {
    const faults = told(broken('title:', 'titel:'));
    expect(faults).toEqual([
      '1:1 /title "title" is missing: expected text',
      expect.stringMatching(
        /^3:1 \/titel "titel" is not a field that belongs here: expected one of id, version, title, /,
      ),
    ]);
  });

  it.each([
    ['a note that is too short, as a text or under its basis', "notes: ['Hm', { basis: computed, text: Hm }]", [/^\d+:\d+ \/notes\/0 expected at least 5 characters/, /^\d+:\d+ \/notes\/1\/text expected at least 5/]],
    ['a note of a basis that there is not', 'notes: [{ basis: guessed, text: A note }]', [/^\d+:\d+ \/notes\/0\/basis expected one of computed, published/]],
    ['a note that is neither', 'notes: [5]', [/^\d+:\d+ \/notes\/0 expected text, or a mapping of basis and text/]],
  ])('%s', (_, notes, faults) => {
    const text = SOUND.replace(/^notes:\n(?: .*\n)+/m, `${notes}\n`);
    expect(told(text)).toEqual(faults.map((fault) => expect.stringMatching(fault) as string));
  }); // prettier-ignore

  it('a long text, cut', () => {
    const [fault] = told(broken('title: Visits', `title: ${'x'.repeat(400)}`));
    expect(fault).toMatch(/^3:8 \/title expected at most 90 characters, found "x{59}… \(\d+ characters\)$/);
  });

  it('several faults at once, in the order of the text', () => {
    const text = broken('direction: up', 'direction: sideways')
      .replace('version: 1', 'version: -1')
      .replace('E92', 'XX');
    const faults = parseDefinition(text, 'visits.yaml').faults ?? [];
    expect(faults.map(({ line, pointer }) => [line, pointer])).toEqual([
      [2, '/version'],
      [7, '/direction'],
      [21, '/baselines/1/place'],
    ]);
    expect(faults.every(({ file }) => file === 'visits.yaml')).toBe(true);
  });

  it('with Windows line ends, at the same lines', () => {
    const text = broken('direction: up', 'direction: sideways').replaceAll('\n', '\r\n');
    expect(told(text)).toEqual(['7:12 /direction expected one of up, down, neutral, found "sideways"']);
  });
});
