import type { EntryBody } from "./entry.ts";
import { type LedgerFinding, shownValue } from "./ledger-finding.ts";
import type { PlannedEntry } from "./plan-postings.ts";

/** What a posting says of a record, by column; the title may be long, and says no more than that it is another one. */
const COMPARED = [
  ["state", "state"],
  ["code", "code"],
  ["hours_hundredths", "hoursHundredths"],
  ["subject", "subject"],
  ["attributed_year", "attributedYear"],
  ["obtained_on", "obtainedOn"],
  ["platform", "platform"],
  ["pathway", "pathway"],
  ["assessed_on", "assessedOn"],
  ["title", "title"],
  ["trace", "trace"],
  ["flags", "flags"],
  ["source_digest", "sourceDigest"],
] as const satisfies readonly (readonly [string, keyof EntryBody])[];

/**
 * Says as findings what a posting would still have to write of one person, though everything is posted: records that stand
 * otherwise than what was admitted and decided says.
 */
export function comparePlan(practitionerId: string, planned: readonly PlannedEntry[]): LedgerFinding[] {
  const slotOf = ({ recordKey, slot }: EntryBody) => `${recordKey}/${slot}`;
  const wanted = new Map(
    planned.flatMap(({ body }) => (body.kind === "posting" ? [[slotOf(body), body] as const] : [])),
  );
  const place = { code: "standing_differs", table: "ledger.entry" } as const;
  const findings: LedgerFinding[] = [];
  for (const { body } of planned) {
    if (body.kind !== "reversal") continue;
    const next = wanted.get(slotOf(body));
    wanted.delete(slotOf(body));
    const key = `${practitionerId}/${body.reverses}`;
    if (next === undefined) findings.push({ ...place, key, field: null, expected: null, found: body.state });
    else findings.push({ ...place, key, ...firstDifference(body, next) });
  }
  for (const [slot, { state }] of wanted) {
    findings.push({ ...place, key: `${practitionerId}/${slot}`, field: null, expected: state, found: null });
  }
  return findings;
}

function firstDifference(old: EntryBody, next: EntryBody): Pick<LedgerFinding, "field" | "expected" | "found"> {
  const hours = old.hoursHundredths;
  const posted = { ...old, hoursHundredths: hours === null || hours === 0 ? hours : -hours };
  const [column, field] = COMPARED.find(([, one]) => posted[one] !== next[one]) ?? ["achievement_key", "recordKey"];
  return { field: column, expected: shownValue(next[field]), found: shownValue(posted[field]) };
}
