import { type KeptVerdict, readKeptVerdict, readKeyHolder, type Sql } from "@xueshi/database";
import { HttpProblem, type Principal } from "@xueshi/http";
import { practitionerIdOfVerdict } from "./verdict-id.ts";

/**
 * A kept verdict for whoever kept it and for operators. Throws `verdict_not_found` for everyone else, as if it were not
 * there.
 */
export async function findKeptVerdict(sql: Sql, verdictId: string, principal: Principal): Promise<KeptVerdict> {
  const kept = await readKeptVerdict(sql, practitionerIdOfVerdict(verdictId), verdictId);
  if (kept === null || !(await mayRead(sql, kept, principal))) throw new HttpProblem("verdict_not_found");
  return kept;
}

/** A declaration system stays the same one when it exchanges its key: the holder counts, not the key. */
async function mayRead(sql: Sql, kept: KeptVerdict, principal: Principal): Promise<boolean> {
  if (principal.kind === "operator" || kept.keyId === principal.keyId) return true;
  const holder = await readKeyHolder(sql, kept.keyId);
  return holder !== null && holder.kind === principal.kind && holder.name === principal.name;
}
