import fc from "fast-check";
import { expect } from "vitest";
import { decideRecord } from "../../../services/ledger-service/src/ledger/decide-record.ts";
import type { Subject } from "../../oracle/index.ts";
import { versionsOf } from "../decision-model.ts";
import type { AuditedLedger, CorrectionAsked } from "./audited-ledger.ts";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { countsBesides, currentOf, decidedSubject, judgingOf, saidIn } from "./derive-standings.ts";
import type { Corrected, LedgerModel, Revocation } from "./ledger-model.ts";

const SUBJECTS = ["professional", "industry_common", "general_common"] as const satisfies readonly Subject[];

interface PostedRecord {
  readonly source: string;
  readonly recordId: string;
}

/** Records by the state in which they are posted now: an operator decides of what the ledger shows. */
async function readPosted(real: AuditedLedger, states: readonly string[]): Promise<PostedRecord[]> {
  return real.owner<PostedRecord[]>`
    SELECT entry.source, entry.record_id AS "recordId" FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    WHERE state.slot = '' AND state.state = ANY(${states}) ORDER BY 1, 2`;
}

/** An operator says the subject of a record; it holds for later versions too. */
export const decideSubject: CommandKind<{ record: number; subject: (typeof SUBJECTS)[number] }> = {
  ...{ kind: "decide a subject", weight: 3 },
  plan: fc.record({ record: anyOf, subject: fc.constantFrom(...SUBJECTS) }),
  run: async (model, real, { record, subject }) => {
    const chosen = pick(await readPosted(real, ["registered", "unclassified"]), record);
    return chosen !== undefined && decide(model, real, chosen, { subject, counts: false });
  },
};

/** An operator says that a duplicate is none. */
export const letCount: CommandKind<{ record: number }> = {
  ...{ kind: "let a duplicate count", weight: 3 },
  plan: fc.record({ record: anyOf }),
  run: async (model, real, { record }) => {
    const chosen = pick(await readPosted(real, ["duplicate"]), record);
    if (chosen === undefined) return false;
    const { source, recordId } = chosen;
    const named = `${source}/${recordId}`;
    if (!model.facts.duplicates.some(({ kind, records }) => kind === "same" && records.includes(named))) {
      return decide(model, real, chosen, { subject: null, counts: true });
    }
    // Who says that it is another's achievement must take that back first.
    expect(await real.decide(source, recordId, { subject: null, counts: true })).toMatchObject({ kind: "conflict" });
    return false;
  },
};

async function decide(
  { facts }: LedgerModel,
  real: AuditedLedger,
  { source, recordId }: PostedRecord,
  said: { readonly subject: Subject | null; readonly counts: boolean },
): Promise<boolean> {
  const outcome = await real.decide(source, recordId, said);
  expect(outcome.kind).toBe("decided");
  // The record is posted in just that subject: there was nothing to decide.
  if (outcome.kind !== "decided" || outcome.postingId === null) return false;
  const { subject, counts: countsBesides } = said;
  const topic = subject === null ? "duplicate" : "subject";
  facts.subjects.push({ id: outcome.postingId, record: `${source}/${recordId}`, topic, subject, countsBesides });
  return true;
}

/** Whatever was decided of a record's subject and of its duplicates is taken back. */
export const takeBack: CommandKind<{ decision: number }> = {
  ...{ kind: "take a decision back", weight: 2 },
  plan: fc.record({ decision: anyOf }),
  isPossible: ({ facts }) => facts.subjects.length > 0,
  run: async ({ facts }, real, { decision }) => {
    const record = pick(facts.subjects, decision)?.record ?? "";
    const [source = "", recordId = ""] = record.split("/");
    const isDecided = decidedSubject(facts, record) !== null || countsBesides(facts, record);
    const outcome = await decideRecord(real.posting, {
      ...{ recordKey: real.recordKeyOf(source, recordId), subject: null, counts: false, takesBack: true },
      ...{ reason: "looked again", document: null, actor: "operator" },
    });
    if (versionsOf(judgingOf(facts), record).length === 0 && !facts.everCorrected.has(record)) {
      // A correction named a record of which nothing but refused rows came.
      expect(outcome.kind).toBe("not_found");
      return false;
    }
    expect(outcome.kind).toBe(isDecided ? "decided" : "conflict");
    if (isDecided) facts.subjects.push({ id: "", record, topic: "all", subject: null, countsBesides: false });
    return isDecided;
  },
};

const REVOKING = {
  withdrawal: "withdrawn_by_operator",
  fraud_revocation: "revoked_for_fraud",
  administrative_error: "administrative_error",
} as const satisfies Readonly<Record<string, Revocation>>;

interface CorrectionPlan {
  readonly records: readonly number[];
  readonly kind: keyof typeof REVOKING | "correction" | "reclassification";
  readonly values: {
    /** Hundredths. */
    readonly hours?: number;
    readonly year?: number;
    readonly obtainedOn?: string;
    readonly title?: string;
  };
  readonly subject: (typeof SUBJECTS)[number] | null;
}

const correctedValues = fc.record(
  {
    hours: fc.constantFrom(1_800, 6_000, 9_000, 5_950),
    year: fc.constantFrom(2019, 2020, 2021),
    obtainedOn: fc.constantFrom("2019-06-30", "2020-01-01", "2020-03-02"),
    title: fc.constantFrom("土地整治(1)", "知识产权保护", "安全生产"),
  },
  { requiredKeys: [] },
);

const corrections: fc.Arbitrary<CorrectionPlan> = fc
  .record({
    records: fc.array(anyOf, { minLength: 1, maxLength: 3 }),
    kind: fc.constantFrom<CorrectionPlan["kind"]>(
      ...(["withdrawal", "fraud_revocation", "administrative_error"] as const),
      ...(["correction", "correction", "correction", "reclassification", "reclassification"] as const),
    ),
    values: correctedValues,
    subject: fc.constantFrom(null, ...SUBJECTS),
  })
  .map(({ kind, values, subject, ...rest }) => {
    if (kind === "reclassification") return { ...rest, kind, values: {}, subject: subject ?? "professional" };
    if (kind !== "correction") return { ...rest, kind, values: {}, subject: null };
    const isEmpty = Object.keys(values).length === 0 && subject === null;
    return { ...rest, kind, values: isEmpty ? { hours: 6_000 } : values, subject };
  });

/** An operator corrects records as one: proposed by one holder, and where it is about fraud applied by another. */
export const correct: CommandKind<CorrectionPlan> = {
  ...{ kind: "correct records", weight: 4 },
  plan: corrections,
  run: async (model, real, { records, kind, values, subject }) => {
    const { facts } = model;
    const known = [...new Set(judgingOf(facts).rows.map((row) => row.recordId))].sort();
    const chosen = [...new Set(records.flatMap((number) => pick(known, number) ?? []))];
    if (chosen.length === 0) return false;
    const named = chosen.map((record) => {
      const [source = "", recordId = ""] = record.split("/");
      return { source, recordId };
    });
    const changes = { ...values, ...(subject === null ? {} : { subject }) };
    const id = await real.propose({
      kind,
      records: named,
      changes: kind in REVOKING ? null : (changes as CorrectionAsked["changes"]),
    });
    const needsTwo = kind === "fraud_revocation";
    if (needsTwo)
      await expect(real.apply(id, "alice", "records")).rejects.toMatchObject({ code: "second_holder_required" });
    await real.apply(id, needsTwo ? "bob" : "alice", "records");
    keep(model, {
      id,
      chosen,
      values,
      subject,
      revokes: kind in REVOKING ? REVOKING[kind as keyof typeof REVOKING] : null,
    });
    model.applied.push({ id, needsTwo, of: "records" });
    return true;
  },
};

function keep(
  { facts }: LedgerModel,
  {
    id,
    chosen,
    values,
    subject,
    revokes,
  }: Pick<CorrectionPlan, "values" | "subject"> & {
    readonly id: string;
    readonly chosen: readonly string[];
    readonly revokes: Revocation | null;
  },
): void {
  const state = judgingOf(facts);
  const { hours, year, obtainedOn, title } = values;
  const becomes: Corrected = {
    ...(hours === undefined ? {} : { hoursHundredths: hours }),
    ...(year === undefined ? {} : { attributedYear: year }),
    ...(obtainedOn === undefined ? {} : { obtainedOn }),
    ...(title === undefined ? {} : { title }),
  };
  for (const record of chosen) {
    if (subject !== null) facts.subjects.push({ id, record, topic: "subject", subject, countsBesides: false });
    const current = currentOf(state, record);
    // A value is put right against what stands; where nothing stands there is none.
    if (revokes === null && current === undefined) continue;
    const said = current?.said;
    const fields = Object.keys(becomes) as (keyof Corrected)[];
    const was = Object.fromEntries(fields.map((field) => [field, said === undefined ? "" : saidIn(said, field)]));
    facts.corrections.push({ id, record, revokes, was, becomes });
  }
}

/** A correction is taken back, all of it; where it is about fraud, by two holders. */
export const undoCorrection: CommandKind<{ correction: number }> = {
  ...{ kind: "undo a correction", weight: 2 },
  plan: fc.record({ correction: anyOf }),
  isPossible: ({ applied }) => applied.length > 0,
  run: async (model, real, { correction }) => {
    const { facts, applied } = model;
    const chosen = pick(applied, correction);
    if (chosen === undefined) return false;
    await real.undo(chosen.id, "alice", chosen.of);
    if (chosen.needsTwo) {
      await expect(real.undo(chosen.id, "alice", chosen.of)).rejects.toMatchObject({ code: "second_holder_required" });
      await real.undo(chosen.id, "bob", chosen.of);
    }
    await expect(real.undo(chosen.id, "carol", chosen.of)).rejects.toMatchObject({ code: "correction_state_conflict" });
    facts.corrections = facts.corrections.filter(({ id }) => id !== chosen.id);
    facts.subjects = facts.subjects.filter(({ id }) => id !== chosen.id);
    facts.duplicates = facts.duplicates.filter(({ id }) => id !== chosen.id);
    applied.splice(applied.indexOf(chosen), 1);
    return true;
  },
};
