import { readRecordKeysOfPeople, type Sql } from "@xueshi/database";
import { comparePlan, type LedgerFinding } from "@xueshi/domain";
import { rederiveRecords } from "@xueshi/ledger-service";
import { SOURCES } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import type { Derivation, PeopleTask } from "./tasks.ts";
import type { ChainedPeople } from "./verify-people.ts";

const RECORDS_PER_STEP = 1_000;

/** Derives the records of some people from what was admitted and decided, and says which stand otherwise. */
export async function derivePeople(
  sql: Sql,
  { scope }: PeopleTask,
  { names, recordKeys, standing }: ChainedPeople,
  { rules, nameVariants, unposted }: Derivation,
): Promise<LedgerFinding[]> {
  const [records, people] = [new Set(unposted.recordKeys), new Set(unposted.practitionerIds)];
  const sources = new Set(unposted.platforms);
  /** Whether what is not posted yet may be why something stands as it does. */
  const waits = (practitionerId: string, recordKey: string | null, source: string | null) =>
    people.has(practitionerId) || records.has(recordKey ?? "") || sources.has(source ?? "");
  const keys = [...new Set([...recordKeys, ...(await readRecordKeysOfPeople(sql, scope))])];
  const findings: LedgerFinding[] = [];
  const known = new Map<string, string>();
  for (let at = 0; at === 0 || at < keys.length; at += RECORDS_PER_STEP) {
    const of = { recordKeys: keys.slice(at, at + RECORDS_PER_STEP), practitionerIds: [...names.keys()] };
    const context = { sha256Hex, sources: SOURCES, nameVariants };
    const { plan, posted, nameDigests } = await rederiveRecords(sql, of, rules, context);
    for (const [practitionerId, planned] of plan.entries) {
      const due = planned.filter(({ body }) => !waits(practitionerId, body.recordKey, body.source));
      findings.push(...comparePlan(practitionerId, due));
    }
    for (const { practitionerId, sequence } of posted) standing.delete(`${practitionerId}/${sequence}`);
    for (const [practitionerId, nameDigest] of nameDigests) known.set(practitionerId, nameDigest);
  }
  for (const [key, { practitionerId, recordKey, source, state }] of standing) {
    // Nothing speaks of the record any more, and yet it stands.
    if (waits(practitionerId, recordKey, source)) continue;
    findings.push({ code: "standing_differs", table: "ledger.entry", key, field: null, expected: null, found: state });
  }
  for (const [practitionerId, stated] of names) {
    const found = known.get(practitionerId) ?? null;
    if (found === stated || people.has(practitionerId)) continue;
    const place = { code: "name_differs", table: "admission.identity", key: practitionerId } as const;
    findings.push({ ...place, field: "name_digest", expected: stated, found });
  }
  return findings;
}
