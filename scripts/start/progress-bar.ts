import type { PlatformsResponse } from "@xueshi/contracts";

const WIDTH = 28;
/** Without a terminal a line is printed when this share of the work has been added. */
const STEP_PERCENT = 25;

export interface ProgressBar {
  draw(platforms: PlatformsResponse["platforms"]): void;
  end(): void;
}

/**
 * One bar over all platforms: how many of them have been read to their end and posted, and how many rows came. Totals
 * are not known beforehand (a platform need not say), so the bar counts steps: read, posted, for each platform.
 */
export function createProgressBar(output: NodeJS.WriteStream): ProgressBar {
  let lastStep = -1;
  return {
    draw(platforms) {
      const steps = platforms.length * 2;
      const done = platforms.reduce((sum, { lastPull, unpostedBatches }) => {
        const isRead = lastPull?.endedAt != null;
        return sum + (isRead ? 1 : 0) + (isRead && unpostedBatches === 0 ? 1 : 0);
      }, 0);
      const rows = platforms.reduce((sum, { lastPull }) => sum + (lastPull?.rows ?? 0), 0);
      const waiting = platforms.reduce((sum, { unpostedBatches }) => sum + unpostedBatches, 0);
      const filled = Math.round((done / steps) * WIDTH);
      const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
      const line = `采集 pull ${bar} ${rows} rows, ${waiting} batches to post`;
      if (output.isTTY) output.write(`\r\x1b[K${line}`);
      else {
        const step = Math.floor((done / steps) * (100 / STEP_PERCENT));
        if (step > lastStep) output.write(`${line}\n`);
        lastStep = Math.max(lastStep, step);
      }
    },
    end() {
      if (output.isTTY) output.write("\n");
    },
  };
}
