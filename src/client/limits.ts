/**
 * What the server takes well. It records 1,000 lines or 1 MiB of them in one go, whichever comes first, so a batch of
 * this size is one append to its log; it refuses a line longer than 64 KiB; and it names each of up to 10,000 events in
 * its answer.
 */
export const BATCH_EVENTS = 1_000;
export const BATCH_BYTES = 1024 * 1024;
export const EVENT_BYTES = 64 * 1024;
