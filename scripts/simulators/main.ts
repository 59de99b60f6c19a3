import { join } from "node:path";
import { parseArgs } from "node:util";
import { type SimulatorOptions, startSimulators } from "./start-simulators.ts";

const HELP = `The three simulated platforms over one folder of feeds.

  node scripts/simulators/main.ts [flags]

  --feeds DIR                feeds to serve (tests/feeds/public)
  --host ADDRESS             where to listen (127.0.0.1)
  --quzhou-port N            port of quzhou-city (0: a free one)
  --industry-port N          port of zj-industry (0: a free one)
  --export-dir DIR           copy the files of zj-natural-resources there (else the feed's folder is read as it is)
  --page-rows-max N          the most rows a page holds, whatever is asked (2000)
  --page-delay-ms N          milliseconds that each page takes besides (0)
  --token-life-seconds N     life of a login at quzhou-city (1800)
  --exit-with-stdin          stop when standard input ends, so that a killed parent leaves nothing behind
  --help                     this text

Prints one JSON line with the addresses when ready, and one with the counters when it stops (SIGINT, SIGTERM).
`;

/** The flags, or a message about the one that is wrong. */
function readFlags(): { options: SimulatorOptions; help: boolean; exitWithStdin: boolean } {
  const { values } = parseArgs({
    options: {
      feeds: { type: "string", default: join(import.meta.dirname, "../../tests/feeds/public") },
      host: { type: "string", default: "127.0.0.1" },
      "quzhou-port": { type: "string", default: "0" },
      "industry-port": { type: "string", default: "0" },
      "export-dir": { type: "string" },
      "page-rows-max": { type: "string", default: "2000" },
      "page-delay-ms": { type: "string", default: "0" },
      "token-life-seconds": { type: "string", default: "1800" },
      "exit-with-stdin": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const exportDir = values["export-dir"];
  const options: SimulatorOptions = {
    feedsDir: values.feeds,
    host: values.host,
    ports: {
      quzhouCity: wholeNumber("quzhou-port", values["quzhou-port"], 65_535),
      zjIndustry: wholeNumber("industry-port", values["industry-port"], 65_535),
    },
    pageRowsMax: wholeNumber("page-rows-max", values["page-rows-max"], 1_000_000),
    pageDelayMs: wholeNumber("page-delay-ms", values["page-delay-ms"], 60_000),
    tokenLifeSeconds: wholeNumber("token-life-seconds", values["token-life-seconds"], 86_400),
    ...(exportDir === undefined ? {} : { exportDir }),
  };
  return { options, help: values.help, exitWithStdin: values["exit-with-stdin"] };
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value <= most) return value;
  throw new Error(`--${flag} must be a whole number up to ${most}.`);
}

async function main(): Promise<void> {
  const { options, help, exitWithStdin } = readFlags();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const simulators = await startSimulators(options);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await simulators.close();
    const { user, system } = process.cpuUsage();
    const cpuMs = Math.round((user + system) / 1_000);
    process.stdout.write(`${JSON.stringify({ stopped: true, counters: simulators.counters, cpuMs })}\n`);
    if (exitWithStdin) process.stdin.destroy();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
  // A reader that is gone must not turn an orderly stop into a crash.
  process.stdout.on("error", () => void stop());
  if (exitWithStdin) {
    process.stdin.on("end", () => void stop());
    process.stdin.on("error", () => void stop());
    process.stdin.resume();
  }
  const ready = {
    ready: true,
    quzhouCity: { url: simulators.quzhouCity.url, rows: simulators.quzhouCity.rowCount() },
    zjIndustry: { url: simulators.zjIndustry.url, rows: simulators.zjIndustry.rowCount() },
    zjNaturalResources: { directory: simulators.zjNaturalResources.directory },
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 2;
});
