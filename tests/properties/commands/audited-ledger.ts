import { type CorrectionRequest, checkRequestSchema, type VerdictResponse } from "@xueshi/contracts";
import {
  activateRuleSet,
  type CorrectionSubject,
  connect,
  failInterruptedPulls,
  queuePull,
  readKeptVerdict,
  type Sql,
  takeQueuedPull,
} from "@xueshi/database";
import { type CorrectionKind, recordKeyOf } from "@xueshi/domain";
import type { AuthenticatedCall } from "@xueshi/http";
import { type Platform, platformNamed, readCatalogue } from "@xueshi/platforms";
import { digestText, loadRulebook, VOCABULARY } from "@xueshi/rulebook";
import { createNoteSigner, sha256Hex, sha256TreeHash } from "@xueshi/vault";
import { rebuildDatabase } from "../../../scripts/ledger/rebuild/rebuild-database.ts";
import { verifyDatabase } from "../../../scripts/ledger/verify/verify-database.ts";
import { keepCatalogue } from "../../../services/ingestion-worker/src/admission/keep-catalogue.ts";
import { applyCorrection } from "../../../services/ledger-service/src/ledger/corrections/apply-correction.ts";
import {
  proposeCorrection,
  proposeDuplicates,
} from "../../../services/ledger-service/src/ledger/corrections/propose-correction.ts";
import { undoCorrection } from "../../../services/ledger-service/src/ledger/corrections/undo-correction.ts";
import { followRules } from "../../../services/ledger-service/src/ledger/follow-rules.ts";
import { numberPostings } from "../../../services/ledger-service/src/ledger/number-postings.ts";
import { signCheckpoint } from "../../../services/ledger-service/src/ledger/sign-checkpoint.ts";
import { createRuleSetReader } from "../../../services/ledger-service/src/requirement/create-rule-set-reader.ts";
import type { QueryContext } from "../../../services/query-api/src/query-context.ts";
import type { Knowledge } from "../../../services/query-api/src/requirement/knowledge.ts";
import { readKnowledge } from "../../../services/query-api/src/requirement/read-knowledge.ts";
import { answerCheck } from "../../../services/query-api/src/verdict/check.route.ts";
import { createReplay } from "../../../services/query-api/src/verdict/create-replay.ts";
import type { Replay } from "../../../services/query-api/src/verdict/replay.ts";
import type { Category, Declaration } from "../../oracle/index.ts";
import { closePulls } from "../close-pull.ts";
import { type LedgerWorld, openLedgerWorld } from "../ledger-world.ts";
import type { ChangedRules } from "./ledger-model.ts";

const ORIGIN = "ledger.example/xueshi";
const RULES_ACTIVATED_AT = new Date("2020-05-01T00:00:00Z");
/** No pull closes here, so every platform is complete until then. */
const COMPLETE_UNTIL = new Date("2100-01-01T00:00:00Z");
const PLATFORM_NAMES = ["quzhou-city", "zj-industry", "zj-natural-resources"];
const CHANGED_RULES = "quzhou-2020";

export type AuditedLedger = Awaited<ReturnType<typeof openAuditedLedger>>;

/** The whole product over one real database: what comes in, what operators decide, what is asked, and the upkeep. */
export async function openAuditedLedger() {
  const world = await openLedgerWorld();
  const upkeep = connect({ url: world.ownerUrl, connectionsMax: 2, applicationName: "properties-upkeep" });
  const rules = await activateRulebook(world.owner);
  const knownAtFirst = await readKnowledge(world.query, null);
  const asking = askVerbs(world, knownAtFirst);
  return {
    ...world,
    ...asking,
    ...correctionVerbs(world),
    ...upkeepVerbs(world, upkeep),
    recordKeyOf: (source: string, recordId: string) => recordKeyOf(sha256Hex, source, recordId),
    keepCatalogue: (listed: readonly Category[]) => listCategories(world, listed),
    /** Activates the city's rule set with other hours and another route; false: it says just that already. */
    activate: (changed: ChangedRules) => {
      const fullText = changedText(rules, changed);
      const row = { ruleSetId: CHANGED_RULES, activatedAtMs: world.clock(), fullText, activatedBy: "operator" };
      return activateRuleSet(world.owner, { ...row, digest: digestText(fullText) });
    },
    async reset(categories: readonly Category[]): Promise<void> {
      await world.reset(categories);
      await world.owner`DELETE FROM verdict.kept_verdict`;
      await world.owner`DELETE FROM requirement.activation WHERE activated_at > ${RULES_ACTIVATED_AT.toISOString()}`;
      await closePulls(world.owner, PLATFORM_NAMES, { completeUntil: COMPLETE_UNTIL, postedAt: RULES_ACTIVATED_AT });
      asking.forget();
      Object.assign(world.posting, { rules: createRuleSetReader(world.posting.sql, world.clock) });
    },
    async close(): Promise<void> {
      await upkeep.end({ timeout: 5 });
      await world.close();
    },
  };
}

/** Activates every rule file as it is published; gives the text of the one that changes later. */
async function activateRulebook(owner: Sql): Promise<string> {
  for (const { ruleSet, digest, text } of loadRulebook().files) {
    const activatedAtMs = RULES_ACTIVATED_AT.getTime();
    await activateRuleSet(owner, {
      ruleSetId: ruleSet.id,
      activatedAtMs,
      digest,
      fullText: text,
      activatedBy: "start",
    });
  }
  const published = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === CHANGED_RULES);
  if (published === undefined) throw new Error(`${CHANGED_RULES} is in the rulebook`);
  return published.text;
}

function changedText(published: string, { share: [times, by], route }: ChangedRules): string {
  const scaled = (_: string, before: string, hours: string) => `${before}${(Number(hours) * times) / by}`;
  const text = times === by ? published : published.replace(/^(\s+hours: )([0-9]+)$/gm, scaled);
  const routed =
    route === null
      ? text.replace(/^sources:.*?\n\n/ms, "sources: []\n\n")
      : text.replace(/^( {4}platform: )quzhou-city(\n {4}from: 2018-01-01)$/m, `$1${route}$2`);
  if (route !== "quzhou-city" && routed === text) throw new Error("the route of the training platform is in the rules");
  return routed === published ? published : routed.replace(/^version: .*$/m, `version: "${times}.${by}.${route}"`);
}

/** What a pull does with the list of categories that it fetched. */
async function listCategories(world: LedgerWorld, listed: readonly Category[]): Promise<void> {
  const { sql, clock, newId } = world.ingestion;
  const city = platformNamed("quzhou-city") as Platform;
  await failInterruptedPulls(sql, city.name, clock());
  await queuePull(sql, { pullId: newId(), platform: city.name, queuedAtMs: clock() });
  const pull = await takeQueuedPull(sql, city.name, clock());
  if (pull === null) throw new Error("the queued pull is taken");
  const fields = { codeField: "CategoryId", classField: "ClassTypeId" };
  const fetched = { entries: listed, catalogue: readCatalogue(fields, listed) };
  await keepCatalogue(world.ingestion, city, pull, fetched, new AbortController().signal);
  await failInterruptedPulls(sql, city.name, clock());
}

export interface Asked {
  /** 'yyyy-mm-dd'. */
  readonly asOf: string;
  /** Milliseconds since 1970 UTC; null: now. */
  readonly knownAtMs: number | null;
  readonly keep?: boolean;
}

export interface KeptPlace {
  readonly practitionerId: string;
  readonly verdictId: string;
}

function askVerbs(world: LedgerWorld, knownAtFirst: Knowledge) {
  const { ingestion, query, clock } = world;
  let knowledge = knownAtFirst;
  const renewed = async () => {
    knowledge = await readKnowledge(query, knowledge);
    return knowledge;
  };
  const watch = { current: () => knowledge, renewed, check: async () => {}, stop: async () => {} };
  const accessLog = { note: async () => {} } as unknown as QueryContext["accessLog"];
  const context: QueryContext = {
    sql: query,
    vault: ingestion.vault,
    knowledge: watch,
    accessLog,
    replay: createReplay(query, ingestion.vault),
    newId: ingestion.newId,
  };
  const schema = checkRequestSchema(VOCABULARY);
  return {
    forget: () => {
      knowledge = knownAtFirst;
    },
    /** The answer to a declaration as it is sent, at both clocks; `keep`: it is kept, and has an id. */
    async check(declared: Declaration, { asOf, knownAtMs, keep = false }: Asked): Promise<VerdictResponse> {
      await renewed();
      const knownAt = knownAtMs === null ? {} : { knownAt: new Date(knownAtMs).toISOString() };
      const request = schema.parse({ ...declared, asOf, ...knownAt, keep });
      const answer = await answerCheck(context, request, callAt(clock()), "check");
      if ("jsonText" in answer) return JSON.parse(answer.jsonText);
      if ("json" in answer) return answer.json as VerdictResponse;
      throw new Error("a check is answered as JSON");
    },
    /** Decides verdicts that are kept again, each at its cut. */
    async replay(verdicts: readonly KeptPlace[]): Promise<Replay[]> {
      const rows = await Promise.all(
        verdicts.map(({ practitionerId, verdictId }) => readKeptVerdict(query, practitionerId, verdictId)),
      );
      return context.replay(rows.filter((row) => row !== null));
    },
  };
}

/** A call with what a check reads of it. */
function callAt(receivedAtMs: number): AuthenticatedCall {
  const call: Omit<AuthenticatedCall, "events"> = {
    ...{ requestId: "request", language: "en", receivedAtMs, idempotencyKey: null },
    signal: new AbortController().signal,
    principal: { keyId: "00000000-0000-0000-0000-000000000001", kind: "declaration-system", name: "asker", scopes: [] },
  };
  return call as AuthenticatedCall;
}

export interface CorrectionAsked {
  readonly kind: CorrectionKind;
  readonly records: readonly { readonly source: string; readonly recordId: string }[];
  /** Null: the kind takes the records back. */
  readonly changes: NonNullable<CorrectionRequest["changes"]> | null;
}

function correctionVerbs(world: LedgerWorld) {
  const context = () => ({
    ...world.posting,
    fourEyes: new Set(["fraud_revocation", "distinct_achievements"] as const),
  });
  const asking = () =>
    ({ holder: "alice", receivedAtMs: world.clock(), idempotencyKey: null, language: "en" }) as const;
  const said = { reason: "looked at it", document: "letter 5" };
  return {
    /** Proposes a correction of one holder, for another one to apply. */
    async propose({ kind, records, changes }: CorrectionAsked): Promise<string> {
      const recordKeys = records.map(({ source, recordId }) => recordKeyOf(sha256Hex, source, recordId));
      const request = { kind, recordKeys, ...said, ...(changes === null ? {} : { changes }) };
      return (await proposeCorrection(context(), { request, ...asking() })).correctionId;
    },
    /** Proposes to say of records of one person whether they are one achievement. */
    async proposeDuplicates(kind: "same" | "distinct", records: CorrectionAsked["records"]): Promise<string> {
      const recordKeys = records.map(({ source, recordId }) => recordKeyOf(sha256Hex, source, recordId));
      const named = kind === "same" ? ("same_achievement" as const) : ("distinct_achievements" as const);
      const request = { kind: named, recordSets: [recordKeys], ...said };
      return (await proposeDuplicates(context(), { request, ...asking() })).correctionId;
    },
    apply: (correctionId: string, holder: string, of: CorrectionSubject) =>
      applyCorrection(context(), { correctionId, of, holder }),
    undo: (correctionId: string, holder: string, of: CorrectionSubject) =>
      undoCorrection(context(), { correctionId, of, holder, reason: "it was right" }),
  };
}

function upkeepVerbs(world: LedgerWorld, sql: Sql) {
  const { clock, posting } = world;
  const signer = createNoteSigner(ORIGIN, Buffer.alloc(32, 7));
  const numbering = { sql: posting.sql, clock, treeHash: sha256TreeHash };
  return {
    verifierKey: signer.verifierKey,
    number: () => numberPostings(numbering),
    /** One step of letting what was posted follow the rules; false: nothing is left to be done. */
    follow: async () => (await followRules(posting, { peoplePerStep: 2 })) === "step",
    sign: () => signCheckpoint({ ...numbering, chance: posting.chance, origin: ORIGIN, signer }),
    rebuild: () =>
      rebuildDatabase({
        sql,
        limit: 10,
        isDryRun: false,
        isFresh: false,
        progress: () => undefined,
        peoplePerBatch: 2,
      }),
    verify: () =>
      verifyDatabase({
        databaseUrl: world.ownerUrl,
        limit: 10,
        threads: null,
        entriesPerTask: 20,
        progress: () => undefined,
      }),
  };
}
