import { hash } from 'node:crypto';

/** What names an event among all: SHA-256 over its source, a line feed and its id, as 64 lower-case hexadecimal digits. */
export const nameDigest = (source: string, id: string): string => hash('sha256', `${source}\n${id}`);

/**
 * Identity of an event among facts: the first 64 bits of its name's digest, as a number. Two events of a log of a
 * thousand million share one with a chance of about 3 in 100; amendments name their target by it, so the chance that one
 * of a hundred thousand amendments meets a wrong fact is below 1 in 100,000.
 */
export const factIdentity = (source: string, id: string): bigint =>
  // As hexadecimal digits, because a buffer takes three times as long to make.
  BigInt(`0x${nameDigest(source, id).slice(0, 16)}`);
