import { counterDocument } from '../importers/counter/counterJson.ts';
import { useIn } from '../importers/counter/counterReport.ts';
import { reportFor } from '../importers/importer.ts';
import { monthsText } from '../importers/table/text.ts';

/**
 * What an edition of a report held that a later one has no number for. Importing the later one leaves such numbers as they
 * are: a report says nothing of what is not in it. Empty where nothing was lost.
 * @param later  null where the answer now is that nothing was used
 */
export function useLost(earlier: Uint8Array | null, later: Uint8Array | null): string {
  const held = numbersIn(earlier);
  for (const thing of numbersIn(later).keys()) held.delete(thing);
  const lost = [...held].filter(([, count]) => count > 0);
  if (lost.length === 0) return '';
  const [first] = lost;
  return `${lost.length === 1 ? 'One number' : `${lost.length} numbers`} of an earlier edition ${lost.length === 1 ? 'is' : 'are'} not in this one, such as ${first?.[0]}: ${first?.[1]}. They stand as they are; withdraw them if the provider has`; // prettier-ignore
}

function numbersIn(bytes: Uint8Array | null): Map<string, number> {
  if (bytes === null) return new Map();
  const findings = reportFor('');
  const report = counterDocument(JSON.parse(new TextDecoder().decode(bytes)), findings);
  const uses = report === null ? [] : useIn(report, findings);
  return new Map(
    uses.map(({ what, month, cell }) => [`${Object.values(what).join(' ')} ${monthsText([month])}`, cell.count]),
  );
}
