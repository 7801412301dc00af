import type { Outcome } from '../../contracts/fields.ts';

/** The seven outcomes in the order and the words of "Libraries Deliver: Ambition for Public Libraries in England". */
export const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  'cultural-enrichment': 'Cultural and creative enrichment',
  'reading-and-literacy': 'Increased reading and literacy',
  'digital-access': 'Improved digital access and literacy',
  'full-potential': 'Helping everyone achieve their full potential',
  'healthier-lives': 'Healthier and happier lives',
  'greater-prosperity': 'Greater prosperity',
  'stronger-communities': 'Stronger, more resilient communities',
};
