import fc from "fast-check";
import { expect } from "vitest";
import { mergePeople, undoMerge } from "../../../services/ingestion-worker/src/admission/identity/merge-people.ts";
import { knownName } from "../decision-model.ts";
import { PEOPLE } from "../dense-rows.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { judgingOf } from "./derive-standings.ts";

const person = fc.nat(PEOPLE.length - 1);

export function practitionerOf(real: AuditedLedger, index: number): string {
  return real.practitionerIdOf(PEOPLE[index]?.idNumber ?? "");
}

/** An id was wrong: all records under it are another person's. */
export const merge: CommandKind<{ from: number; into: number }> = {
  ...{ kind: "merge people", weight: 2 },
  plan: fc.record({ from: person, into: person }).filter(({ from, into }) => from !== into),
  run: async (model, real, { from, into }) => {
    const { facts } = model;
    const outcome = await mergePeople(real.ingestion, {
      ...{ from: practitionerOf(real, from), into: practitionerOf(real, into) },
      ...{ reason: "one person", document: null, actor: "operator" },
    });
    const state = judgingOf(facts);
    if ([from, into].some((one) => knownName(state, one) === undefined)) {
      expect(outcome.kind).toBe("not_known");
      return false;
    }
    const before = facts.merges.get(from);
    if (before?.into === into) {
      expect(outcome).toMatchObject({ kind: "merged", batchId: null });
      return false;
    }
    const isTarget = [...facts.merges.values()].some((other) => other.into === from);
    if (before !== undefined || isTarget || facts.merges.has(into)) {
      expect(outcome.kind).toBe("not_possible");
      return false;
    }
    if (outcome.kind !== "merged") throw new Error("they can be merged");
    facts.merges = new Map([...facts.merges, [from, { into, decisionId: outcome.merge.decisionId }]]);
    model.isPosted = false;
    return true;
  },
};

export const unmerge: CommandKind<{ merge: number }> = {
  ...{ kind: "undo a merge", weight: 2 },
  plan: fc.record({ merge: anyOf }),
  isPossible: ({ facts }) => facts.merges.size > 0,
  run: async (model, real, { merge: number }) => {
    const [from, { decisionId = "" } = {}] = pick([...model.facts.merges], number) ?? [];
    const said = { decisionId, reason: "two people", actor: "operator" };
    expect(await undoMerge(real.ingestion, said)).toMatchObject({ kind: "undone" });
    expect(await undoMerge(real.ingestion, said)).toEqual({ kind: "conflict" });
    model.facts.merges = new Map([...model.facts.merges].filter(([one]) => one !== from));
    model.isPosted = false;
    return true;
  },
};
