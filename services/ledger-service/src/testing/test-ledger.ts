import {
  activateRuleSet,
  connect,
  lockIdentities,
  readVersionOrders,
  type Sql,
  writeBatch,
  writeCatalogue,
  writeRefusals,
  writeVersions,
} from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import {
  type LocalDate,
  type RecordVersion,
  type RefusedRow,
  recordKeyOf,
  uuidFromDigest,
  type VersionOrder,
} from "@xueshi/domain";
import { SOURCES } from "@xueshi/platforms";
import { loadRulebook } from "@xueshi/rulebook";
import { createTestUuidV7, type TestClock, testClock } from "@xueshi/runtime";
import { sha256Hex, sha256Suite } from "@xueshi/vault";
import type { PostingContext } from "../ledger/posting-context.ts";
import { createRuleSetReader } from "../requirement/create-rule-set-reader.ts";

export const NOW_MS = Date.parse("2020-07-31T02:00:00Z");

/** What a test says of a record; everything else is plain. */
export interface TestVersion extends Partial<Omit<RecordVersion, "practitionerId">> {
  readonly recordId: string;
  /** Any word that names a person. */
  readonly person: string;
}

export interface TestBatch {
  readonly versions?: readonly TestVersion[];
  readonly refusals?: readonly (Partial<RefusedRow> & { readonly recordId: string; readonly person: string })[];
  readonly source?: string;
  readonly origin?: "pull" | "push" | "decision";
  readonly pullId?: string | null;
  readonly closes?: { readonly completeUntilMs: number | null };
  /** People of the batch, where that is not all whom its rows name. */
  readonly people?: readonly string[];
}

/** The ledger service's own verbs over a database of its own, with the real rules and a small course catalogue. */
export interface TestLedger {
  readonly database: TestDatabase;
  /** Connected as the owner, as one session. */
  readonly sql: Sql;
  readonly clock: TestClock;
  readonly context: PostingContext;
  /** A context like `context` whose connections go to another address. */
  contextAt(url: string, connectionsMax?: number): PostingContext;
  /** Stores a batch as admission does, and returns its id. */
  store(batch: TestBatch): Promise<string>;
  /** Takes away whatever a test has stored and posted, and sets the clock back. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const EMPTIED = [
  ...["acquisition.batch", "admission.identity", "admission.refusal", "admission.version", "classification.decision"],
  ...["ledger.correction", "classification.correction_decision", "ledger.duplicate_decision"],
  ...["ledger.correction_record", "ledger.correction_step"],
  ...["admission.tombstone", "admission.name_alias", "admission.person_merge", "admission.row_decision"],
  ...["ledger.entry", "ledger.head", "ledger.platform_mark", "ledger.posting"],
  ...["ledger.rule_change", "ledger.outbox", "ledger.feed", "ledger.tree_tile", "ledger.checkpoint"],
  ...["projection.balance", "projection.record_state", "verdict.access_log", "verdict.kept_verdict"],
];

export const personId = (person: string) => uuidFromDigest(sha256Hex(`person ${person}`));
export const recordKey = (recordId: string, source = "quzhou-city") => recordKeyOf(sha256Hex, source, recordId);

export async function openTestLedger(): Promise<TestLedger> {
  const database = await createTestDatabase();
  const sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test-owner" });
  const clock = testClock(NOW_MS);
  const newId = createTestUuidV7(clock);
  const opened: Sql[] = [sql];
  const contextAt = (url: string, connectionsMax = 4): PostingContext => {
    const ledgerSql = connect({ url, connectionsMax, applicationName: "test-ledger" });
    opened.push(ledgerSql);
    const rules = createRuleSetReader(ledgerSql, clock);
    const outside = { clock, newId, chance: () => 0.5, suite: sha256Suite, sha256Hex, sources: SOURCES };
    return { ...outside, sql: ledgerSql, rules, actor: "ledger-service" };
  };
  await prepare(sql);
  return {
    database,
    sql,
    clock,
    context: contextAt(await database.urlAs("ledger")),
    contextAt,
    store: (batch) => storeBatch(sql, batch, newId(), clock()),
    empty: async () => {
      clock.advance(NOW_MS - clock());
      const statements = EMPTIED.map((table) => `DELETE FROM ${table};`);
      statements.push("UPDATE ledger.feed_head SET size = 0;");
      statements.push("DELETE FROM requirement.activation WHERE activated_by <> 'test';");
      await sql.unsafe(`SET session_replication_role = replica; ${statements.join("")} RESET session_replication_role`);
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.end({ timeout: 5 })));
      await database.drop();
    },
  };
}

async function prepare(sql: Sql): Promise<void> {
  for (const { ruleSet, text, digest } of loadRulebook().files) {
    const activation = {
      ruleSetId: ruleSet.id,
      activatedAtMs: NOW_MS - 1,
      digest,
      fullText: text,
      activatedBy: "test",
    };
    await activateRuleSet(sql, activation);
  }
  const entries = [
    { CategoryId: 101, ClassTypeId: 3 },
    { CategoryId: 301, ClassTypeId: 1 },
  ];
  const kept = { digest: "00".repeat(32), entries, fetchedAtMs: NOW_MS, unsettledCodes: [] };
  await writeCatalogue(sql, { platform: "quzhou-city", ...kept });
}

async function storeBatch(sql: Sql, batch: TestBatch, batchId: string, receivedAtMs: number): Promise<string> {
  const { source = "quzhou-city", origin = "pull", pullId = null, closes } = batch;
  const versions = (batch.versions ?? []).map((one) => versionOf(one, source));
  const refusals = (batch.refusals ?? []).map((one) => refusalOf(one, source));
  const people = batch.people?.map(personId) ?? [...versions, ...refusals].flatMap((row) => row.practitionerId ?? []);
  await sql.begin(async (tx) => {
    const claims = [...new Set(versions.map(({ practitionerId }) => practitionerId))].map((practitionerId) => ({
      practitionerId,
      nameDigest: nameDigest(practitionerId),
      nameVariantDigest: null,
      claimedAtMs: 0,
      claimSource: source,
      claimRecordId: "",
      seal: { wrappedKey: Buffer.from("key"), sealed: Buffer.from("sealed") },
    }));
    if (claims.length > 0) await lockIdentities(tx, claims);
    const place = { occurrences: 1, batchIndex: 0 };
    const stored = await readVersionOrders(
      tx,
      versions.map((version) => version.recordKey),
    );
    const keyOf = (one: VersionOrder & { recordKey: string }) =>
      `${one.recordKey}/${one.updateTimeMs}/${one.contentDigest}`;
    const before = new Set(stored.map(keyOf));
    const fresh = versions.filter((version) => !before.has(keyOf(version)));
    await writeVersions(
      tx,
      batchId,
      fresh.map((version) => ({ version, ...place })),
    );
    await writeRefusals(
      tx,
      batchId,
      refusals.map((row) => ({ row, ...place })),
      "count",
    );
    await writeBatch(tx, {
      ...{ batchId, source, origin, pullId, closesPull: closes !== undefined, receivedAtMs },
      ...{ completeUntilMs: closes?.completeUntilMs ?? null, rowCount: versions.length, counts: {}, receipts: [] },
      recordKeys: [...new Set([...versions, ...refusals].map((row) => row.recordKey))],
      practitionerIds: [...new Set(people)],
    });
  });
  return batchId;
}

/** The known name of everyone is one that follows from the id; a version may carry another one. */
export const nameDigest = (practitionerId: string) => sha256Hex(`name of ${practitionerId}`);

function versionOf({ person, ...changes }: TestVersion, source: string): RecordVersion {
  const practitionerId = personId(person);
  const version: Omit<RecordVersion, "contentDigest"> = {
    ...{
      recordKey: recordKey(changes.recordId, source),
      source,
      practitionerId,
      nameDigest: nameDigest(practitionerId),
      nameVariantDigest: null,
    },
    ...{ updateTimeMs: 1_000, status: "final", hoursHundredths: 800, subjectCode: "101", subjectBasis: "code" },
    ...{ title: `课程 ${changes.recordId}`, provider: null, obtainedOn: "2020-03-01" as LocalDate, studiedFrom: null },
    ...{ studiedUntil: null, attributedYear: 2020, yearBasis: "obtained_on", pathway: null, flags: "", note: null },
    ...{ assessedOn: null, voidedBy: null },
    ...changes,
  };
  return {
    ...version,
    contentDigest: changes.contentDigest ?? sha256Hex(JSON.stringify({ ...version, updateTimeMs: 0 })),
  };
}

function refusalOf(row: Partial<RefusedRow> & { recordId: string; person: string }, source: string): RefusedRow {
  const { person, ...changes } = row;
  return {
    ...{ recordKey: recordKey(row.recordId, source), source, practitionerId: personId(person), updateTimeMs: 1_000 },
    ...{ contentDigest: sha256Hex(`refused ${row.recordId}`), code: "hours_invalid", title: "", obtainedOn: null },
    ...{ attributedYear: null, ...changes },
  };
}
