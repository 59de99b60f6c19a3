import { SCOPES } from "@xueshi/contracts";
import { classifyFailure } from "@xueshi/database";
import { recordKeyOf } from "@xueshi/domain";
import { createApp } from "@xueshi/http";
import { createSourceRegistry, definePushSource, PUSH_SOURCES } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import { addErasureRoutes } from "../erasure/erasure-routes.ts";
import { addMergeRoutes } from "../identity/merge-routes.ts";
import { pushRecords } from "../push-records.ts";
import { addQuarantineRoutes } from "../quarantine/quarantine-routes.ts";
import { createKnownPeople } from "../settle-identities.ts";
import { openTestIngestion } from "./test-ingestion.ts";

export const SOURCE = "demo-training";
/** The key of whoever calls. */
export const KEY_ID = "00000000-0000-7000-8000-00000000000a";
/** Fictional people: area code 330899 is assigned to no county. */
export const PEOPLE = {
  zhang: { idType: "resident-id", idNumber: "330899199001010036", name: "张伟" },
  deng: { idType: "resident-id", idNumber: "330899197312100005", name: "邓国刚" },
  wang: { idType: "resident-id", idNumber: "330899198003070011", name: "王芳" },
} as const;

export type Json = Readonly<Record<string, unknown>>;

/** Ingestion with the operations of the quarantine; what the ledger would say of held rows is written by the test. */
export async function openTestQuarantine(scopes: readonly (typeof SCOPES)[number][] = SCOPES) {
  const ingestion = await openTestIngestion();
  const { context, owner } = ingestion;
  const [training] = PUSH_SOURCES;
  if (training === undefined) throw new Error("there is a training platform");
  const strict = definePushSource({ ...training, plausibility: { more_hours_than_days_hold: "hold" } });
  Object.assign(context, { sources: createSourceRegistry([], [strict]) });
  const logged: string[] = [];
  const logger = {
    ...context.logger,
    info: (message: string, fields?: object) => void logged.push(JSON.stringify([message, fields])),
  };
  Object.assign(context, { logger });
  const appOf = () => {
    const app = createApp({
      title: { "zh-CN": "测试", en: "Test" },
      version: "0",
      logger: context.logger,
      clock: context.clock,
      ids: context.newId,
      classifyFailure,
      authenticate: () => ({ keyId: KEY_ID, kind: "operator", name: "operator-1", scopes }),
      accessLog: false,
    });
    addQuarantineRoutes(app, context);
    addMergeRoutes(app, context);
    addErasureRoutes(app, context);
    return app;
  };
  let app = appOf();
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Json = {},
  ): Promise<{ status: number; json: Json }> => {
    const plain = { "Content-Type": "application/json", Authorization: "Bearer any", "Accept-Language": "en" };
    const headers = { ...plain, ...more } as Record<string, string>;
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.fetch(new Request(`http://test${path}`, request));
    return { status: response.status, json: (await response.json()) as Json };
  };
  return {
    ...ingestion,
    call,
    /** Lets the operations read the context again. */
    async reopen(): Promise<void> {
      app = appOf();
    },
    logged,
    async push(...records: readonly Json[]) {
      ingestion.state.nowMs += 1_000;
      const full = records.map((record) => ({
        ...{
          practitioner: PEOPLE.zhang,
          title: "工程测量",
          hours: 8,
          subject: "professional",
          obtainedOn: "2020-03-02",
        },
        ...{ updateTime: "2020-03-03T08:00:00+08:00", ...record },
      }));
      const push = { source: SOURCE, records: full, receivedAtMs: context.clock(), language: "en", requestKey: null };
      const { response } = await pushRecords(context, push as never);
      return response.receipts;
    },
    /** What the ledger keeps of a held row, as far as a list of held rows looks at it. */
    async noteHeld(recordId: string): Promise<void> {
      await owner`
        INSERT INTO projection.record_state (practitioner_id, record_key, slot, source, state, achievement_key, sequence)
        VALUES (${context.newId()}, ${recordKeyOf(sha256Hex, SOURCE, recordId)}, 'held-x', ${SOURCE}, 'held', NULL, 1)`;
    },
    async list(query: string): Promise<Json[]> {
      const rows: Json[] = [];
      for (let cursor = ""; ; ) {
        const { status, json } = await call("GET", `/v1/quarantine?${query}${cursor}`);
        if (status !== 200) throw new Error(`The list was answered with ${status}: ${JSON.stringify(json)}`);
        rows.push(...(json.rows as Json[]));
        if (json.nextCursor === null) return rows;
        cursor = `&cursor=${json.nextCursor}`;
      }
    },
    async empty(): Promise<void> {
      const tables = ["admission.identity", "admission.version", "admission.refusal", "admission.row_decision"];
      const more = ["admission.name_alias", "admission.person_merge", "admission.finding", "acquisition.batch"];
      const erased = ["admission.erasure", "admission.tombstone"];
      const uploads = ["upload", "upload_part", "upload_finding", "upload_batch"].map((name) => `acquisition.${name}`);
      const all = [
        ...tables,
        ...more,
        ...erased,
        ...uploads,
        "admission.row_access",
        "acquisition.raw_page",
        "projection.record_state",
      ];
      const statements = all.map((table) => `DELETE FROM ${table};`).join("");
      await owner.unsafe(`SET session_replication_role = replica; ${statements} RESET session_replication_role`);
      Object.assign(context, { knownPeople: createKnownPeople() });
      logged.length = 0;
    },
  };
}
