import type { Language, NotDecidedCode, RowCorrection } from "@xueshi/contracts";
import {
  type IdentityClaim,
  isNameInForce,
  LookedTooEarly,
  lockDecisions,
  lockIdentities,
  type NameAlias,
  type RowDecisionRow,
  readErased,
  readIdentities,
  readRecordKeysOf,
  readRecordKeysOfNames,
  runTransaction,
  type Transaction,
  updateIdentities,
  updateVoided,
  writeBatch,
  writeNameAliases,
  writeRowDecisions,
  writeVersions,
} from "@xueshi/database";
import type { RecordVersion, RowDecisionKind } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { hintPosting } from "../hint-posting.ts";
import { type CorrectedRow, correctRow, keptRecord } from "./correct-row.ts";
import { findWithdrawals } from "./find-withdrawals.ts";
import type { RawRecord } from "./open-raw-row.ts";
import { type QuarantineRow, quarantineRowsOf, standingOf } from "./quarantine-row.ts";
import { type RecordFile, readRecordFiles } from "./record-file.ts";
import { compareRowKeys, type RowKey } from "./row-id.ts";
import { changedVoidings } from "./settle-voiding.ts";

/** What an operator decides of rows, for one reason. */
export interface RowsToDecide {
  readonly rows: readonly RowKey[];
  readonly kind: RowDecisionKind;
  readonly reason: string;
  readonly document: string | null;
  /** Public name of the operator's key. */
  readonly actor: string;
  readonly language: Language;
  /** Of one row: what is right in its place, and the row as it came, where it is still kept. */
  readonly correction: { readonly changes: RowCorrection; readonly raw: RawRecord | null } | null;
}

export type RowOutcome =
  | { readonly outcome: "decided" | "unchanged"; readonly decisionId: string; readonly isStanding: boolean }
  | { readonly outcome: "not_decided"; readonly code: NotDecidedCode };

export interface DecidedRows {
  /** One for each row, in their order. */
  readonly outcomes: readonly RowOutcome[];
  /** The batch by which the ledger posts what follows; null: nothing was decided anew. */
  readonly batchId: string | null;
}

interface NewDecision {
  readonly decision: RowDecisionRow;
  readonly file: RecordFile;
  readonly row: QuarantineRow;
  readonly alias: NameAlias | null;
  readonly corrected: CorrectedRow | null;
}

/**
 * Keeps what an operator decides of rows, in one transaction with a batch that names the records and people concerned: the
 * ledger posts what follows, by reversal and posting. Rows that cannot be decided so say why, and stop no other. A row that
 * was decided the same way already stays as it is. Throws `validation_failed` for a correction that would be refused.
 * Source: platforms.md, rule 12.
 */
export async function decideRows(context: IngestionContext, asked: RowsToDecide): Promise<DecidedRows> {
  const decided = await runTransaction(context, (tx) => decideIn(tx, context, asked));
  if (decided.batchId !== null) await hintPosting(context, decided.batchId);
  return decided;
}

async function decideIn(tx: Transaction, context: IngestionContext, asked: RowsToDecide): Promise<DecidedRows> {
  await lockDecisions(tx);
  const recordKeys = asked.rows.map((row) => row.recordKey);
  const unlocked = await readRecordFiles(tx, recordKeys, context.nameVariants);
  const plans = new Map<string, NewDecision>();
  const early = await decideEach(tx, context, asked, unlocked, plans);
  const locked = await lockPeople(tx, context, unlocked, [...plans.values()]);
  // Under the locks nothing of these people changes any more; what came meanwhile is in the files now.
  const files = await readRecordFiles(tx, recordKeys, context.nameVariants);
  refuseUnlocked(files, locked);
  plans.clear();
  const outcomes = await decideEach(tx, context, asked, files, plans, early);
  if (plans.size === 0) return { outcomes: outcomes.map((one) => toOutcome(one, files)), batchId: null };
  const batchId = await keep(tx, context, [...plans.values()]);
  const after = await readRecordFiles(tx, recordKeys, context.nameVariants);
  return { outcomes: outcomes.map((one) => toOutcome(one, after)), batchId };
}

type Verdict =
  | {
      readonly outcome: "decided" | "unchanged";
      readonly decision: Pick<RowDecisionRow, "decisionId">;
      readonly stands: RowKey;
    }
  | { readonly outcome: "not_decided"; readonly code: NotDecidedCode };

/** Decides of each row by the files; `ids` keeps the decisions' ids from an earlier look. */
async function decideEach(
  tx: Transaction,
  context: IngestionContext,
  asked: RowsToDecide,
  files: readonly RecordFile[],
  plans: Map<string, NewDecision>,
  earlier: readonly Verdict[] = [],
): Promise<Verdict[]> {
  const byKey = new Map(files.map((file) => [file.recordKey, file]));
  const rowsOf = new Map(files.map((file) => [file.recordKey, quarantineRowsOf(file)]));
  const verdicts: Verdict[] = [];
  for (const [index, key] of asked.rows.entries()) {
    const file = byKey.get(key.recordKey);
    const row = rowsOf.get(key.recordKey)?.find((one) => compareRowKeys(one, key) === 0);
    if (file === undefined || row === undefined) {
      verdicts.push({ outcome: "not_decided", code: file?.isErased === true ? "erased" : "row_not_found" });
      continue;
    }
    const planned = plans.get(planKey(key));
    const before = planned?.decision ?? row.decision;
    if (before !== null) {
      const isSame = before.kind === asked.kind && asked.kind !== "correct";
      verdicts.push(
        isSame
          ? { outcome: "unchanged", decision: before, stands: key }
          : { outcome: "not_decided", code: "decided_otherwise" },
      );
      continue;
    }
    if (asked.kind === "accept" && row.kind === "refused") {
      verdicts.push({ outcome: "not_decided", code: "cannot_accept_refused" });
      continue;
    }
    const said = earlier[index];
    const decisionId = said?.outcome === "decided" ? said.decision.decisionId : context.newId();
    const ofRecord = [...plans.values()].filter((one) => one.file === file).map((one) => one.decision);
    const decided = [...file.decided, ...ofRecord];
    const plan = await planDecision(tx, context, asked, { file, row, decisionId, decided });
    if (plan.corrected !== null && (await readErased(tx, [plan.corrected.version.practitionerId])).size > 0) {
      verdicts.push({ outcome: "not_decided", code: "erased" });
      continue;
    }
    plans.set(planKey(key), plan);
    verdicts.push({ outcome: "decided", decision: plan.decision, stands: plan.corrected?.version ?? key });
  }
  return verdicts;
}

function planKey(row: RowKey): string {
  return `${row.recordKey}/${row.updateTimeMs}/${row.contentDigest}`;
}

function toOutcome(verdict: Verdict, files: readonly RecordFile[]): RowOutcome {
  if (verdict.outcome === "not_decided") return verdict;
  const file = files.find((one) => one.recordKey === verdict.stands.recordKey);
  const current = file === undefined ? null : standingOf(file);
  const isStanding = current !== null && compareRowKeys(current, verdict.stands) === 0;
  return { outcome: verdict.outcome, decisionId: verdict.decision.decisionId, isStanding };
}

async function planDecision(
  tx: Transaction,
  context: IngestionContext,
  asked: RowsToDecide,
  {
    file,
    row,
    decisionId,
    decided,
  }: Pick<NewDecision, "file" | "row"> & {
    readonly decisionId: string;
    readonly decided: readonly RowDecisionRow[];
  },
): Promise<NewDecision> {
  const { kind, reason, document, actor, language, correction } = asked;
  const base = correction === null ? null : (correction.raw ?? (await keptRecord(tx, context, row)));
  const corrected =
    correction === null || base === null
      ? null
      : correctRow(context, base, { row, correction: correction.changes, document, decisionId, language });
  const standsByDecision = kind === "accept" && (row.kind === "conflict" || row.competes);
  const latestMs = decided.reduce((latest, one) => Math.max(latest, one.decidedAtMs), 0);
  const acceptsName = kind === "accept" && row.code === "identity_conflict" && row.version !== null;
  const decision: RowDecisionRow = {
    recordKey: row.recordKey,
    // The newest decision is in force, so one that was made later must not look older, whatever the clocks say.
    decidedAtMs: Math.max(context.clock(), latestMs + 1),
    decisionId,
    updateTimeMs: row.updateTimeMs,
    contentDigest: row.contentDigest,
    kind,
    undoes: null,
    standingDigest: corrected?.version.contentDigest ?? (standsByDecision ? row.contentDigest : null),
    reason,
    document,
    actor,
  };
  const name = acceptsName && row.version !== null ? row.version : null;
  return {
    ...{ decision, file, row, corrected },
    alias: name === null ? null : { practitionerId: name.practitionerId, nameDigest: name.nameDigest, decisionId },
  };
}

/** A name that an operator gave stands only until a source says one: it is older than no claim. */
const LAST_CLAIM_MS = Date.UTC(9_999, 0);

/** Locks everybody whom the records name, and who is new by a correction, in one statement. */
async function lockPeople(
  tx: Transaction,
  context: IngestionContext,
  files: readonly RecordFile[],
  plans: readonly NewDecision[],
): Promise<ReadonlySet<string>> {
  const claims = new Map<string, IdentityClaim>();
  for (const file of files) for (const version of file.versions) claims.set(version.practitionerId, claimOf(version));
  for (const { corrected } of plans) {
    if (corrected === null || claims.has(corrected.version.practitionerId)) continue;
    const seal = context.vault.sealPerson({ id: corrected.id, name: corrected.name });
    claims.set(corrected.version.practitionerId, { ...claimOf(corrected.version), seal });
  }
  await lockIdentities(tx, [...claims.values()]);
  return new Set(claims.keys());
}

/** A record may have come to somebody else between the look and the locks. Throws LookedTooEarly. */
export function refuseUnlocked(files: readonly RecordFile[], locked: ReadonlySet<string>): void {
  for (const { versions } of files) {
    if (versions.some((version) => !locked.has(version.practitionerId)))
      throw new LookedTooEarly("people are not locked");
  }
}

/** Whoever a stored version names is known, so nothing of this claim is ever kept. */
function claimOf(version: RecordVersion): IdentityClaim {
  const { practitionerId, nameDigest, nameVariantDigest, source, recordId } = version;
  return {
    ...{ practitionerId, nameDigest, nameVariantDigest, claimedAtMs: LAST_CLAIM_MS },
    ...{ claimSource: source, claimRecordId: recordId, seal: null },
  };
}

/**
 * A name that nobody but a correction gave yields to that of the next one, once no correction in force says it. Returns the
 * person's records, to be looked at again; empty: the person is known as before.
 */
async function settleName(tx: Transaction, context: IngestionContext, corrected: CorrectedRow): Promise<string[]> {
  const { version, id, name } = corrected;
  const [known] = await readIdentities(tx, [version.practitionerId]);
  if (known === undefined || known.claimedAtMs !== LAST_CLAIM_MS || known.nameDigest === version.nameDigest) return [];
  if (await isNameInForce(tx, known)) return [];
  await updateIdentities(tx, [{ ...claimOf(version), seal: context.vault.sealPerson({ id, name }) }]);
  return readRecordKeysOf(tx, [version.practitionerId]);
}

async function keep(tx: Transaction, context: IngestionContext, plans: readonly NewDecision[]): Promise<string> {
  const decisions = plans.map((plan) => plan.decision);
  const batchId = decisions[0]?.decisionId ?? context.newId();
  const made: RecordVersion[] = [];
  const renamed: string[] = [];
  for (const { corrected, file } of plans) {
    if (corrected === null) continue;
    renamed.push(...(await settleName(tx, context, corrected)));
    made.push(corrected.version, ...(await findWithdrawals(tx, context, file, corrected.version)));
  }
  const aliases = plans.flatMap(({ alias }) => alias ?? []);
  await writeRowDecisions(tx, decisions);
  await writeNameAliases(tx, aliases);
  await writeVersions(
    tx,
    batchId,
    made.map((version, batchIndex) => ({ version, occurrences: 1, batchIndex })),
  );
  const files = new Map(plans.map(({ file }) => [file.recordKey, file]));
  const newOf = Map.groupBy(decisions, (one) => one.recordKey);
  const voidings = [...files.values()].flatMap((file) =>
    changedVoidings(file.versions, [...file.decided, ...(newOf.get(file.recordKey) ?? [])]),
  );
  await updateVoided(tx, voidings);
  const versions = [...[...files.values()].flatMap((file) => file.versions), ...made];
  const refusedPeople = plans.flatMap(({ row }) => row.practitionerId ?? []);
  await writeDecisionBatch(tx, context, {
    batchId,
    recordKeys: [...files.keys(), ...renamed, ...(await readRecordKeysOfNames(tx, aliases))],
    practitionerIds: [...versions.map((version) => version.practitionerId), ...refusedPeople],
  });
  return batchId;
}

/** Where decisions come from, in the place of a source. */
const DECISIONS = "operator";

/** A batch without rows that names what decisions concern; it has the id of one of them, so the ledger finds the reason. */
export async function writeDecisionBatch(
  tx: Transaction,
  context: Pick<IngestionContext, "clock">,
  named: {
    readonly batchId: string;
    readonly recordKeys: readonly string[];
    readonly practitionerIds: readonly string[];
  },
): Promise<void> {
  await writeBatch(tx, {
    batchId: named.batchId,
    source: DECISIONS,
    origin: "decision",
    pullId: null,
    closesPull: false,
    completeUntilMs: null,
    receivedAtMs: context.clock(),
    rowCount: 0,
    counts: {},
    receipts: [],
    recordKeys: [...new Set(named.recordKeys)],
    practitionerIds: [...new Set(named.practitionerIds)],
  });
}
