import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HELP = `Does thousands of random things to ledgers, and compares each with a model that shares no code with the product.

  pnpm test:model [--runs 2000] [--seed N] [--path P] [--commands C]

  --runs N       ledgers that are made and compared (default 2000)
  --seed N       the same ledgers again; without it another one is drawn, and printed
  --path P       with --seed: only the ledger that failed, and what is smaller, as the failure prints it
  --commands C   with --path: only the commands of that failure, its replayPath
  --help         this text
`;

const ROOT = join(import.meta.dirname, "..");
const SEED_MAX = 2 ** 31;

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: String(randomInt(SEED_MAX)) },
      path: { type: "string" },
      commands: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (!/^[1-9][0-9]*$/.test(values.runs)) throw new Error("--runs must be a whole number above 0.");
  if (!/^-?[0-9]+$/.test(values.seed)) throw new Error("--seed must be a whole number.");
  process.stdout.write(`seed ${values.seed}, ${values.runs} runs\n`);
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--config", "vitest.long.config.ts", "--project", "model"], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      XUESHI_PROPERTY_RUNS: values.runs,
      XUESHI_PROPERTY_SEED: values.seed,
      ...(values.path === undefined ? {} : { XUESHI_PROPERTY_PATH: values.path }),
      ...(values.commands === undefined ? {} : { XUESHI_PROPERTY_COMMANDS: values.commands }),
    },
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

main();
