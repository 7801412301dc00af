import { z } from 'zod';
import { ageBandField, pseudonymField } from '../fields.ts';

const challengeFields = {
  challenge: z.enum(['summer-reading-challenge']),
  year: z.int().min(1999).max(2100).describe('Year of the challenge, which may not be the year of the event'),
  ageBand: ageBandField,
  participant: pseudonymField,
};

/** A child signed up. Children are counted once a year, however often they sign up. */
export const challengeJoined = z.strictObject(challengeFields).meta({ id: 'ChallengeJoined' });

/** A child finished the challenge. */
export const challengeCompleted = z.strictObject(challengeFields).meta({ id: 'ChallengeCompleted' });
