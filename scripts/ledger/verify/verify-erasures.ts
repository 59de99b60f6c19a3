import { readErasuresOfPeople, type Sql } from "@xueshi/database";
import type { Entry, LedgerFinding } from "@xueshi/domain";
import { noteOfErasure } from "@xueshi/ledger-service/commands";
import type { PeopleTask } from "./tasks.ts";

/**
 * Compares the tombstones of some people with the entries that closed their chains, both ways, and looks for those of whom it
 * can still be told who they are.
 * @param unposted people of whom something is stored and not posted yet
 */
export async function verifyErasures(
  sql: Sql,
  scope: PeopleTask["scope"],
  closed: ReadonlyMap<string, Pick<Entry, "note" | "actor" | "sequence">>,
  unposted: ReadonlySet<string>,
): Promise<LedgerFinding[]> {
  const { tombstones, identified } = await readErasuresOfPeople(sql, scope);
  const findings: LedgerFinding[] = [];
  const differs = (key: string, table: string, field: string | null, expected: string | null, found: string | null) =>
    findings.push({ code: "erasure_differs", table, key, field, expected, found });
  const buried = new Set<string>();
  for (const { practitionerId, actor, ...said } of tombstones) {
    buried.add(practitionerId);
    const entry = closed.get(practitionerId);
    const place = [practitionerId, "admission.tombstone"] as const;
    if (entry === undefined) {
      if (!unposted.has(practitionerId)) differs(...place, null, null, said.erasureId);
      continue;
    }
    if (entry.actor !== actor) differs(...place, "actor", entry.actor, actor);
    const note = noteOfErasure(said);
    if (entry.note !== note) differs(...place, "basis", entry.note, note);
  }
  for (const [practitionerId, { sequence }] of closed) {
    if (!buried.has(practitionerId)) differs(practitionerId, "admission.tombstone", null, `entry ${sequence}`, null);
  }
  // What can be told is not said here.
  for (const practitionerId of identified) differs(practitionerId, "admission.identity", "sealed", null, "kept");
  return findings;
}
