import type { Credentials } from './counterApi.ts';

const LONGEST_SAYING = 300;

/** What a provider says, cut to a length that can be shown, and without the credentials, which it may repeat. */
export function withheld(credentials: Credentials, text: string): string {
  const { customerId, requestorId = '', apiKey = '' } = credentials;
  const secrets = [customerId, requestorId, apiKey].filter((secret) => secret !== '');
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((cleared, secret) => cleared.replaceAll(secret, '[withheld]'), text)
    .slice(0, LONGEST_SAYING);
}
