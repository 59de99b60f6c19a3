import { type ChangedVerdictsResponse, LIMITS } from "@xueshi/contracts";
import { type ActivatedRuleSet, type ProjectableEntry, rulesAsked, type Verdict } from "@xueshi/domain";
import type { KeptDecision } from "./kept-decision.ts";

type Change = ChangedVerdictsResponse["changes"][number];

/** How a kept verdict would be another today and because of what; null: it would not. */
export function compareVerdicts(
  decision: KeptDecision,
  now: Verdict,
  entries: readonly ProjectableEntry[],
  ruleSets: readonly ActivatedRuleSet[],
): Pick<Change, "was" | "now" | "requirements" | "because"> | null {
  // The shape is that of this version: another format is not read.
  const was = decision.whole as unknown as Verdict;
  const requirements = changedRequirements(was, now);
  const standings = { was: standingOf(was), now: standingOf(now) };
  if (requirements.length === 0 && JSON.stringify(standings.was) === JSON.stringify(standings.now)) return null;
  const moved = movedRecords(was, now);
  const isNamed = (entry: ProjectableEntry) =>
    entry.kind === "identity" || moved.has(`${entry.source}/${entry.recordId}`);
  const later = entries.filter((entry) => entry.sequence > decision.cut.sequence && isNamed(entry));
  return {
    ...standings,
    requirements,
    because: {
      entries: later.slice(0, LIMITS.changedVerdictEntriesMax).map(({ sequence }) => sequence),
      untilSequence: now.cut.sequence,
      rules: newRules(decision, ruleSets),
    },
  };
}

function standingOf({ verdict, provisional, reasons }: Verdict): Change["was"] {
  return { verdict, provisional, reasons: [...new Set(reasons.map(({ code }) => code))].toSorted() };
}

function changedRequirements(was: Verdict, now: Verdict): Change["requirements"] {
  const outcomes = ({ requirements }: Verdict) => new Map(requirements.map(({ rule, outcome }) => [rule.id, outcome]));
  const [before, after] = [outcomes(was), outcomes(now)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((id) => ({ id, was: before.get(id) ?? null, now: after.get(id) ?? null }))
    .filter((one) => one.was !== one.now);
}

/** Records that count otherwise, or for another reason do not, as `source/record id`. */
function movedRecords(was: Verdict, now: Verdict): ReadonlySet<string> {
  const linesOf = ({ counted, uncounted }: Verdict) =>
    new Map(
      [...counted, ...uncounted].map((record) => [
        `${record.source}/${record.recordId}`,
        JSON.stringify([record.hoursHundredths, record.code, record.subject, record.attributedYear]),
      ]),
    );
  const [before, after] = [linesOf(was), linesOf(now)];
  return new Set([...before.keys(), ...after.keys()].filter((key) => before.get(key) !== after.get(key)));
}

function newRules({ known, declaration, knownAtMs }: KeptDecision, ruleSets: readonly ActivatedRuleSet[]) {
  const recorded = new Set(known?.rules.map(({ digest }) => digest));
  return rulesAsked(ruleSets, declaration, knownAtMs)
    .filter(({ digest }) => known !== null && !recorded.has(digest))
    .map(({ ruleSet, digest }) => ({ id: ruleSet.id, version: ruleSet.version, digest }));
}
