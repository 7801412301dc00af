import { createHmac } from 'node:crypto';

const HEX_DIGITS = 32;

/** The pseudonym of a borrower's number under a key: HMAC-SHA-256 (RFC 2104), the first 128 bits in hexadecimal. */
export const pseudonym = (key: Uint8Array, number: string): string =>
  createHmac('sha256', key).update(number, 'utf8').digest('hex').slice(0, HEX_DIGITS);
