import type { getVerdictRoute } from "@xueshi/contracts";
import { type KeptVerdict, readKeptVerdict, readKeyHolder, type Sql } from "@xueshi/database";
import { type Handler, HttpProblem, type Principal } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import { practitionerIdOfVerdict } from "./verdict-id.ts";

/**
 * A kept verdict, byte for byte as it was answered. Only whoever kept it and operators may read it; to everyone else it
 * is as if it were not there.
 */
export function getVerdict(context: QueryContext): Handler<typeof getVerdictRoute> {
  return async ({ params }, call) => {
    const { verdictId } = params;
    const kept = await readKeptVerdict(context.sql, practitionerIdOfVerdict(verdictId), verdictId);
    if (kept === null || !(await mayRead(context.sql, kept, call.principal))) {
      throw new HttpProblem("verdict_not_found");
    }
    await noteAccess(context, call, kept.practitionerId, "verdict");
    return { status: 200, jsonText: kept.answer };
  };
}

/** A declaration system stays the same one when it exchanges its key: the holder counts, not the key. */
async function mayRead(sql: Sql, kept: KeptVerdict, principal: Principal): Promise<boolean> {
  if (principal.kind === "operator" || kept.keyId === principal.keyId) return true;
  const holder = await readKeyHolder(sql, kept.keyId);
  return holder !== null && holder.kind === principal.kind && holder.name === principal.name;
}
