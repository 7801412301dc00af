import { z } from 'zod';
import { dateField, idField, provenanceField, publishersWords, slugField, windowField } from '../fields.ts';

/** A question of a survey, as it was put. */
export const surveyAsked = z
  .strictObject({
    on: dateField,
    survey: slugField,
    question: slugField,
    wording: publishersWords(1, 300),
    scale: z
      .enum(['choice', 'tick', 'agreement', 'number'])
      .describe('One of several answers; a box to tick; strongly disagree to strongly agree; a number'),
    answers: z.array(slugField).max(50).describe('The answers that could be given, in their order'),
    concept: z
      .enum(['knowledge', 'confidence', 'application', 'awareness', 'satisfaction', 'other'])
      .optional()
      .describe('What it is about; the first four are the outcomes of PLA Project Outcome'),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'SurveyAsked' });

/** One answer to one question on one form. Words that somebody wrote are never taken. */
export const surveyAnswered = z
  .strictObject({
    window: windowField.describe('When the survey was held'),
    survey: slugField,
    question: slugField,
    answer: slugField.describe('One of the answers of the question; a number is written in digits'),
    wave: z.enum(['only', 'before', 'after', 'follow-up']),
    form: idField.describe('The form it stands on: a number of a sheet of paper, never of a person'),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'SurveyAnswered' });
