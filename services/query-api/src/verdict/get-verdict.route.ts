import type { getVerdictRoute } from "@xueshi/contracts";
import type { Handler } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import { refuseErased } from "../access/refuse-erased.ts";
import type { QueryContext } from "../query-context.ts";
import { findKeptVerdict } from "./find-kept-verdict.ts";

/** A kept verdict, byte for byte as it was answered. Throws `erased`. */
export function getVerdict(context: QueryContext): Handler<typeof getVerdictRoute> {
  return async ({ params }, call) => {
    const kept = await findKeptVerdict(context.sql, params.verdictId, call.principal);
    await noteAccess(context, call, kept.practitionerId, "verdict");
    await refuseErased(context.sql, kept.practitionerId);
    return { status: 200, jsonText: kept.answer };
  };
}
