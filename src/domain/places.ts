/**
 * Places by their codes: `E08000021/city` is a service point of the authority `E08000021`, which lies in the nation
 * that its first letter names. Codes that start with X are made up, for demonstrations.
 */
import type { PlaceLevel } from '../../contracts/definition.ts';

const NATIONS: Readonly<Record<string, string>> = {
  E: 'E92000001',
  W: 'W92000004',
  S: 'S92000003',
  N: 'N92000002',
  X: 'X92000001',
};

/** ONS codes of the wider areas that published figures speak of. */
const NAMES: Readonly<Record<string, string>> = {
  K02000001: 'United Kingdom',
  K03000001: 'Great Britain',
  K04000001: 'England and Wales',
  E92000001: 'England',
  W92000004: 'Wales',
  S92000003: 'Scotland',
  N92000002: 'Northern Ireland',
  X92000001: 'Made-up nation',
};

/** Whether a place is made up, for demonstrations. */
export const isMadeUp = (place: string): boolean => /^X\d/.test(place);

/** The place of `level` that holds `place`, or null where there is none: an authority lies in no service point. */
export function placeAt(level: PlaceLevel, place: string): string | null {
  const slash = place.indexOf('/');
  switch (level) {
    case 'service-point':
      return slash < 0 ? null : place;
    case 'authority':
      if (slash > 0) return place.slice(0, slash);
      return isNation(place) ? null : place;
    case 'nation':
      return isNation(place) ? place : /^[A-Z]\d/.test(place) ? (NATIONS[place[0] ?? ''] ?? null) : null;
  }
}

const isNation = (place: string): boolean => place in NAMES;

/** A name to show: what the code itself can tell, until a register of places says more. */
export function placeName(place: string): string {
  const known = NAMES[place];
  if (known !== undefined) return known;
  const slash = place.indexOf('/');
  if (slash < 0) return isMadeUp(place) ? `Made-up authority ${place}` : place;
  const words = place.slice(slash + 1).replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (${place.slice(0, slash)})`;
}
