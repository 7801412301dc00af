/** The closed lists of the COUNTER Code of Practice, release 5.1 (CC BY 4.0): sections 3.3 and 4, appendix D. */

export const RELEASE = '5.1';

/** COUNTER Reports and their Standard Views, by their Report_ID. */
export const REPORT_IDS = [
  'PR', 'PR_P1', 'DR', 'DR_D1', 'DR_D2',
  'TR', 'TR_B1', 'TR_B2', 'TR_B3', 'TR_J1', 'TR_J2', 'TR_J3', 'TR_J4', 'IR', 'IR_A1', 'IR_M1',
] as const; // prettier-ignore
export type ReportId = (typeof REPORT_IDS)[number];
export const isReportId = (text: string): text is ReportId => (REPORT_IDS as readonly string[]).includes(text);

export const METRIC_TYPES = [
  'Searches_Platform',
  'Searches_Regular',
  'Searches_Automated',
  'Searches_Federated',
  'Total_Item_Investigations',
  'Total_Item_Requests',
  'Unique_Item_Investigations',
  'Unique_Item_Requests',
  'Unique_Title_Investigations',
  'Unique_Title_Requests',
  'No_License',
  'Limit_Exceeded',
] as const;

const DATA_TYPES = [
  'Article', 'Audiovisual', 'Book', 'Book_Segment', 'Conference', 'Conference_Item', 'Database_Aggregated',
  'Database_AI', 'Database_Full', 'Database_Full_Item', 'Dataset', 'Image', 'Interactive_Resource', 'Journal',
  'Multimedia', 'News_Item', 'Newspaper_or_Newsletter', 'Other', 'Patent', 'Platform', 'Reference_Item',
  'Reference_Work', 'Report', 'Software', 'Sound', 'Standard', 'Thesis_or_Dissertation', 'Unspecified',
] as const; // prettier-ignore

/** Attributes that split the use of one item, each with the values that it may have. */
export const SPLITS: Readonly<Record<'Data_Type' | 'Access_Type' | 'Access_Method', readonly string[]>> = {
  Data_Type: DATA_TYPES,
  Access_Type: ['Controlled', 'Open', 'Free_To_Read'],
  Access_Method: ['Regular', 'TDM'],
};
export type Split = keyof typeof SPLITS;
export const SPLIT_NAMES = Object.keys(SPLITS) as readonly Split[];

/** Exceptions that say something of the months of a report (appendix D, table D.1). */
export const EXCEPTIONS = {
  noUsage: 3030,
  notReady: 3031,
  noLongerAvailable: 3032,
  partialData: 3040,
} as const;
