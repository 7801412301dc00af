/** Progress on the error stream, for work that takes longer than a second: a bar on a terminal, else a line every ten seconds. */
import cliProgress from 'cli-progress';
import type { Progress } from '../app/progress.ts';
import { formatNumber } from '../domain/formatNumber.ts';

const QUIET_MS = 1_000;
const LINE_MS = 10_000;

/** A reporter and the way to end it. Rates and times left are from when the work in hand began. */
export function progressLine(stream: NodeJS.WriteStream): { progress: Progress; end: () => void } {
  let doing = '';
  let began = 0;
  let lastLine = 0;
  let bar: cliProgress.SingleBar | null = null;
  const end = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    end,
    progress(now, done, total) {
      const at = performance.now();
      if (now !== doing) {
        end();
        doing = now;
        began = at;
        lastLine = at;
      }
      if (at - began < QUIET_MS) return;
      const rate = done / ((at - began) / 1000);
      const left = total > done && rate > 0 ? `${Math.ceil((total - done) / rate)} s left` : '';
      const text = `${formatNumber(done, 0)} of ${total === 0 ? '?' : formatNumber(total, 0)}, ${formatNumber(rate, 0)}/s${left === '' ? '' : `, ${left}`}`;
      if (stream.isTTY) {
        bar ??= startBar(stream, now, total);
        bar.setTotal(Math.max(total, done));
        bar.update(done, { text });
      } else if (at - lastLine >= LINE_MS) {
        lastLine = at;
        stream.write(`${now}: ${text}\n`);
      }
    },
  };
}

function startBar(stream: NodeJS.WriteStream, doing: string, total: number): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    format: (options, { progress }, { text }: { text: string }) =>
      `${doing} ${cliProgress.Format.BarFormat(progress, options)} ${text}`,
  });
  bar.start(total, 0, { text: '' });
  return bar;
}
