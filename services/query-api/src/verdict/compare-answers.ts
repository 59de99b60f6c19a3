import { presentVerdict } from "@xueshi/contracts";
import type { KeptVerdict } from "@xueshi/database";
import type { Verdict } from "@xueshi/domain";
import { z } from "zod";
import { compareJson, type JsonDifference } from "./compare-json.ts";

/** What every version of the answer says, in every language; texts and what a caller asked for besides are left out. */
const core = z.object({
  verdict: z.string(),
  provisional: z.string().nullable(),
  verdictId: z.string(),
  reasons: z.array(z.object({ code: z.string() })),
  requirements: z.array(
    z.object({ id: z.string(), have: z.number(), need: z.number(), gap: z.number(), outcome: z.string() }),
  ),
  counted: z.array(z.object({ recordId: z.string(), source: z.string(), hours: z.number() })),
  uncounted: z.array(z.object({ recordId: z.string(), source: z.string(), code: z.string() })),
  freshness: z.array(z.object({ platform: z.string(), completeUntil: z.string().nullable(), state: z.string() })),
  asOf: z.string(),
  knownAt: z.string(),
  cut: z.object({ sequence: z.int(), head: z.string(), ruleSetDigest: z.string().nullable(), format: z.int() }),
});

/** Where the bytes that were answered say something else than the verdict that is decided again. */
export function compareAnswers(kept: Pick<KeptVerdict, "answer" | "verdictId">, verdict: Verdict): JsonDifference[] {
  const presented = presentVerdict(verdict, "en", { verdictId: kept.verdictId });
  const answered = core.safeParse(parse(kept.answer));
  if (!answered.success) return [{ path: "answer", kept: null, replayed: null }];
  return compareJson(answered.data, core.parse(presented), "answer");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
