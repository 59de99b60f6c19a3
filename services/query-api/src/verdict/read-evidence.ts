import {
  type Activation,
  type IdentifiedMark,
  type KeptVerdict,
  type MarksAt,
  readActivationsAt,
  readChains,
  readMarksAt,
  readMarksOf,
  type Sql,
} from "@xueshi/database";
import type { ActivatedRuleSet, Entry } from "@xueshi/domain";
import type { KeptDecision } from "./kept-decision.ts";
import type { RuleTexts } from "./rule-texts.ts";

/** What the ledger holds today of what kept decisions name: chains up to their cuts, activations and marks. */
export interface Evidence {
  readonly chainOf: (practitionerId: string, untilSequence: number) => readonly Entry[];
  readonly activationsOf: (ruleSetId: string, activatedAtMs: number) => readonly Activation[];
  readonly markOf: (platform: string, pullId: string) => IdentifiedMark | null;
  /** The newest marks of a platform at an instant, as the ledger says today. */
  readonly marksAt: (platform: string, knownAtMs: number) => Pick<MarksAt, "newest" | "complete">;
  /** Every activation as the ledger says today, oldest first. */
  readonly ruleSets: readonly ActivatedRuleSet[];
}

/** Reads the evidence of many decisions, in as many statements as for one. */
export async function readEvidence(
  sql: Sql,
  ruleTexts: RuleTexts,
  decisions: readonly { readonly kept: KeptVerdict; readonly decision: KeptDecision }[],
): Promise<Evidence> {
  const cuts = new Map<string, number>();
  for (const { kept, decision } of decisions) {
    const { practitionerId } = kept;
    cuts.set(practitionerId, Math.max(cuts.get(practitionerId) ?? 0, decision.cut.sequence));
  }
  const all = decisions.map(({ decision }) => decision);
  const rules = distinct(
    all.flatMap((one) => one.known?.rules ?? []),
    ruleKey,
  );
  const pulls = distinct(
    all.flatMap((one) => (one.known?.marks ?? []).flatMap(pullsOf)),
    markKey,
  );
  const instants = distinct(
    all.flatMap(({ platforms, knownAtMs }) => platforms.map((platform) => ({ platform, knownAtMs }))),
    instantKey,
  );
  const [chains, activations, marks, marksAt, ruleSets] = await Promise.all([
    readChains(
      sql,
      [...cuts].map(([practitionerId, sequence]) => ({ practitionerId, sequence })),
    ),
    readActivationsAt(sql, rules),
    readMarksOf(sql, pulls),
    readMarksAt(sql, instants),
    ruleTexts.readAll(sql),
  ]);
  const activationsByKey = Map.groupBy(activations, ruleKey);
  const markByKey = new Map(marks.map((mark) => [markKey(mark), mark]));
  const marksByInstant = new Map(marksAt.map((mark) => [instantKey(mark), mark]));
  return {
    chainOf: (practitionerId, untilSequence) =>
      (chains.get(practitionerId) ?? []).filter((entry) => entry.sequence <= untilSequence),
    activationsOf: (ruleSetId, activatedAtMs) => activationsByKey.get(ruleKey({ ruleSetId, activatedAtMs })) ?? [],
    markOf: (platform, pullId) => markByKey.get(markKey({ platform, pullId })) ?? null,
    marksAt: (platform, knownAtMs) => marksByInstant.get(instantKey({ platform, knownAtMs })) ?? NO_MARKS,
    ruleSets,
  };
}

const NO_MARKS = { newest: null, complete: null };

function pullsOf({ platform, newestPullId, completePullId }: NonNullable<KeptDecision["known"]>["marks"][number]) {
  const pulls = completePullId === null ? [newestPullId] : [newestPullId, completePullId];
  return pulls.map((pullId) => ({ platform, pullId }));
}

const ruleKey = ({ ruleSetId, activatedAtMs }: Pick<Activation, "ruleSetId" | "activatedAtMs">) =>
  `${activatedAtMs} ${ruleSetId}`;
const markKey = ({ platform, pullId }: Pick<IdentifiedMark, "platform" | "pullId">) => `${pullId} ${platform}`;
const instantKey = ({ platform, knownAtMs }: Pick<MarksAt, "platform" | "knownAtMs">) => `${knownAtMs} ${platform}`;

function distinct<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
