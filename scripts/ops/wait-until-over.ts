import { getReadmissionRoute, type Language } from "@xueshi/contracts";
import { callVerb, type OpsAccess, type OpsAnswer } from "./call-verb.ts";
import type { OpsVerb } from "./verbs.ts";

const LOOK: OpsVerb = {
  ...{
    group: "readmit",
    name: "show",
    summary: { "zh-CN": "", en: "" },
    service: "ingestion",
    takes: ["readmissionId"],
  },
  ...{ route: getReadmissionRoute, flags: [] },
};
const WIDTH = 28;
/** Without a terminal a line is printed when so much more is done. */
const STEP_PERCENT = 25;

interface Waiting {
  readonly language: Language;
  readonly send: typeof fetch;
  readonly pause: () => Promise<void>;
  readonly output: NodeJS.WriteStream;
}

/** Looks at a re-admission until it has ended, with a bar that shows how far it is; gives back the last answer. */
export async function waitUntilOver(first: OpsAnswer, access: OpsAccess, waiting: Waiting): Promise<OpsAnswer> {
  const { language, send, pause, output } = waiting;
  let answer = first;
  let lastPercent = -STEP_PERCENT;
  for (;;) {
    const { readmissionId, percent, endedAt } = answer.body as Readonly<Record<string, unknown>>;
    if (answer.status >= 400) return answer;
    lastPercent = draw(output, Number(percent), lastPercent);
    if (endedAt !== null) {
      if (output.isTTY) output.write("\n");
      return answer;
    }
    await pause();
    answer = await callVerb(LOOK, { args: [String(readmissionId)], flags: {} }, access, language, send);
  }
}

/** Gives back the percentage that was drawn last. */
function draw(output: NodeJS.WriteStream, percent: number, lastPercent: number): number {
  const filled = Math.round((percent / 100) * WIDTH);
  const line = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${percent} %`;
  if (output.isTTY) output.write(`\r\x1b[K${line}`);
  else if (percent >= lastPercent + STEP_PERCENT) output.write(`${line}\n`);
  else return lastPercent;
  return percent;
}
