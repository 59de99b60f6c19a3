import type { Reporter, TestModule } from "vitest/node";

interface Tally {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Sum over the files, which run two at a time. */
  durationMs: number;
}

/** After vitest's own closing lines: what each kind of test did, and which files took longest. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const kinds = new Map<string, Tally>();
    for (const module of modules) {
      const tally = kinds.get(module.project.name) ?? { files: 0, passed: 0, failed: 0, skipped: 0, durationMs: 0 };
      tally.files += 1;
      tally.durationMs += module.diagnostic().duration;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") tally[state] += 1;
      }
      kinds.set(module.project.name, tally);
    }
    const rows = [...kinds].map(([kind, { files, passed, failed, skipped, durationMs }]) =>
      [kind.padEnd(14), pad(files, 5), pad(passed, 7), pad(failed, 7), pad(skipped, 8), seconds(durationMs)].join(" "),
    );
    const slowest = [...modules]
      .sort((left, right) => right.diagnostic().duration - left.diagnostic().duration)
      .slice(0, 3)
      .map((module) => `${module.relativeModuleId} ${seconds(module.diagnostic().duration).trim()}`);
    const head = `${"kind".padEnd(14)} files  passed  failed  skipped     time`;
    process.stdout.write(["", head, ...rows, "", `slowest: ${slowest.join(", ")}`, ""].join("\n"));
  }
}

function pad(count: number, width: number): string {
  return String(count).padStart(width);
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`.padStart(8);
}
