import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { VerdictResponse } from "@xueshi/contracts";
import { RefusedCall } from "./api-client.ts";

export interface CheckTotals {
  readonly verdicts: Readonly<Record<string, number>>;
  /** Reasons of unknown verdicts. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Declarations that were refused as wrong input. */
  readonly refused: number;
  /** One verdict to show in full: the first that is not met, else the first. */
  readonly example: (VerdictResponse & { id: string }) | null;
}

const LINES_PER_REQUEST = 2_000;
const ATTEMPTS_MAX = 120;
const RETRY_MS = 500;

/**
 * Asks the declaration system's questions, in batches as NDJSON, and writes one line per declaration: its `id` and all
 * that the check returns, in the order of the file.
 */
export async function checkDeclarations(
  queryUrl: string,
  apiKey: string,
  declarationsFile: string,
  answersFile: string | null,
): Promise<CheckTotals> {
  const output = answersFile === null ? null : createWriteStream(answersFile);
  const totals = { verdicts: {} as Record<string, number>, reasons: {} as Record<string, number>, refused: 0 };
  let example: CheckTotals["example"] = null;
  for await (const declarations of readInChunks(declarationsFile)) {
    const answers = await ask(queryUrl, apiKey, declarations);
    for (const [index, answer] of answers.entries()) {
      const id = declarations[index]?.id ?? "";
      const line = { ...answer, id };
      if (output !== null && !output.write(`${JSON.stringify(line)}\n`)) await once(output, "drain");
      if (!isVerdict(answer)) {
        totals.refused += 1;
        continue;
      }
      totals.verdicts[answer.verdict] = (totals.verdicts[answer.verdict] ?? 0) + 1;
      const [reason] = answer.reasons;
      if (answer.verdict === "unknown" && reason !== undefined) {
        totals.reasons[reason.code] = (totals.reasons[reason.code] ?? 0) + 1;
      }
      if (example === null || (example.verdict !== "not_met" && answer.verdict === "not_met")) {
        example = { ...answer, id };
      }
    }
  }
  if (output !== null) {
    output.end();
    await once(output, "finish");
  }
  return { ...totals, example };
}

/** One line of the answer: a verdict, or what was wrong with the question. */
type Answer = VerdictResponse | { readonly problem: unknown };

function isVerdict(answer: Answer): answer is VerdictResponse {
  return "verdict" in answer;
}

interface DeclarationLine {
  readonly id: string;
  readonly check: Readonly<Record<string, unknown>>;
}

async function* readInChunks(file: string): AsyncGenerator<DeclarationLine[]> {
  let chunk: DeclarationLine[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    const { id, ...check } = JSON.parse(line) as { id: string } & Record<string, unknown>;
    chunk.push({ id, check });
    if (chunk.length < LINES_PER_REQUEST) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** A query API that is being started again is asked again; asking twice has no effect but a second note of access. */
async function ask(queryUrl: string, apiKey: string, declarations: readonly DeclarationLine[]): Promise<Answer[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(queryUrl, apiKey, declarations);
    } catch (error) {
      if (error instanceof RefusedCall || attempt >= ATTEMPTS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function askOnce(queryUrl: string, apiKey: string, declarations: readonly DeclarationLine[]): Promise<Answer[]> {
  const response = await fetch(`${queryUrl}/v1/checks/batch`, {
    method: "POST",
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/x-ndjson" },
    body: declarations.map(({ check }) => JSON.stringify(check)).join("\n"),
  });
  const text = await response.text();
  if (!response.ok) {
    const message = `The batch of checks was answered with ${response.status}: ${text.slice(0, 300)}`;
    throw response.status < 500 ? new RefusedCall(message) : new Error(message);
  }
  const answers = text.split("\n").filter((line) => line !== "");
  if (answers.length !== declarations.length) {
    throw new Error(`${declarations.length} declarations were answered with ${answers.length} lines.`);
  }
  return answers.map((line) => JSON.parse(line) as Answer);
}
