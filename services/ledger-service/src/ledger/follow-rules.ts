import {
  advanceRuleChange,
  type KeptRoute,
  lockHeads,
  type RuleChangeRow,
  readActivationCount,
  readActivations,
  readPeopleOfSources,
  readRuleChanges,
  readStandingKeysOfSources,
  readWaitingRecords,
  type Transaction,
  tryLockRuleChanges,
  writeRuleChange,
} from "@xueshi/database";
import { planPostings, type RuleSet } from "@xueshi/domain";
import { parseRuleSet, RulebookError } from "@xueshi/rulebook";
import { routesOf } from "../classification/find-subject.ts";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import type { PostingContext } from "./posting-context.ts";
import { type Changes, readChanges } from "./read-changes.ts";
import { runPosting } from "./run-posting.ts";
import { writePlan } from "./write-plan.ts";

/** People of one step, which is one transaction. */
const PEOPLE_PER_STEP = 100;
/** Why the entries are made that follow from a change of the rules. */
const REASON = "rule_set_changed";

/** `step`: something was done and more may wait; `idle`: nothing waits, or another process is at it. */
export type FollowOutcome = "step" | "idle";

/**
 * Follows the rules: after rule sets were activated by which sources register for other platforms of record, the records
 * that were posted before stand by the new routes too. One step begins a change, or looks at the next people in order of
 * id and posts what differs, with the place where it is, in one transaction: killed anywhere, it goes on there. Whoever
 * posts meanwhile looks under the same locks whether the rules are still those that it began with.
 */
export async function followRules(
  context: PostingContext,
  { peoplePerStep = PEOPLE_PER_STEP }: { readonly peoplePerStep?: number } = {},
): Promise<FollowOutcome> {
  const [newest] = await readRuleChanges(context.sql, null, 1);
  const activations = await readActivationCount(context.sql);
  if (newest !== undefined && newest.state !== "running" && newest.activations === activations) return "idle";
  await context.rules(activations);
  return runPosting(context, async (tx, rules, extraPeople) => {
    if (!(await tryLockRuleChanges(tx))) return "idle";
    const [change] = await readRuleChanges(tx, null, 1);
    if (change === undefined || change.activations < rules.activations) await begin(tx, change, rules, context);
    else if (change.state === "running") await step(tx, change, { rules, extraPeople, peoplePerStep }, context);
    else return "idle";
    return "step";
  });
}

/** Begins a change; the one before that did not come to its end is part of it. */
async function begin(
  tx: Transaction,
  before: RuleChangeRow | undefined,
  rules: RulesInForce,
  { clock }: PostingContext,
): Promise<void> {
  const nowMs = clock();
  const routes = routesOf(rules.ruleSets);
  const isCutOff = before?.state === "running";
  if (isCutOff) await advanceRuleChange(tx, { ...before, state: "superseded", endedAtMs: nowMs });
  const sources = before === undefined ? null : touchedSources(before, await routesBetween(tx, before, rules), routes);
  const isOver = sources !== null && sources.length === 0;
  await writeRuleChange(tx, {
    change: (before?.change ?? 0) + 1,
    ...{ startedAtMs: nowMs, endedAtMs: isOver ? nowMs : null, state: isOver ? "done" : "running" },
    ...{ activations: rules.activations, routes, sources, afterId: null, people: 0, changed: 0, entries: 0 },
  });
}

/**
 * The routes by which records may have been posted between a change and rules of which it did not know, one after the other;
 * null: one of them was said by a text that cannot be read any more.
 */
async function routesBetween(
  tx: Transaction,
  before: RuleChangeRow,
  rules: RulesInForce,
): Promise<(readonly KeptRoute[])[] | null> {
  if (before.activations + 1 >= rules.activations) return [];
  const activations = (await readActivations(tx)).slice(0, rules.activations - 1);
  const parsed = new Map<string, RuleSet>();
  const read = ({ digest, fullText }: (typeof activations)[number]): RuleSet => {
    const ruleSet = parsed.get(digest) ?? parseRuleSet(fullText);
    parsed.set(digest, ruleSet);
    return ruleSet;
  };
  const newest = new Map<string, (typeof activations)[number]>();
  try {
    return activations.flatMap((activation, at) => {
      newest.set(activation.ruleSetId, activation);
      return at < before.activations ? [] : [routesOf([...newest.values()].map(read))];
    });
  } catch (error) {
    if (error instanceof RulebookError) return null;
    throw error;
  }
}

/**
 * The sources that have other routes than at some time since before, and those of a change that was cut off; null: all, also
 * where nobody knows any more what the routes were.
 */
function touchedSources(
  before: RuleChangeRow,
  between: readonly (readonly KeptRoute[])[] | null,
  routes: readonly KeptRoute[],
): readonly string[] | null {
  const left = before.state === "running" ? before.sources : [];
  if (left === null || between === null) return null;
  const told = (list: readonly KeptRoute[], of: string) =>
    JSON.stringify(
      list.flatMap(({ source, platform, from, until }) => (source === of ? [[platform, from, until]] : [])),
    );
  const earlier = [before.routes, ...between];
  const named = new Set([...earlier, routes].flat().map(({ source }) => source));
  const changed = [...named].filter((source) => earlier.some((one) => told(one, source) !== told(routes, source)));
  return [...new Set([...left, ...changed])].sort();
}

/** Looks at the next people and posts what differs. */
async function step(
  tx: Transaction,
  change: RuleChangeRow,
  how: { readonly rules: RulesInForce; readonly extraPeople: readonly string[]; readonly peoplePerStep: number },
  context: PostingContext,
): Promise<void> {
  const { sources, afterId } = change;
  const { people, lastId, isEnd } = await readPeopleOfSources(tx, { sources, afterId, limit: how.peoplePerStep });
  const done = people.length === 0 ? { changed: 0, entries: 0 } : await post(tx, change, people, how, context);
  await advanceRuleChange(tx, {
    change: change.change,
    ...{ state: isEnd ? "done" : "running", endedAtMs: isEnd ? context.clock() : null },
    afterId: lastId ?? afterId,
    people: change.people + people.length,
    changed: change.changed + done.changed,
    entries: change.entries + done.entries,
  });
}

/**
 * How records should stand, but those that a batch is still to post: it posts them by the rules in force, and the entries
 * say why the batch came. Batches arrive meanwhile, so what waits is asked for once more after versions were read.
 */
async function readUnlessWaiting(
  tx: Transaction,
  standing: readonly string[],
  people: readonly string[],
  rules: RulesInForce,
  context: PostingContext,
): Promise<{ readonly recordKeys: readonly string[]; readonly changes: Changes }> {
  let recordKeys = standing;
  for (let waiting = await readWaitingRecords(tx, recordKeys, people); ; ) {
    recordKeys = recordKeys.filter((recordKey) => !waiting.has(recordKey));
    const changes = await readChanges(tx, recordKeys, people, rules, context);
    waiting = await readWaitingRecords(tx, recordKeys, people);
    if (waiting.size === 0) return { recordKeys, changes };
  }
}

async function post(
  tx: Transaction,
  { sources }: RuleChangeRow,
  people: readonly string[],
  { rules, extraPeople }: { readonly rules: RulesInForce; readonly extraPeople: readonly string[] },
  context: PostingContext,
): Promise<{ readonly changed: number; readonly entries: number }> {
  const { actor } = context;
  const everybody = [...new Set([...people, ...extraPeople])];
  const heads = await lockHeads(tx, everybody);
  const standing = await readStandingKeysOfSources(tx, people, sources);
  const { recordKeys, changes } = await readUnlessWaiting(tx, standing, everybody, rules, context);
  const plan = planPostings({ ...changes, actor, reason: REASON, note: null, about: new Set(recordKeys) });
  if (plan.entries.size > 0) {
    const { nameDigests } = changes;
    await writePlan(tx, { plan, heads, nameDigests, batchId: null, reason: REASON, actor }, context);
  }
  const entries = [...plan.entries.values()].reduce((sum, planned) => sum + planned.length, 0);
  return { changed: plan.entries.size, entries };
}
