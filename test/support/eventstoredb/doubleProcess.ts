/** The process of `startDoubleProcess`. It ends with its parent. */
import type { Asked, Said } from './doubleElsewhere.ts';
import { startDoubleHere } from './doubleHere.ts';
import type { FaultName, FaultSettings } from './faults.ts';
import type { DoubleOptions } from './startDouble.ts';

const double = await startDoubleHere(JSON.parse(process.argv[2] as string) as DoubleOptions);
const say = (said: Said): void => void process.send?.(said);

const DO: Record<Asked['what'], (...args: never[]) => Promise<unknown>> = {
  stop: () => double.stop(),
  fill: (stream: string, count: number) => double.fill(stream, count),
  set: (name: FaultName, settings: FaultSettings) => double.faults.set(name, settings),
  clear: (name?: FaultName) => double.faults.clear(name),
  fired: () => double.faults.fired(),
};

process.on('message', (asked: Asked) => {
  void DO[asked.what](...(asked.with as never[])).then((answer) => say({ id: asked.id, answer }));
});
process.on('disconnect', () => process.exit());
say({ port: double.port });
