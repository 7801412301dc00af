/** Registers of actions: the word of the report beside the reading of it, and what does not go together is flagged. */
import { describe, expect, it } from 'vitest';
import { actionRegister } from '../../../src/importers/registers/actionRegister.ts';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { readTable } from '../../../src/files/readTable.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { detectFormat, importBytes, importText, refusals, said, withCode } from './importing.ts';

const HEADER = 'action_id,group,title,status,status_as_stated,outcomes,owner,products,note';
const register = (rows: string, options: ImportOptions = { on: '2020-03-31' }): ImportResult =>
  importText(actionRegister, `${HEADER}\n${rows}`, options);
const actionsIn = ({ events }: ImportResult) => events as readonly EventOf<'action.reported'>[];

describe('a register of actions', () => {
  it('keeps the word of the report and the reading of it, with the outcomes by name', () => {
    const result = register(
      'APA10,priority action,A toolkit,achieved,Yes - ongoing,6;7,Arts Council,a toolkit,complete',
    );
    expect(actionsIn(result)[0]).toMatchObject({
      subject: 'E92000001',
      data: {
        on: '2020-03-31',
        action: 'apa10',
        status: 'achieved',
        statusAsStated: 'Yes - ongoing',
        outcomes: ['greater-prosperity', 'stronger-communities'],
        owner: 'Arts Council',
        note: 'complete',
        provenance: { row: 2, column: 'status_as_stated', raw: 'Yes - ongoing' },
      },
    });
    expect(said(result)).toEqual([
      'noted r1 [] place-assumed "no place"',
      'noted r1 [products] column-not-kept "products"',
    ]);
  });

  it('is of the authority that is given', () => {
    const result = register('A1,g,A title,assessed,narrative only,,,,', { on: '2020-03-31', authority: 'E08000021' });
    expect(actionsIn(result)[0]).toMatchObject({ subject: 'E08000021', data: { outcomes: [] } });
    expect(withCode(result, 'place-assumed')).toEqual([]);
  });

  it.each([
    ['A1,g,A title,achieved,Yes,,,,take-up low', 'note status-contradicts-note'],
    ['A1,g,A title,achieved,Yes,,,,not implemented across the sector', 'note status-contradicts-note'],
    ['A1,g,A title,not achieved,No/Ongoing,,,,', 'status_as_stated status-unclear'],
    ['A1,g,A title,achieved,Partially,,,,', 'status_as_stated status-unclear'],
  ])('%s is recorded and flagged', (row, flag) => {
    const result = register(row);
    expect(result.events).toHaveLength(1);
    const flagged = result.findings.filter(({ severity }) => severity === 'flagged');
    expect(flagged.map(({ cell, code }) => `${cell} ${code}`)).toEqual([flag]);
  });

  it.each([
    ['A1,g,A title,done,Yes,,,,', 'r2 status category-unmapped'],
    ['A1,g,A title,,Yes,,,,', 'r2 status value-missing'],
    ['A1,g,A title,achieved,Yes,8,,,', 'r2 outcomes outcome-unknown'],
    ['A1,g,A title,achieved,Yes,"1,2",,,', 'r2 outcomes outcome-unknown'],
    ['A1,g,A title,achieved,Yes,1;1,,,', 'r2 outcomes outcome-unknown'],
    [',g,A title,achieved,Yes,,,,', 'r2 action_id value-missing'],
    ['A1,g,A title,achieved,,,,,', 'r2 status_as_stated value-missing'],
    ['A1,g,,achieved,Yes,,,,', 'r2 title contract'],
    [`A1,g,A title,achieved,Yes,,,,${'long '.repeat(90)}`, 'r2 note contract'],
    ['A1,g,A title,achieved,Yes,,,', 'r2 * row-ragged'],
  ])('%s is refused', (row, refusal) => {
    const result = register(row);
    expect(refusals(result)).toEqual([refusal]);
    expect(result.events).toEqual([]);
  });

  it('takes an action that is told twice once, and neither of two that differ', () => {
    const row = 'A1,g,A title,achieved,Yes,,,,';
    expect(refusals(register(`${row}\n${row}`))).toEqual(['r3 action_id row-repeated']);
    const differing = register(`${row}\n${row.replace('achieved,Yes', 'partly,Partially')}`);
    expect(refusals(differing)).toEqual(['r2 action_id row-contradicted', 'r3 action_id row-contradicted']);
  });

  it('needs the day of the report', () => {
    expect(refusals(register('A1,g,A title,achieved,Yes,,,,', {}))).toEqual(['r1 * option-unusable']);
  });
});

describe('averages of others', () => {
  it('are no activity, and refused with that reason', () => {
    const header = ['year_1', 'pop_ Size_Area', 'visits_Per_Year', 'visits_Per_Week'];
    expect(() => detectFormat(header, 'average_Population_Visits.csv')).toThrow(/an average is no activity/);
    expect(() => detectFormat(['year_2', 'visits_Per_Cap', 'visits_Per_Hour '], 'x.csv')).toThrow(/no activity/);
    expect(() => detectFormat(['a year', 'things'], 'averages.csv')).toThrow('No importer recognises');
  });
});

describeWithRealData('the actions of the Taskforce', (readReal) => {
  it('are 54, with three oddities', () => {
    const bytes = readReal('taskforce-actions/actions.csv');
    const result = importBytes(actionRegister, bytes, { on: '2020-03-31' }, { fileName: 'actions.csv' });
    const rows = new TextDecoder().decode(bytes).trim().split(/\r?\n/).length - 1;
    expect([result.events.length, refusals(result)]).toEqual([rows, []]);
    expect(said(result, 'flagged')).toEqual([
      'flagged r4 [note] status-contradicts-note "Yes: ongoing measurement not implemented across the sector"',
      'flagged r14 [note] status-contradicts-note "Yes - ongoing: take-up low for lack of familiarity and support"',
      'flagged r18 [status_as_stated] status-unclear "No/Ongoing"',
    ]);
    expect(detectFormat(readTable({ fileName: 'a', bytes }).header, 'actions.csv')).toBe(actionRegister);
  });

  it('averages of California are refused', () => {
    for (const name of ['average_Population_Visits.csv', 'average_Visits.csv']) {
      const { header } = readTable({ fileName: name, bytes: readReal(`california-averages/${name}`) });
      expect(() => detectFormat(header, name)).toThrow(/no activity/);
    }
  });
});
