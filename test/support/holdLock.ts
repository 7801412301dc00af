/** Holds the lock of the folder in its argument until it is killed. */
import { lockFolder } from '../../src/client/lock.ts';

await lockFolder(process.argv[2]!, 'owner');
setInterval(() => undefined, 1_000);
process.send?.('held');
