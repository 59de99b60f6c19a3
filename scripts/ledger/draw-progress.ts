const WIDTH = 28;
/** Without a terminal nothing is drawn: a log needs the result only. */
export interface Progress {
  readonly draw: (done: number, all: number) => void;
  readonly end: () => void;
}

/** One bar on a terminal, redrawn in its line. */
export function drawProgress(output: NodeJS.WriteStream, label: string): Progress {
  if (!output.isTTY) return { draw() {}, end() {} };
  return {
    draw(done, all) {
      const share = all === 0 ? 1 : Math.min(1, done / all);
      const filled = Math.round(share * WIDTH);
      const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
      output.write(`\r\x1b[K${label} ${bar} ${Math.floor(share * 100)} % ${done}/${all}`);
    },
    end: () => void output.write("\r\x1b[K"),
  };
}
