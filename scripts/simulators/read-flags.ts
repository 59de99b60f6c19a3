import { join } from "node:path";
import { parseArgs } from "node:util";
import { type MisbehaviourSettings, misbehaviourNames, parseRates } from "./misbehaviour.ts";
import type { SimulatorOptions } from "./start-simulators.ts";

export const HELP = `The three simulated platforms over one folder of feeds.

  node scripts/simulators/main.ts [flags]

  --feeds DIR                feeds to serve (tests/feeds/public)
  --host ADDRESS             where to listen (127.0.0.1)
  --quzhou-port N            port of quzhou-city (0: a free one)
  --industry-port N          port of zj-industry (0: a free one)
  --export-dir DIR           copy the files of zj-natural-resources there (else the feed's folder is read as it is)
  --page-rows-max N          the most rows a page holds, whatever is asked (2000)
  --page-delay-ms N          milliseconds that each page takes besides (0)
  --token-life-seconds N     life of a login at quzhou-city (1800)
  --misbehave NAME=RATE,…    what goes wrong, and for which share of the requests or files (nothing); all=RATE: everything
  --seed N                   what is drawn for --misbehave: the same seed and requests, the same faults (1)
  --strikes-max N            how often requests are struck before the platforms behave (no bound)
  --control-port N           port of the switches, on 127.0.0.1 (0: a free one; absent: there are none)
  --exit-with-stdin          stop when standard input ends, so that a killed parent leaves nothing behind
  --help                     this text

Prints one JSON line with the addresses when ready, and one with the counters when it stops (SIGINT, SIGTERM).

Misbehaviours (faults of files need --export-dir):
${wrap(misbehaviourNames(), 110)}

Switches, all JSON:
  GET  /            the counters
  POST /misbehave   {"seed": 7, "rates": "status=0.1,half_page=0.05", "strikesMax": 20}; also strikesMaxOfKind,
                    requestsToPass, routes (["rows"]), slowMsMax, shortListRows, elsewhere (where redirect leads)
  POST /behave      nothing goes wrong any more; the files that are there are brought whole
  POST /redeliver   the files that are there, drawn anew
  POST /faults      {"platform": "zj-industry", "kind": "hang", "afterRequests": 3, "count": 1}: strikes once, or count times
  POST /touch       {"platform": "quzhou-city", "id": "…", "updateTimeMs": 4102444800000}: an update time, also in the future
`;

export type Flags = {
  options: SimulatorOptions;
  misbehaviour: MisbehaviourSettings | null;
  /** Null: no switches. */
  controlPort: number | null;
  help: boolean;
  exitWithStdin: boolean;
};

/** @throws Error naming the flag that is wrong. */
export function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      feeds: { type: "string", default: join(import.meta.dirname, "../../tests/feeds/public") },
      host: { type: "string", default: "127.0.0.1" },
      "quzhou-port": { type: "string", default: "0" },
      "industry-port": { type: "string", default: "0" },
      "export-dir": { type: "string" },
      "page-rows-max": { type: "string", default: "2000" },
      "page-delay-ms": { type: "string", default: "0" },
      "token-life-seconds": { type: "string", default: "1800" },
      misbehave: { type: "string" },
      seed: { type: "string", default: "1" },
      "strikes-max": { type: "string" },
      "control-port": { type: "string" },
      "exit-with-stdin": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { "export-dir": exportDir, "control-port": controlPort, "strikes-max": strikesMax, misbehave } = values;
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
  const seed = wholeNumber("seed", values.seed, Number.MAX_SAFE_INTEGER);
  const bound = strikesMax === undefined ? {} : { strikesMax: wholeNumber("strikes-max", strikesMax, 1_000_000_000) };
  return {
    options,
    misbehaviour: misbehave === undefined ? null : { seed, rates: parseRates(misbehave), ...bound },
    controlPort: controlPort === undefined ? null : wholeNumber("control-port", controlPort, 65_535),
    help: values.help,
    exitWithStdin: values["exit-with-stdin"],
  };
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value <= most) return value;
  throw new Error(`--${flag} must be a whole number up to ${most}.`);
}

/** Words in indented lines of at most so many characters. */
function wrap(words: readonly string[], lengthMax: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length + 2 <= lengthMax) lines[lines.length - 1] = `${line}, ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join(",\n");
}
