import { formatInstant, LIMITS, REPLAY_TEXTS, type ReplayResponse, type replayVerdictRoute } from "@xueshi/contracts";
import { readIsErased } from "@xueshi/database";
import type { Handler } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import { findKeptVerdict } from "./find-kept-verdict.ts";
import { readDecision } from "./kept-decision.ts";
import type { Replay } from "./replay.ts";

/** The verification of the whole ledger decides it again; whoever asks is told nothing of the person any more. */
const ERASED: Replay = { outcome: "not_replayable", code: "erased", differences: [] };

/** Decides a kept verdict again at its cut, and says what differs and why. */
export function replayVerdict(context: QueryContext): Handler<typeof replayVerdictRoute> {
  return async ({ params }, call) => {
    const kept = await findKeptVerdict(context.sql, params.verdictId, call.principal);
    await noteAccess(context, call, kept.practitionerId, "replay");
    const [replay] = (await readIsErased(context.sql, kept.practitionerId)) ? [ERASED] : await context.replay([kept]);
    if (replay === undefined) throw new Error("a verdict was not replayed");
    const { outcome, code, differences } = replay;
    const decision = readDecision(kept.decision);
    const isRead = typeof decision !== "string";
    const answer: ReplayResponse = {
      verdictId: kept.verdictId,
      outcome,
      code,
      message: code === null ? null : REPLAY_TEXTS[code].message[call.language],
      differences: differences.slice(0, LIMITS.replayDifferencesMax).map((one) => ({ ...one })),
      differencesTotal: differences.length,
      sealed: kept.seal !== null,
      keptAt: formatInstant(kept.keptAtMs),
      asOf: isRead ? decision.asOf : null,
      knownAt: isRead ? formatInstant(decision.knownAtMs) : null,
      cut: isRead ? { ...decision.cut } : null,
      rules: isRead && decision.known !== null ? decision.known.rules.map(presentRule) : null,
    };
    return { status: 200, json: answer };
  };
}

function presentRule(rule: { readonly ruleSetId: string; readonly activatedAtMs: number; readonly digest: string }) {
  return { id: rule.ruleSetId, activatedAt: formatInstant(rule.activatedAtMs), digest: rule.digest };
}
