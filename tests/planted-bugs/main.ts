import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { PLANTED_BUGS, type PlantedBug, plantIn } from "./planted-bugs.ts";

const HELP = `Plants bugs in a copy of this repository, one after the other, and demands that the suite notices each.

  pnpm test:planted [--only TEXT]

  --only TEXT    only the bugs whose names contain it
  --help         this text

The test that is named for a bug must pass without it, and fail with it for the reason that is named.
`;

const ROOT = join(import.meta.dirname, "../..");

interface Ran {
  readonly passed: number;
  /** What the named tests that failed say. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Everything of the working tree that is no rubbish, with what the package manager linked. */
function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "xueshi-planted-"));
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
  for (const path of listed.split("\0").filter((one) => one !== "" && existsSync(join(ROOT, one)))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(ROOT, path), join(copy, path));
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const packages = listed.split("\0").flatMap((path) => (path.endsWith("/package.json") ? [dirname(path)] : []));
  for (const folder of packages) {
    const linked = join(ROOT, folder, "node_modules");
    if (!existsSync(linked)) continue;
    cpSync(linked, join(copy, folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

/** Runs the tests of a title in the copy. */
function runTests(copy: string, { caughtBy }: PlantedBug): Ran {
  const { project, path, title } = caughtBy;
  const report = join(copy, "planted-report.json");
  rmSync(report, { force: true });
  const startedAt = performance.now();
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const args = ["run", "--project", project, "--reporter=json", `--outputFile=${report}`, "-t", pattern, path];
  spawnSync(process.execPath, [join(copy, "node_modules/vitest/vitest.mjs"), ...args], { cwd: copy, stdio: "ignore" });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!existsSync(report)) throw new Error(`the tests of ${path} did not run`);
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
  };
  const named = testResults.flatMap((file) => file.assertionResults).filter(({ fullName }) => fullName.includes(title));
  const failed = named.filter(({ status }) => status === "failed");
  const passed = named.filter(({ status }) => status === "passed").length;
  return { passed, failures: failed.flatMap(({ failureMessages }) => failureMessages), seconds };
}

/** Null: the bug is caught; otherwise why it is not. */
function judge(before: Ran, after: Ran, { caughtBy }: PlantedBug): string | null {
  if (before.passed === 0) return "the test does not exist or does not run";
  if (before.failures.length > 0) return "the test fails without the bug";
  if (after.failures.length === 0) return "NOT CAUGHT";
  const isRight = after.failures.some((message) => caughtBy.saying.test(message));
  return isRight ? null : `it failed for another reason: ${after.failures[0]?.split("\n")[0]}`;
}

function main(): void {
  const { values } = parseArgs({
    options: { only: { type: "string", default: "" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const copy = copyRepository();
  try {
    for (const bug of PLANTED_BUGS.filter(({ name }) => name.includes(values.only))) {
      const before = runTests(copy, bug);
      const paths = [...new Set(bug.edits.map(({ path }) => path))];
      const originals = paths.map((path) => readFileSync(join(copy, path), "utf8"));
      paths.forEach((path, at) => {
        writeFileSync(join(copy, path), plantIn(path, originals[at] ?? "", bug));
      });
      const after = runTests(copy, bug);
      paths.forEach((path, at) => {
        writeFileSync(join(copy, path), originals[at] ?? "");
      });
      const fault = judge(before, after, bug);
      if (fault !== null) process.exitCode = 1;
      const { path, title } = bug.caughtBy;
      const seen = fault ?? `caught by ${path}: ${title}`;
      process.stdout.write(`${after.seconds.toFixed(0).padStart(4)} s  ${bug.name}\n        ${seen}\n`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

main();
