import { SCOPES } from "@xueshi/contracts";
import { classifyFailure, deleteReadmissionChanges, readExpiredReadmissions } from "@xueshi/database";
import { createApp } from "@xueshi/http";
import { createSourceRegistry, definePushSource, PUSH_SOURCES } from "@xueshi/platforms";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { IngestionContext } from "../../ingestion-context.ts";
import { sweep } from "../../sweep.ts";
import { type Json, openTestQuarantine, SOURCE } from "../testing/test-quarantine.ts";
import { addReadmissionRoutes } from "./readmission-routes.ts";
import { handleReadmitRows } from "./readmit-rows.job.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
let as: (scopes: readonly (typeof SCOPES)[number][]) => ReturnType<typeof createApp>;
let kept: Pick<IngestionContext, "sources" | "queue" | "vault">;
beforeAll(async () => {
  world = await openTestQuarantine();
  const { context } = world;
  kept = { ...context };
  as = (scopes) => {
    const app = createApp({
      ...{ title: { "zh-CN": "测试", en: "Test" }, version: "0", logger: context.logger, clock: context.clock },
      ...{ ids: context.newId, accessLog: false },
      classifyFailure,
      authenticate: () => ({ keyId: "k", kind: "operator", name: "operator-1", scopes }),
    });
    addReadmissionRoutes(app, context);
    return app;
  };
});
afterEach(async () => {
  const { sources, queue, vault } = kept;
  Object.assign(world.context, { sources, queue, vault });
  await world.empty();
  await world.owner`DELETE FROM admission.readmission`;
});
afterAll(() => world.close());

interface Called {
  readonly status: number;
  readonly json: Json & { readonly sums?: Json };
  readonly isReplayed: boolean;
}

async function call(method: string, path: string, body?: object, headers: object = {}): Promise<Called> {
  const response = await as(SCOPES).fetch(
    new Request(`http://test/v1/readmissions${path}`, {
      method,
      headers: { Authorization: "Bearer any", "Content-Type": "application/json", "Accept-Language": "en", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const isReplayed = response.headers.get("idempotency-replayed") === "true";
  return { status: response.status, json: (await response.json()) as Json, isReplayed };
}

const ask = (mode: "compare" | "apply", more: object = {}, headers: object = {}) =>
  call("POST", "", { source: SOURCE, mode, reason: "mended", ...more }, headers);
const never = new AbortController().signal;
const work = ({ json }: Called, attempt = 1) =>
  handleReadmitRows(world.context, { readmissionId: String(json.readmissionId) }, { attempt, signal: never });

/** The world's source holds hours that the days cannot hold; one that takes them with a flag is the mended one. */
function mend(): void {
  const [training] = PUSH_SOURCES;
  if (training === undefined) throw new Error("there is a training platform");
  Object.assign(world.context, { sources: createSourceRegistry([], [definePushSource(training)]) });
}

async function pushImplausible(...recordIds: string[]): Promise<void> {
  const day = { studiedFrom: "2020-03-02", studiedUntil: "2020-03-02" };
  await world.push(...recordIds.map((recordId) => ({ recordId, hours: 90, ...day })), { recordId: "r-plain" });
}

const flagsOf = async () => {
  const rows = await world.owner<{ flags: string }[]>`SELECT flags FROM admission.version ORDER BY record_id`;
  return rows.map(({ flags }) => flags);
};

describe("a re-admission", () => {
  it("is compared, looked at and applied, and then nothing is left to do", async () => {
    await pushImplausible("r-1", "r-2", "r-3");
    const before = await flagsOf();
    mend();
    const asked = await ask("compare");
    expect(asked).toMatchObject({ status: 202, json: { state: "queued", percent: 0, failure: null, endedAt: null } });
    await work(asked);
    const { readmissionId } = asked.json;
    const compared = await call("GET", `/${readmissionId}`);
    expect(compared.json).toMatchObject({
      ...{ state: "compared", percent: 100, actor: "operator-1", from: null },
      sums: { pages: 1, rows: 4, pagesUnreadable: 0, records: 3, changed: 3 },
    });
    expect(await flagsOf(), "a comparison changes nothing").toEqual(before);
    const listed: Json[] = [];
    for (let cursor = ""; ; ) {
      const { json } = await call("GET", `/${readmissionId}/changes?limit=2${cursor}`);
      listed.push(...(json.changes as Json[]));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    expect(listed.map(({ recordId }) => recordId).sort()).toEqual(["r-1", "r-2", "r-3"]);
    for (const { before: was, after } of listed) {
      expect(was).toMatchObject({ outcome: "admitted", hours: 90 });
      expect((was as Json).flags).not.toBe((after as Json).flags);
    }
    const applied = await ask("apply");
    await work(applied);
    expect((await call("GET", `/${applied.json.readmissionId}`)).json).toMatchObject({ state: "done", percent: 100 });
    expect(await flagsOf()).not.toEqual(before);
    const again = await ask("compare");
    await work(again);
    expect((await call("GET", `/${again.json.readmissionId}`)).json.sums).toEqual({
      ...{ pages: 1, rows: 4, pagesLeft: 0, pagesUnreadable: 0 },
    });
    const list = await call("GET", "?limit=2");
    expect((list.json.readmissions as Json[]).map(({ mode }) => mode)).toEqual(["compare", "apply"]);
    const rest = await call("GET", `?limit=2&cursor=${list.json.nextCursor}`);
    expect(rest.json).toMatchObject({ readmissions: [{ readmissionId }], nextCursor: null });
  });

  it("leaves alone what is not kept as it came any more, and what a source withdrew", async () => {
    await pushImplausible("r-1");
    await pushImplausible("r-2");
    await world.owner`DELETE FROM acquisition.raw_page WHERE batch_id =
      (SELECT batch_id FROM acquisition.batch ORDER BY received_at LIMIT 1)`;
    mend();
    await work(await ask("compare"));
    const applied = await ask("apply");
    await work(applied);
    const { changes } = (await call("GET", `/${applied.json.readmissionId}/changes`)).json;
    expect(changes).toMatchObject([{ recordId: "r-2" }]);
    expect((await call("GET", `/${applied.json.readmissionId}`)).json.sums).toMatchObject({ pages: 1, records: 1 });
  });

  it("may be of the days on which rows came", async () => {
    await pushImplausible("r-1");
    world.state.nowMs += 3 * 86_400_000;
    await pushImplausible("r-2");
    const [day] = await world.owner<{ day: string }[]>`
      SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day FROM acquisition.batch ORDER BY received_at DESC`;
    mend();
    const range = { from: day?.day };
    await work(await ask("compare", range));
    expect((await ask("apply")).json.code, "another range was not compared").toBe("readmission_not_compared");
    const applied = await ask("apply", range);
    await work(applied);
    const { changes } = (await call("GET", `/${applied.json.readmissionId}/changes`)).json;
    expect(changes).toMatchObject([{ recordId: "r-2" }]);
  });

  it("is refused where it cannot be, each time with its reason", async () => {
    expect(await ask("compare")).toMatchObject({ status: 409, json: { code: "rows_not_kept" } });
    await pushImplausible("r-1");
    mend();
    expect(await ask("apply")).toMatchObject({ status: 409, json: { code: "readmission_not_compared" } });
    const range = { from: "2026-11-02", until: "2026-11-01" };
    expect(await ask("compare", range)).toMatchObject({ status: 422, json: { errors: [{ path: "until" }] } });
    const unknown = world.context.newId();
    for (const [method, path] of [
      ["GET", `/${unknown}`],
      ["GET", `/${unknown}/changes`],
      ["DELETE", `/${unknown}`],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 404, json: { code: "readmission_not_found" } });
    }
    const asked = await ask("compare");
    expect(await ask("compare")).toMatchObject({ status: 409, json: { code: "readmission_in_progress" } });
    const cancelled = await call("DELETE", `/${asked.json.readmissionId}`);
    expect(cancelled).toMatchObject({ status: 200, json: { state: "failed", failure: { code: "cancelled" } } });
    const twice = await call("DELETE", `/${asked.json.readmissionId}`);
    expect(twice).toMatchObject({ status: 409, json: { code: "readmission_ended" } });
    await work(asked);
    expect((await call("GET", `/${asked.json.readmissionId}`)).json.failure).toMatchObject({ code: "cancelled" });
  });

  it("is for operators who may decide", async () => {
    const headers = { Authorization: "Bearer any", "Content-Type": "application/json" };
    const body = JSON.stringify({ source: SOURCE, mode: "compare", reason: "x" });
    const reads = SCOPES.filter((scope) => !scope.startsWith("quarantine"));
    const tries = [
      await as(reads).fetch(new Request("http://test/v1/readmissions", { headers })),
      await as([...reads, "quarantine:read"]).fetch(
        new Request("http://test/v1/readmissions", { method: "POST", headers, body }),
      ),
    ];
    expect(tries.map(({ status }) => status)).toEqual([403, 403]);
  });

  it("is asked for once under one Idempotency-Key", async () => {
    await pushImplausible("r-1");
    const once = { "Idempotency-Key": "key-1" };
    const first = await ask("compare", {}, once);
    await work(first);
    const again = await ask("compare", {}, once);
    expect(again).toMatchObject({ status: 202, isReplayed: true, json: { state: "compared" } });
    expect(again.json.readmissionId).toBe(first.json.readmissionId);
    expect(first.isReplayed).toBe(false);
    const other = await ask("compare", { reason: "another" }, once);
    expect(other).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
  });
});

describe("a re-admission that fails", () => {
  it("is tried again, then ends with a reason, and another one may follow", async () => {
    await pushImplausible("r-1");
    const openPage = () => {
      throw new TypeError("not what was expected");
    };
    Object.assign(world.context, { vault: { ...kept.vault, openPage } });
    const asked = await ask("compare");
    await expect(work(asked, 1)).rejects.toThrow("not what was expected");
    expect((await call("GET", `/${asked.json.readmissionId}`)).json).toMatchObject({ state: "running", failure: null });
    await work(asked, 5);
    const failed = await call("GET", `/${asked.json.readmissionId}`);
    expect(failed.json).toMatchObject({ state: "failed", failure: { code: "internal_error" } });
    expect(failed.json.percent).toBeLessThan(100);
    Object.assign(world.context, { vault: kept.vault });
    const next = await ask("compare");
    await work(next);
    expect((await call("GET", `/${next.json.readmissionId}`)).json.state).toBe("compared");
  });

  it("waits where only the moment was wrong", async () => {
    await pushImplausible("r-1");
    const openPage = () => {
      throw Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
    };
    Object.assign(world.context, { vault: { ...kept.vault, openPage } });
    const asked = await ask("compare");
    await expect(work(asked, 5)).rejects.toThrow("gone");
    expect((await call("GET", `/${asked.json.readmissionId}`)).json.state).toBe("running");
  });

  it("ends where the mapping is another one than it was asked by", async () => {
    await pushImplausible("r-1");
    const asked = await ask("compare");
    mend();
    await work(asked);
    const { json } = await call("GET", `/${asked.json.readmissionId}`);
    expect(json).toMatchObject({ state: "failed", failure: { code: "mapping_changed" } });
  });
});

it("a lost hint is put back", async () => {
  await pushImplausible("r-1");
  const asked = await ask("compare");
  const hints: unknown[] = [];
  const enqueue = async (...hint: unknown[]) => void hints.push(hint);
  Object.assign(world.context, { queue: { ...kept.queue, enqueue } });
  await sweep(world.context);
  const { readmissionId } = asked.json;
  expect(hints).toEqual([["readmit-rows", { readmissionId }, { dedupeKey: readmissionId }]]);
  await work(asked);
  hints.length = 0;
  await sweep(world.context);
  expect(hints).toEqual([]);
});

it("the list of what changed goes when its days are over, the re-admission stays", async () => {
  await pushImplausible("r-1", "r-2", "r-3");
  mend();
  const old = await ask("compare");
  await work(old);
  world.state.nowMs += 1_000;
  const young = await ask("apply");
  await work(young);
  const listed = async ({ json }: Called) => {
    const shown = (await call("GET", `/${json.readmissionId}`)).json;
    const { changes } = (await call("GET", `/${json.readmissionId}/changes`)).json;
    return { isKept: shown.changesKept, changed: shown.sums?.changed, rows: (changes as Json[]).length };
  };
  const kept = { isKept: true, changed: 3, rows: 3 };
  const ended = Date.parse(String((await call("GET", `/${old.json.readmissionId}`)).json.endedAt));
  world.state.nowMs = ended + world.context.readmissionListDays * 86_400_000;
  await sweep(world.context);
  expect([await listed(old), await listed(young)]).toEqual([kept, kept]);
  world.state.nowMs += 1;
  await sweep(world.context);
  expect([await listed(old), await listed(young)]).toEqual([{ ...kept, isKept: false, rows: 0 }, kept]);
  // By part, as of many rows; a record is never cut.
  const [sql, id] = [world.context.sql, String(young.json.readmissionId)];
  const left = [];
  for (let isGone = false; !isGone; left.push((await listed(young)).rows)) {
    isGone = await deleteReadmissionChanges(sql, id, 2);
  }
  expect(left).toEqual([1, 0]);
  expect(await readExpiredReadmissions(sql, Number.MAX_SAFE_INTEGER / 1_000, 10)).toEqual([]);
});
