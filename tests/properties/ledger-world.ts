import {
  connect,
  queuePull,
  readPersonEntries,
  readRecordStates,
  type Sql,
  takeQueuedPull,
  writeCatalogue,
} from "@xueshi/database";
import { createTestDatabase } from "@xueshi/database/testing";
import {
  type ActivatedRuleSet,
  decideVerdict,
  localDateAt,
  normaliseName,
  parseResidentId,
  projectPerson,
  recordKeyOf,
  type Subject,
  type Declaration as TypedDeclaration,
  type Verdict,
} from "@xueshi/domain";
import { PLATFORMS, SOURCES } from "@xueshi/platforms";
import { loadRulebook } from "@xueshi/rulebook";
import { createUuidV7 } from "@xueshi/runtime";
import { createVault, sha256Hex, sha256Suite } from "@xueshi/vault";
import { OrdinalCounter } from "../../services/ingestion-worker/src/admission/judge-rows.ts";
import { pushRecords } from "../../services/ingestion-worker/src/admission/push-records.ts";
import { createKnownPeople } from "../../services/ingestion-worker/src/admission/settle-identities.ts";
import { storePages } from "../../services/ingestion-worker/src/admission/store-pages.ts";
import { withdrawRecord } from "../../services/ingestion-worker/src/admission/withdraw-record.ts";
import type { IngestionContext } from "../../services/ingestion-worker/src/ingestion-context.ts";
import { decideRecord } from "../../services/ledger-service/src/ledger/decide-record.ts";
import { postBatch } from "../../services/ledger-service/src/ledger/post-batch.ts";
import type { PostingContext } from "../../services/ledger-service/src/ledger/posting-context.ts";
import type { Category, Declaration, Push, RawRow } from "../oracle/index.ts";

const START_MS = Date.parse("2022-03-01T00:00:00Z");
const RULES_ACTIVATED_MS = Date.parse("2020-05-01T00:00:00Z");

/** The product's stores and verbs over one real database, as the services put them together, each with its own login. */
export type LedgerWorld = Awaited<ReturnType<typeof openLedgerWorld>>;

/** Opens a world; `reset` empties it between runs, `close` removes its database. */
export async function openLedgerWorld() {
  const database = await createTestDatabase();
  const open = (url: string, connectionsMax: number) => connect({ url, connectionsMax, applicationName: "properties" });
  const owner = open(database.url, 1);
  const ingestionUrl = await database.urlAs("ingestion");
  const ingestionSql = open(ingestionUrl, 4);
  const ledgerSql = open(await database.urlAs("ledger"), 4);
  const queryUrl = await database.urlAs("query");
  const querySql = open(queryUrl, 2);
  let nowMs = START_MS;
  const clock = () => {
    nowMs += 1;
    return nowMs;
  };
  const newId = createUuidV7(clock);
  const keys = { indexKey: Buffer.alloc(32, 7), masterKey: Buffer.alloc(32, 9) };
  const vault = createVault(keys);
  const ruleSets = activatedRules();
  const ingestion: IngestionContext = {
    sql: ingestionSql,
    openLease: () => open(ingestionUrl, 1),
    queue: silentQueue,
    vault,
    knownPeople: createKnownPeople(),
    sources: SOURCES,
    targets: {},
    clock,
    newId,
    chance: () => 0.5,
    logger: silentLogger,
    fetch: globalThis.fetch,
    delay: async () => {},
    batchRows: 1_000,
    retentionDays: 400,
    readmissionListDays: 400,
    needsSecondEraser: false,
  };
  const posting: PostingContext = {
    sql: ledgerSql,
    clock,
    newId,
    chance: () => 0.5,
    suite: sha256Suite,
    sha256Hex,
    // None is activated in the database, whose number is looked at.
    // Rules that a test activates route nothing otherwise.
    rules: async (activations = 0) => ({ ruleSets: ruleSets.map(({ ruleSet }) => ruleSet), activations }),
    sources: SOURCES,
    actor: "ledger-service",
  };
  return {
    owner,
    queryUrl,
    keys,
    ownerUrl: database.url,
    posting,
    ingestion,
    clock,
    ...writeVerbs(ingestion, posting),
    ...readVerbs(querySql, ingestion, ruleSets, clock),
    /** Lets the clock go on from an instant that another world has reached. */
    catchUp(reachedMs: number): void {
      nowMs = Math.max(nowMs, reachedMs);
    },
    /** Empties every table and forgets what the services remember of it. Null: not even a catalogue is there. */
    async reset(categories: readonly Category[] | null): Promise<void> {
      await emptyTables(owner);
      Object.assign(ingestion, { knownPeople: createKnownPeople() });
      if (categories === null) return;
      await writeCatalogue(ingestionSql, {
        platform: "quzhou-city",
        digest: "00".repeat(32),
        entries: categories,
        fetchedAtMs: clock(),
        unsettledCodes: [],
      });
    },
    async close(): Promise<void> {
      await Promise.all([owner, ingestionSql, ledgerSql, querySql].map((sql) => sql.end({ timeout: 5 })));
      await database.drop();
    },
  };
}

function writeVerbs(ingestion: IngestionContext, posting: PostingContext) {
  const unposted = async () => {
    const rows = await ingestion.sql<{ id: string }[]>`
      SELECT batch_id AS id FROM acquisition.batch WHERE posted_at IS NULL ORDER BY received_at, batch_id`;
    return rows.map(({ id }) => id);
  };
  return {
    /** Batches that wait for their posting, oldest first. */
    unposted,
    post: (batchId: string) => postBatch(posting, batchId),
    /** Stores rows of a platform as one page of a pull; `ordinals` belongs to the pull. */
    async pull(source: string, rows: readonly RawRow[], ordinals = new OrdinalCounter(), file: string | null = null) {
      const platform = ingestion.sources.platformNamed(source);
      if (platform === null) throw new Error(`${source} is not pulled`);
      const page = {
        kind: "page",
        rows,
        rowsAgain: [],
        body: Buffer.from(JSON.stringify(rows)),
        cursorAfter: { cursor: "" },
        advertisedTotal: null,
        file: file === null ? null : { name: file, sha256: "", isLastPage: true },
      } as const;
      const pullId = ingestion.newId();
      await queuePull(ingestion.sql, { pullId, platform: source, queuedAtMs: ingestion.clock() });
      const pull = await takeQueuedPull(ingestion.sql, source, ingestion.clock());
      if (pull === null) throw new Error("the queued pull is taken");
      const counting = { ordinals, overlap: null, expected: null };
      await storePages(ingestion, { platform, pull, ...counting, moves: "cursor" }, [page]);
    },
    /** Pushes records of one source; one whose `updatedAt` is the arrival carries no update time of its own. */
    push(source: string, pushes: readonly Push[], receivedAtMs: number) {
      const records = pushes.map(({ source: _source, updatedAt, ...record }) =>
        Date.parse(updatedAt) === receivedAtMs ? record : { ...record, updateTime: updatedAt },
      );
      return pushRecords(ingestion, { source, records, receivedAtMs, language: "en", requestKey: null });
    },
    withdraw(source: string, recordId: string, updateTimeMs: number) {
      const reason = "withdrawn by its source";
      return withdrawRecord(ingestion, {
        source,
        recordId,
        reason,
        updateTimeMs,
        receivedAtMs: updateTimeMs,
        requestKey: null,
      });
    },
    decide(source: string, recordId: string, decision: { subject: Subject | null; counts: boolean }) {
      const recordKey = recordKeyOf(sha256Hex, source, recordId);
      return decideRecord(posting, { recordKey, ...decision, reason: "reviewed", document: null, actor: "operator" });
    },
  };
}

function readVerbs(sql: Sql, ingestion: IngestionContext, ruleSets: ActivatedRuleSet[], clock: () => number) {
  const { vault } = ingestion;
  const practitionerIdOf = (idNumber: string): string => {
    const id = parseResidentId(idNumber);
    if (id === null) throw new Error("a declaration names a valid id");
    return vault.practitionerIdOf(id);
  };
  return {
    practitionerIdOf,
    query: sql,
    recordStates: (practitionerIds: readonly string[]) => readRecordStates(ingestion.sql, practitionerIds),
    /** The product's answer to a declaration, as a check gives it at an instant about what was known at it. */
    async answer(declared: Declaration, knownAtMs: number = clock()): Promise<Verdict> {
      const practitionerId = practitionerIdOf(declared.practitioner.idNumber);
      const entries = await readPersonEntries(sql, practitionerId, knownAtMs);
      const { level = null, education = null, ...claim } = declared.declaration;
      return decideVerdict({
        declaration: { ...claim, level, education } as TypedDeclaration,
        asOf: localDateAt(knownAtMs),
        knownAtMs,
        nowMs: knownAtMs,
        declaredNameDigest: vault.nameDigestOf(practitionerId, normaliseName(declared.practitioner.name)),
        person: projectPerson(entries),
        freshness: PLATFORMS.map(({ name }) => ({ platform: name, completeUntilMs: knownAtMs, partialSince: false })),
        ruleSets,
      });
    },
  };
}

const TABLES = [
  ...["acquisition.batch", "acquisition.catalogue", "acquisition.pull", "acquisition.pull_cursor"],
  ...[
    "acquisition.raw_page",
    "acquisition.lateness",
    "acquisition.platform_state",
    "admission.identity",
    "admission.refusal",
    "admission.version",
  ],
  ...[
    "admission.finding",
    "admission.name_alias",
    "admission.person_merge",
    "admission.tombstone",
    "admission.erasure",
    "admission.row_decision",
  ],
  ...["admission.readmission", "admission.readmission_change"],
  ...["ledger.correction", "classification.correction_decision", "ledger.duplicate_decision"],
  ...["ledger.correction_record", "ledger.correction_step"],
  ...["classification.decision", "ledger.entry", "ledger.head", "ledger.platform_mark", "ledger.posting"],
  ...["ledger.rule_change", "ledger.outbox", "ledger.feed", "ledger.tree_tile", "ledger.checkpoint"],
  ...["projection.balance", "projection.record_state"],
];

/** Whoever owns the tables may pass the guards; no service does. Few rows are deleted faster than tables are truncated. */
async function emptyTables(owner: Sql): Promise<void> {
  const statements = TABLES.map((table) => `DELETE FROM ${table};`);
  await owner.unsafe(
    `SET session_replication_role = replica; ${statements.join("")} UPDATE ledger.feed_head SET size = 0`,
  );
}

function activatedRules(): ActivatedRuleSet[] {
  return loadRulebook().files.map(({ ruleSet, digest }) => ({ ruleSet, digest, activatedAtMs: RULES_ACTIVATED_MS }));
}

const silentLogger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };

/** Hints go nowhere: a property decides itself when, in which order and how often a batch is posted. */
const silentQueue = {
  enqueue: async () => {},
  enqueueMany: async () => {},
  schedule: async () => ({ nextRunMs: 0 }),
  unschedule: async () => {},
  ensureSchedules: async () => ({ restored: [] }),
  work: () => {},
  health: async () => ({ backend: "postgres" as const, reachable: true, counts: {} }),
  close: async () => ({ drained: true }),
};
