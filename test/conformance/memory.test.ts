import { memoryFeedIdentities } from '../../src/memory/memoryFeedIdentities.ts';
import { memoryFeedRegister } from '../../src/memory/memoryFeedRegister.ts';
import { memoryKeptReceipts } from '../../src/memory/memoryKeptReceipts.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { testEventLog } from './eventLog.ts';
import { testFeedIdentities } from './feedIdentities.ts';
import { testFeedRegister } from './feedRegister.ts';
import { testKeptReceipts } from './keptReceipts.ts';
import { testReadModels } from './readModels.ts';

testEventLog('memory', async () => {
  const log = memoryLog({ now: () => new Date() });
  return { log, dispose: () => log.close() };
});

testReadModels('memory', async () => {
  const readModels = memoryReadModels();
  return { readModels, dispose: () => readModels.close() };
});

testFeedIdentities('memory', async () => ({ identities: memoryFeedIdentities(), dispose: async () => {} }));

testKeptReceipts('memory', async (effects) => ({ receipts: memoryKeptReceipts(effects), dispose: async () => {} }));

testFeedRegister('memory', async () => ({ register: memoryFeedRegister(), dispose: async () => {} }));
