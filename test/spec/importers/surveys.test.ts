/** Answers to surveys: closed lists are taken with the number who answered, and what people wrote is never kept. */
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { shareOf, shareText } from '../../../src/domain/share.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { projectOutcome } from '../../../src/importers/surveys/projectOutcome.ts';
import { surveys } from '../../../src/importers/surveys/surveys.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { seeded } from '../../support/seeded.ts';
import { detectFormat, importBytes, importText, refusals, withCode } from './importing.ts';

const OPTIONS: ImportOptions = { authority: 'E08000021', period: '2011-04-01/P1Y', survey: 'work-club' };

type Answered = EventOf<'survey.answered'>;
const answersIn = ({ events }: ImportResult): Answered[] =>
  events.filter((event): event is Answered => event.type === 'org.outcome-ledger.survey.answered.v1');
/** `question answer wave: how many forms`, the questions sorted. */
function tallyOf(result: ImportResult): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { data } of answersIn(result)) {
    const name = `${data.question} ${data.answer}${data.wave === 'only' ? '' : ` ${data.wave}`}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
const notKept = (result: ImportResult): (string | null)[] =>
  withCode(result, 'column-not-kept').map(({ cell }) => cell);

const TICKS = `
Was it...,,,Did you enjoy it?,Anything else?,Library Name
Helpful,Fun,Other (please specify),Response,Open-Ended Response,Response
Helpful,,,Yes,My tutor is Pat Smith,West End Library
,,a secret,No,,West End Library
,,,Yes,,
Helpful,Fun,,,,Kenton
,,,,only words,Kenton
`;
const ticks = (text = TICKS, options = OPTIONS): ImportResult => importText(surveys, text, options);

describe('a survey with boxes to tick under two header rows', () => {
  it('counts a box as not ticked only on forms that answer its question', () => {
    expect(tallyOf(ticks())).toEqual({
      'was-it-helpful ticked': 2,
      'was-it-helpful not-ticked': 1,
      'was-it-fun ticked': 1,
      'was-it-fun not-ticked': 2,
      'did-you-enjoy-it yes': 2,
      'did-you-enjoy-it no': 1,
    });
  });

  it('keeps nothing that somebody wrote, and names the columns', () => {
    const result = ticks();
    expect(notKept(result)).toEqual(['Anything else?', 'Was it...: Other (please specify)']);
    for (const words of ['Pat Smith', 'secret', 'only words']) expect(JSON.stringify(result)).not.toContain(words);
  });

  it('puts a form under its library, or the authority where it names none', () => {
    const result = ticks(TICKS, { ...OPTIONS, libraries: { 'West End Library': 'west-end' } });
    expect(new Set(answersIn(result).map(({ subject }) => subject))).toEqual(
      new Set(['E08000021/west-end', 'E08000021', 'E08000021/kenton']),
    );
    expect(withCode(result, 'place-assumed').map(({ found }) => found)).toEqual(['1 form without a library']);
  });

  it('asks each question once, with its wording and the answers that could be given', () => {
    const asked = ticks().events.filter(({ type }) => type === 'org.outcome-ledger.survey.asked.v1');
    expect(asked.map(({ data }) => data)).toMatchObject([
      { question: 'did-you-enjoy-it', on: '2011-04-01', scale: 'choice' },
      { question: 'was-it-helpful', wording: 'Was it...: Helpful', scale: 'tick', answers: ['ticked', 'not-ticked'] },
      { question: 'was-it-fun' },
    ]);
  });

  it('says how many gave each answer, never without n', () => {
    expect(withCode(ticks(), 'answers-counted').map(({ cell, found }) => `${cell} ${found}`)).toContain(
      'Was it...: Helpful ticked 2 of 3 (66.67 %), not-ticked 1 of 3 (33.33 %)',
    );
  });

  it('refuses the answer of a form whose box holds something else, and the whole question where most do', () => {
    const more = Array<string>(6).fill('Helpful,Fun,,,,Kenton').join('\n');
    const odd = ticks(`${TICKS.replace('Helpful,Fun,,,,Kenton', '*,Fun,,,,Kenton').trim()}\n${more}`);
    expect(refusals(odd)).toEqual(['r6 Was it...: Helpful answer-unreadable']);
    expect(tallyOf(odd)).toMatchObject({ 'was-it-helpful ticked': 7, 'was-it-fun ticked': 6 });
    const marks = ticks(TICKS.replace('Helpful,,,Yes', 'x,,,Yes').replace('Helpful,Fun,,,,', 'x,Fun,,,,'));
    expect(refusals(marks)).toEqual(['r1 Was it...: Helpful answer-unreadable']);
    expect(Object.keys(tallyOf(marks)).filter((name) => name.startsWith('was-it'))).toEqual([]);
  });

  it.each([
    [{ ...OPTIONS, authority: 'E92000001' }, 'r1 * option-unusable'],
    [{ authority: 'E08000021' }, 'r1 * option-unusable'],
    [{ ...OPTIONS, period: '2011-01-01/P1Y' }, 'r1 * option-unusable'],
  ])('cannot be read with %j', (options, refusal) => {
    const result = ticks(TICKS, options);
    expect(refusals(result)).toEqual([refusal]);
    expect(result.events).toEqual([]);
  });
});

describe('a survey on a bad day', () => {
  it.each([
    [
      'a box moved beside another question',
      'Was it...,,Did you enjoy it?,,Library',
      'Helpful,Fun,Response,Kind,Response',
    ],
    ['an answer without a question', 'Was it...,,,Did you enjoy it?,Library', 'Helpful,Fun,Response,Response,Response'],
    ['a box before every question', ',Was it...,,Did you enjoy it?,Library', 'Kind,Helpful,Fun,Response,Response'],
  ])('is refused with %s: nothing tells whose box it is', (_, header, second) => {
    const result = ticks(`${header}\n${second}\n,,,,Kenton\nHelpful,,,,Kenton`);
    expect(refusals(result).join()).toMatch(/^r1 .* question-ambiguous$/);
    expect(result.events).toEqual([]);
  });

  it('is refused where its second header row is longer or shorter than the first', () => {
    const result = ticks(TICKS.replace('Helpful,Fun,Other', 'Helpful,Fun,,Other'));
    expect(refusals(result)).toEqual(['r2 * row-ragged']);
    expect(result.events).toEqual([]);
  });

  it('takes no box that stands alone, and no row that one comma too many has moved', () => {
    const alone = ticks(`${TICKS.trim().replace('Was it...,', 'Tick to join,Was it...,').replace('Helpful,Fun,Other', 'Join,Helpful,Fun,Other')}`.replace(/^(?=Helpful|,)/gm, 'Join,').replaceAll(/^only/gm, 'only')); // prettier-ignore
    expect(notKept(alone)).toContain('Tick to join: Join');
    const moved = importText(surveys, 'Did you enjoy it?,Was it good?,Say more?\nYes,No,\n,Yes,No,\nYes,Yes,', OPTIONS);
    expect(refusals(moved)).toEqual(['r3 * row-ragged']);
  });

  it('is not counted twice by a totals row or by its own headers again', () => {
    const [, header = '', second = ''] = TICKS.split('\n');
    const result = ticks(`${TICKS.trim()}\n${header}\n${second}\nTotal,,,3,,\n2,1,,,,Totals`);
    expect(tallyOf(result)).toEqual(tallyOf(ticks()));
    expect(refusals(result)).toEqual([
      'r8 * row-repeats-header',
      'r9 * row-repeats-header',
      'r10 * totals-row',
      'r11 * totals-row',
    ]);
  });

  it('flags a block that was pasted twice, and not two forms that are alike', () => {
    const forms = ['Helpful,,,Yes,a,K', ',Fun,,Yes,b,K', 'Helpful,Fun,,No,c,K', ',Fun,,No,,K', 'Helpful,,,Yes,d,K'];
    const [, header = '', second = ''] = TICKS.split('\n');
    const twice = ticks([header, second, ...forms, ...forms].join('\n'));
    expect(withCode(twice, 'row-repeated').map(({ found }) => found)).toEqual([
      'rows 8 to 12, the same forms as from row 3 on',
    ]);
    const alike = ticks([header, second, ...forms, ...Array<string>(20).fill('Helpful,,,Yes,,K')].join('\n'));
    expect(withCode(alike, 'row-repeated')).toEqual([]);
  });

  it('flags no block of forms that are alike because little is asked, and one among them that is not', () => {
    const draw = seeded(1);
    const [words, scale] = [['Yes', 'No', 'Not sure'], ['Sometimes', 'Never']]; // prettier-ignore
    const forms = Array.from({ length: 600 }, () => `${draw.of(words)},${draw.of(scale)}`);
    const read = (rows: readonly string[]) => withCode(importText(surveys, ['Was it good?,How often do you come?', ...rows].join('\n'), OPTIONS), 'row-repeated'); // prettier-ignore
    expect(read(forms)).toEqual([]);
    expect(read([...forms, ...forms.slice(-60)]).map(({ found }) => found)).toEqual([
      'rows 602 to 661, the same forms as from row 542 on',
    ]);
  });

  it.each(['closed', '..', '*', 'x', '3', '1,234', '-'])('takes %s for no answer to a question', (mark) => {
    const rows = Array<string>(8).fill('Yes').concat(`"${mark}"`);
    const result = importText(surveys, `Did you enjoy it?,Was it good?\n${rows.map((cell) => `${cell},Yes`).join('\n')}`, OPTIONS); // prettier-ignore
    expect(refusals(result)).toEqual(['r10 Did you enjoy it? answer-unreadable']);
    expect(tallyOf(result)['did-you-enjoy-it yes']).toBe(8);
  });

  it('reads the same with CR line ends, a byte order mark and columns in another order', () => {
    const text = 'Did you enjoy it?,Library\nYes,City\nNo,City';
    const cr = importText(surveys, `\ufeff${text.replaceAll('\n', '\r')}`, OPTIONS);
    expect(tallyOf(cr)).toEqual({ 'did-you-enjoy-it yes': 1, 'did-you-enjoy-it no': 1 });
    expect(tallyOf(importText(surveys, 'LIBRARY,Did you enjoy it?\nCity,Yes\nCity,No', OPTIONS))).toEqual(tallyOf(cr));
  });
});

describe('a survey with a question a column', () => {
  const survey = (text: string): ImportResult => importText(surveys, text, OPTIONS);

  it('takes answers of a known scale only, and says where one is in other words', () => {
    const result = survey(`
      Did you enjoy it?,Where did you travel from?,What is your name?,What did you like?,How likely are you to come again?
      Yes,Leeds,Yes,the music,Very likely
      Yes,York,No,the food,Likely
      Yes,Leeds,Yes,the music,N/A
      "Yes, and my son Tom too",York,Yes,all,
    `);
    expect(tallyOf(result)).toEqual({
      'did-you-enjoy-it yes': 3,
      'did-you-enjoy-it other-words': 1,
      'how-likely-are-you-to-come-again very-likely': 1,
      'how-likely-are-you-to-come-again likely': 1,
    });
    expect(withCode(result, 'answer-in-other-words').map(({ row, cell }) => [row, cell])).toEqual([[5, 'Did you enjoy it?']]); // prettier-ignore
    expect(notKept(result)).toEqual(['Where did you travel from?', 'What is your name?', 'What did you like?']);
    for (const words of ['Tom', 'Leeds', 'music']) expect(JSON.stringify(result)).not.toContain(words);
  });

  it('joins a question that is asked before and after, on the same form', () => {
    const result = survey(`
      How confident were you before the session?,How confident are you after the session?,Was it good?
      Not at all confident,Very confident,Yes
      Confident,Very confident,Yes
    `);
    const waves = answersIn(result).filter(({ data }) => data.wave !== 'only');
    expect(new Set(waves.map(({ data }) => data.question))).toEqual(new Set(['how-confident-you-the-session']));
    expect(waves.map(({ data }) => `${data.wave} ${data.answer} ${data.form.slice(-2)}`)).toEqual([
      'before not-at-all-confident r2',
      'after very-confident r2',
      'before confident r3',
      'after very-confident r3',
    ]);
  });

  it('does not join what nothing tells to be a pair', () => {
    const result = survey(`
      Did you read before the challenge?,How likely are you to read after it?,Was it good?
      Yes,Likely,Yes
    `);
    expect(withCode(result, 'wave-unpaired')).toHaveLength(2);
    expect(new Set(answersIn(result).map(({ data }) => data.wave))).toEqual(new Set(['only']));
  });

  it('takes neither of two questions that cannot be told apart', () => {
    const result = survey('Was it good?,Was it good,Did you enjoy it?\nYes,No,Yes');
    expect(refusals(result)).toEqual(['r1 Was it good? question-ambiguous', 'r1 Was it good question-ambiguous']);
    expect(tallyOf(result)).toEqual({ 'did-you-enjoy-it yes': 1 });
  });
});

describe('PLA Project Outcome', () => {
  const HEADER =
    'Survey Type,Service Area,Branch,I learned something new,I feel more confident about what I just learned,I intend to apply what I just learned,I am more aware of resources and services provided by the library,What did you like most?'; // prettier-ignore
  const outcome = (rows: string): ImportResult =>
    importText(projectOutcome, `${HEADER}\n${rows}`, { ...OPTIONS, survey: 'outcome' });

  it('is recognised by its statements, and no other survey is', () => {
    expect(detectFormat(HEADER.split(','), 'x.csv')).toBe(projectOutcome);
    expect(() => detectFormat(['I learned something', 'Comments'], 'x.csv')).toThrow('No importer recognises');
  });

  it('reads four outcomes on five points, right after and at the follow-up', () => {
    const result = outcome('Immediate,Job Skills,Main,Agree,Strongly agree,Agree,,nice\nFollow-up,Job Skills,Main,Neutral,Disagree,Agree,Strongly Disagree,'); // prettier-ignore
    expect(refusals(result)).toEqual([]);
    expect(tallyOf(result)).toEqual({
      'project-outcome-knowledge agree after': 1,
      'project-outcome-confidence strongly-agree after': 1,
      'project-outcome-application agree after': 1,
      'project-outcome-knowledge neutral follow-up': 1,
      'project-outcome-confidence disagree follow-up': 1,
      'project-outcome-application agree follow-up': 1,
      'project-outcome-awareness strongly-disagree follow-up': 1,
    });
    expect(new Set(answersIn(result).map(({ data }) => data.survey))).toEqual(new Set(['outcome-job-skills']));
    const asked = result.events.flatMap(({ data }) => ('concept' in data ? [data.concept] : []));
    expect(asked).toEqual(['knowledge', 'confidence', 'application', 'awareness']);
    expect(notKept(result)).toEqual(['What did you like most?']);
  });

  it.each([
    ['Immediate,Job Skills,Main,5,Agree,Agree,Agree,', 'r2 I learned something new answer-unreadable'],
    ['Immediate,Job Skills,Main,Rather yes,Agree,Agree,Agree,', 'r2 I learned something new answer-unreadable'],
    ['Later,Job Skills,Main,Agree,Agree,Agree,Agree,', 'r2 Survey Type category-unmapped'],
    [',Job Skills,Main,Agree,Agree,Agree,Agree,', 'r2 Survey Type value-missing'],
    ['Immediate,Knitting,Main,Agree,Agree,Agree,Agree,', 'r2 Service Area category-unmapped'],
    ['Immediate,Job Skills,Total,3,3,3,3,', 'r2 * totals-row'],
  ])('%s is refused', (row, refusal) => expect(refusals(outcome(row))).toEqual([refusal]));

  it('needs to be told which of the two surveys a form is of', () => {
    const text = 'I learned something,I feel more confident\nAgree,Agree';
    expect(refusals(importText(projectOutcome, text, OPTIONS))).toEqual(['r1 Survey type column-missing']);
  });
});

describe('a share', () => {
  it('has its n, and there is none without answers', () => {
    expect(shareText(shareOf(25, 28))).toBe('25 of 28 (89.29 %)');
    expect(shareOf(0, 3).percent).toBe(0);
    for (const [count, n] of [[0, 0], [1, 0], [4, 3], [-1, 3], [0.5, 1], [1, NaN]] as const) expect(() => shareOf(count, n)).toThrow('is no share'); // prettier-ignore
  });
});

describeWithRealData('survey forms of Newcastle', (readReal) => {
  const real = (name: string, encoding: 'utf-8' | 'windows-1252' = 'utf-8'): ImportResult =>
    importBytes(surveys, readReal(`newcastle/${name}`), { ...OPTIONS, survey: 'real' }, { fileName: name, encoding });

  it('work club: 28 forms, 27 helpful, 25 more confident (89.29 %), 23 helped with a CV', () => {
    const result = real('Work club - branch libraries.csv');
    expect(refusals(result)).toEqual([]);
    const counts = tallyOf(result);
    expect(counts['did-you-find-the-work-club-helpful ticked']).toBe(27);
    const confident = counts['coming-to-this-group-has-feel-more-confident ticked'] ?? 0;
    const not = counts['coming-to-this-group-has-feel-more-confident not-ticked'] ?? 0;
    expect(shareText(shareOf(confident, confident + not))).toBe('25 of 28 (89.29 %)');
    expect(counts['what-aspect-s-of-work-club-help-with-cv-writing ticked']).toBe(23);
    expect(new Set(answersIn(result).map(({ data }) => data.form)).size).toBe(28);
    expect(JSON.stringify(result)).not.toMatch(/biscuits|very useful\./);
  });

  it('work club: one form ticks none of the most useful aspects, and is no part of that question', () => {
    const counts = tallyOf(real('Work club - branch libraries.csv'));
    const asked = 'what-aspect-s-of-work-club-help-with-cv-writing';
    expect((counts[`${asked} ticked`] ?? 0) + (counts[`${asked} not-ticked`] ?? 0)).toBe(27);
  });

  it('internet taster: confidence before and after on one form', () => {
    const result = real('Internet taster session - branch libraries.csv');
    expect(tallyOf(result)).toEqual({
      'how-confident-you-this-subject-session not-at-all-confident before': 1,
      'how-confident-you-this-subject-session very-confident after': 1,
      'did-you-enjoy-the-session yes': 1,
      'have-you-learnt-something-new-today yes': 1,
    });
    expect(JSON.stringify(result)).not.toContain('searching the internet');
  });

  it('children’s event: shares of those who answered, and no title of an event', () => {
    const result = real("Children's event (long) - branch libraries.csv");
    expect(refusals(result)).toEqual([]);
    expect(tallyOf(result)).toMatchObject({
      'did-you-enjoy-the-event yes': 30,
      'did-you-learn-anything-new-or-exciting yes': 25,
      'did-you-learn-anything-new-or-exciting no': 4,
    });
    expect(notKept(result)[0]).toBe('Event Title, Library and Date');
    expect(JSON.stringify(result)).not.toMatch(/Newbiggin|storytime|School|glitter/);
  });

  it('Datamorphosis: twelve forms, three closed questions, the rest not kept', () => {
    const result = real('2016-10-01 Datamorphosis.csv', 'windows-1252');
    expect(tallyOf(result)).toEqual({
      'did-you-enjoy-the-event yes': 10,
      'did-you-enjoy-the-event other-words': 2,
      'would-you-be-interested-in-working-further-with-these-or yes': 9,
      'would-you-be-interested-in-working-further-with-these-or other-words': 2,
      'would-you-attend-another-newcastle-library-data-event yes': 10,
      'would-you-attend-another-newcastle-library-data-event other-words': 2,
    });
    expect(notKept(result)).toHaveLength(10);
    expect(withCode(result, 'row-blank')).toHaveLength(1);
    expect(JSON.stringify(result)).not.toMatch(/Corsham|Luke|Gmail|Wallsend/);
  });
});
