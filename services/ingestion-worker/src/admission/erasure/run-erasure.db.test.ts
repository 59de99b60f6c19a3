import { type ClassifiedTable, columnsOfKind, PERSONAL_DATA, writeUpload } from "@xueshi/database";
import { createVault, sha256Hex, type Vault } from "@xueshi/vault";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cityRow, smallCity } from "../../acquisition/testing/city-listing.ts";
import { startCityServer } from "../../acquisition/testing/city-server.ts";
import { openRawRows } from "../quarantine/open-raw-rows.ts";
import { type Json, openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";
import { runUpload } from "../upload/run-upload.ts";
import { readErasedPeople } from "./erased-people.ts";
import { runErasure } from "./run-erasure.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const { zhang, deng } = PEOPLE;
const SAID = { reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" };
const byId = ({ idType, idNumber }: { readonly idType: string; readonly idNumber: string }) => ({ idType, idNumber });
const idOf = ({ idNumber }: { readonly idNumber: string }) => world.context.vault.practitionerIdOf(idNumber as never);
const NEVER = new AbortController().signal;
const NAMED = new RegExp(`${zhang.idNumber}|${zhang.name}`);

const propose = (practitioner: Json = byId(zhang), more: Json = {}) =>
  world.call("POST", "/v1/erasures", { practitioner, ...SAID, ...more });
const apply = (erasureId: unknown, practitioner: Json = byId(zhang)) =>
  world.call("POST", `/v1/erasures/${erasureId}/apply`, { practitioner });
const read = async (erasureId: unknown) => (await world.call("GET", `/v1/erasures/${erasureId}`)).json;

/** Proposes and applies; what is left is still to be cleared. */
async function begin(practitioner: Json = byId(zhang)): Promise<string> {
  const { json } = await propose(practitioner);
  expect((await apply(json.erasureId, practitioner)).status).toBe(202);
  return json.erasureId as string;
}

const run = (erasureId: string, signal = NEVER, context = world.context) =>
  runErasure(context, erasureId, signal, { pagesAtOnce: 1 });

/** All that the database holds, as text: every column, and every page and file opened. */
async function everything(): Promise<string> {
  const texts: string[] = [];
  const tables = await world.owner<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  for (const { name } of tables) {
    const rows = await world.owner.unsafe<{ text: string }[]>(
      `SELECT row_to_json(line)::text AS text FROM ${name} AS line`,
    );
    texts.push(...rows.map(({ text }) => text));
  }
  for (const table of ["acquisition.raw_page", "acquisition.upload_part"]) {
    const rows = await world.owner.unsafe<{ wrappedKey: Buffer; sealed: Buffer }[]>(
      `SELECT wrapped_key AS "wrappedKey", sealed FROM ${table}`,
    );
    texts.push(...rows.map((row) => world.context.vault.openPage(row).toString("utf8")));
  }
  const people = await world.owner<{ wrappedKey: Buffer; sealed: Buffer }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity WHERE octet_length(sealed) > 0`;
  texts.push(...people.map((row) => JSON.stringify(world.context.vault.openPerson(row))));
  return texts.join("\n");
}

async function keptRows(): Promise<unknown[]> {
  const rows = await world.owner<{ wrappedKey: Buffer; sealed: Buffer }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.raw_page ORDER BY batch_id`;
  return rows.flatMap((row) => [...openRawRows(world.context.vault.openPage(row), null)]);
}

/** A CSV as somebody uploads it. */
async function upload(people: readonly { readonly idNumber: string; readonly name: string }[]): Promise<string> {
  const head = "记录号,姓名,身份证号,培训项目,培训机构,学时,科目类别,结束日期";
  const lines = people.map(({ idNumber, name }, at) => `u-${at},${name},${idNumber},工程测量,学院,8,专业课,2020-03-02`);
  const bytes = Buffer.from([head, ...lines, ""].join("\n"));
  const uploadId = world.context.newId();
  await world.context.sql.begin((tx) =>
    writeUpload(tx, {
      ...{ uploadId, source: SOURCE, mediaType: "text/csv", bytes: bytes.length, sha256: sha256Hex(String(bytes)) },
      settings: { mode: "rows", charset: null, language: "en", unknownPeople: "accept" },
      ...{
        receivedAtMs: world.context.clock(),
        retainUntil: "2099-01-01",
        parts: [world.context.vault.sealPage(bytes)],
      },
    }),
  );
  return uploadId;
}

describe("erasing somebody", () => {
  it("leaves neither the id nor the name anywhere, and everything of others as it was", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng });
    await world.push({ recordId: "r-1", updateTime: "2020-03-09T08:00:00+08:00" }, { recordId: "r-3", hours: "八" });
    const uploadId = await upload([zhang, deng]);
    await runUpload(world.context, uploadId, NEVER);
    expect(await everything()).toMatch(NAMED);
    const before = await world.owner`SELECT * FROM admission.identity WHERE practitioner_id = ${idOf(deng)}`;
    expect(await run(await begin())).toBe("done");
    expect(await everything()).not.toMatch(NAMED);
    expect(await everything()).toMatch(deng.name);
    expect(await world.owner`SELECT * FROM admission.identity WHERE practitioner_id = ${idOf(deng)}`).toEqual(before);
    expect((await keptRows()).filter((row) => "practitioner" in (row as Json))).toHaveLength(2);
  });

  it("blanks every column that says who somebody is, or deletes its row", async () => {
    await world.push({ recordId: "r-1" });
    await world.push({ recordId: "r-2", practitioner: { ...zhang, name: "张纬" } });
    await world.noteHeld("r-2");
    const [held] = await world.list("kind=held");
    const accepted = { kind: "accept", reason: "looked at it" };
    expect((await world.call("POST", `/v1/quarantine/${held?.rowId}/decision`, accepted)).status).toBe(200);
    await run(await begin());
    const left: string[] = [];
    for (const table of Object.keys(PERSONAL_DATA) as ClassifiedTable[]) {
      for (const column of columnsOfKind(table, "destroyed")) {
        const rows = await world.owner.unsafe(
          `SELECT FROM ${table} WHERE practitioner_id = $1 AND coalesce(${column}::text, '') NOT IN ('', '\\x')`,
          [idOf(zhang)],
        );
        if (rows.length > 0) left.push(`${table}.${column}`);
      }
    }
    expect(left).toEqual([]);
    expect(await world.owner`SELECT FROM admission.version WHERE practitioner_id = ${idOf(zhang)}`).toHaveLength(2);
  });

  it("tells how much it was, and of whom it never does", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng });
    const proposed = (await propose()).json;
    expect(proposed).toMatchObject({
      ...{ state: "proposed", step: null, decidedBy: null, proposedBy: "operator-1", ...SAID },
      preview: { people: 1, records: 1, entries: 0, pages: 1, uploads: 0, named: [] },
    });
    const { erasureId } = proposed;
    expect((await apply(erasureId)).json).toMatchObject({ state: "running", step: "pages", decidedBy: "operator-1" });
    await run(erasureId as string);
    const done = await read(erasureId);
    expect(done).toMatchObject({
      ...{ state: "done", step: null },
      done: { pagesRead: 1, pagesRewritten: 1, pagesDestroyed: 0, rowsErased: 1, uploadsRead: 0, uploadsDestroyed: 0 },
    });
    expect(JSON.stringify([proposed, done])).not.toContain(idOf(zhang));
    const { erasures } = (await world.call("GET", "/v1/erasures")).json;
    expect(erasures).toEqual([done]);
  });

  it("tells beforehand where words that cannot be changed name the person", async () => {
    await world.push({ recordId: "r-1", hours: "八" }, { recordId: "r-2" });
    const [row] = await world.list("kind=refused");
    const said = { kind: "refuse", reason: `${zhang.name} says so` };
    await world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, said);
    expect((await propose()).json.preview).toMatchObject({ named: [{ table: "admission.row_decision", rows: 1 }] });
  });

  it("takes those who are merged into the person with it, and nobody who is merged into somebody else", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng });
    await world.call("POST", "/v1/identity/merges", { from: byId(deng), into: byId(zhang), reason: "one person" });
    expect(await propose(byId(deng))).toMatchObject({ status: 409, json: { code: "erasure_of_merged" } });
    await run(await begin());
    expect(await everything()).not.toMatch(NAMED);
    expect(await everything()).not.toMatch(deng.idNumber);
    const tombstones = await world.owner`SELECT practitioner_id AS id FROM admission.tombstone ORDER BY 1`;
    expect(tombstones.map(({ id }) => id).sort()).toEqual([idOf(zhang), idOf(deng)].sort());
  });

  it("is possible of somebody of whom only refused rows came", async () => {
    await world.push({ recordId: "r-1", hours: "八" });
    expect(await run(await begin())).toBe("done");
    expect(await everything()).not.toMatch(NAMED);
    expect(await world.push({ recordId: "r-1" })).toMatchObject([{ code: "erased" }]);
  });

  it("finds rows of the person's records whose id cannot be read, and others' rows that say the person's id", async () => {
    await world.push({ recordId: "r-1" });
    await world.push({ recordId: "r-1", practitioner: { ...zhang, idNumber: "３３０８９９" } });
    await world.push({ recordId: "r-2", practitioner: deng, title: `同 ${zhang.idNumber} 一起` });
    await run(await begin());
    const [first, second, third] = await keptRows();
    expect([first, second]).toEqual([{ erased: expect.any(String) }, { erased: expect.any(String) }]);
    expect(third).toEqual({ erased: expect.any(String), of: expect.any(String) });
  });

  it("destroys what it cannot take a row out of: a source's words about a withdrawn record, and what is no row", async () => {
    await world.push({ recordId: "r-1" });
    const { vault, newId } = world.context;
    const keep = async (raw: string, receipts: unknown[]) => {
      const { wrappedKey, sealed } = vault.sealPage(raw);
      const batchId = newId();
      await world.owner`
        INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys, practitioner_ids)
        VALUES (${batchId}, ${SOURCE}, 'push', now(), 1, '{}', ${world.owner.json(receipts as never)}, '{}', '{}')`;
      await world.owner`INSERT INTO acquisition.raw_page VALUES (${batchId}, ${wrappedKey as Buffer}, ${sealed as Buffer}, '2099-01-01')`;
    };
    await keep(JSON.stringify({ recordId: "r-1", reason: `${zhang.name} left` }), [["r-1", "superseded", null]]);
    await keep(JSON.stringify({ recordId: "r-9", reason: "somebody else left" }), [["r-9", "superseded", null]]);
    await keep(`no JSON ${zhang.idNumber}`, []);
    const erasureId = await begin();
    await run(erasureId);
    expect(await everything()).not.toMatch(NAMED);
    expect(await read(erasureId)).toMatchObject({ done: { pagesRead: 4, pagesRewritten: 1, pagesDestroyed: 2 } });
  });
});

describe("uploaded files", () => {
  beforeEach(() => world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng }));
  const states = async () => world.owner`SELECT state, reason FROM acquisition.upload ORDER BY upload_id`;
  const files = async () => (await world.owner`SELECT FROM acquisition.upload_part`).length;

  it("with the person are destroyed as a whole, those without stay", async () => {
    for (const people of [[zhang, deng], [deng]]) await runUpload(world.context, await upload(people), NEVER);
    await run(await begin());
    expect(await files()).toBe(1);
    expect(await states()).toEqual([
      { state: "stored", reason: null },
      { state: "stored", reason: null },
    ]);
  });

  it("that have not ended end with it", async () => {
    await upload([zhang]);
    await run(await begin());
    expect([await files(), await states()]).toEqual([0, [{ state: "failed", reason: "content_erased" }]]);
  });

  it("that are being stored are waited for", async () => {
    const uploadId = await upload([zhang]);
    const erasureId = await begin();
    const [lease] = await world.owner`SELECT pg_try_advisory_lock(730580, hashtext(${`upload ${uploadId}`})) AS held`;
    expect(lease).toEqual({ held: true });
    expect(await run(erasureId)).toBe("waiting");
    await world.owner`SELECT pg_advisory_unlock(730580, hashtext(${`upload ${uploadId}`}))`;
    expect(await run(erasureId)).toBe("done");
  });

  it("that come afterwards are told of the row, and their content is gone when they end", async () => {
    await run(await begin());
    const uploadId = await upload([zhang, deng]);
    await runUpload(world.context, uploadId, NEVER);
    const findings =
      await world.owner`SELECT row_number AS row, column_name AS column, code FROM acquisition.upload_finding`;
    expect(findings).toEqual([{ row: 2, column: "身份证号", code: "erased" }]);
    expect([await files(), await states()]).toEqual([0, [{ state: "stored", reason: null }]]);
    expect(await everything()).not.toMatch(NAMED);
  });
});

describe("uploaded files that come afterwards", () => {
  it("are gone with a row of the person that is wrong besides", async () => {
    await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng });
    await run(await begin());
    const uploadId = await upload([{ ...zhang, name: "" }, deng]);
    await runUpload(world.context, uploadId, NEVER);
    const findings =
      await world.owner`SELECT row_number AS row, column_name AS column, code FROM acquisition.upload_finding`;
    expect(findings).toEqual([{ row: 2, column: "身份证号", code: "erased" }]);
    expect(await world.owner`SELECT FROM acquisition.upload_part`).toHaveLength(0);
    expect(await everything()).not.toContain(zhang.idNumber);
  });

  it("have not ended while their content is there", async () => {
    await world.push({ recordId: "r-1" });
    await run(await begin());
    const uploadId = await upload([zhang, deng]);
    await world.owner.unsafe(`
      CREATE FUNCTION public.refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
      CREATE TRIGGER refuse_delete BEFORE DELETE ON acquisition.upload_part FOR EACH ROW EXECUTE FUNCTION public.refuse_delete()`);
    await expect(runUpload(world.context, uploadId, NEVER)).rejects.toThrow("killed");
    await world.owner.unsafe(
      "DROP TRIGGER refuse_delete ON acquisition.upload_part; DROP FUNCTION public.refuse_delete()",
    );
    expect(await world.owner`SELECT state FROM acquisition.upload`).toEqual([{ state: "storing" }]);
    await runUpload(world.context, uploadId, NEVER);
    expect(await world.owner`SELECT state FROM acquisition.upload`).toEqual([{ state: "stored" }]);
    expect(await everything()).not.toMatch(NAMED);
  });
});

it("a line that was kept as bytes because it is no text is known by the id in it", async () => {
  await world.push({ recordId: "r-1" });
  const { whose } = await readErasedPeople(world.context, [idOf(zhang)]);
  const line = ({ idNumber }: { readonly idNumber: string }) => {
    const bytes = Buffer.concat([Buffer.from([0xd5, 0xc5]), Buffer.from(`,${idNumber}`)]);
    return { practitionerId: null, recordKey: null, row: { base64: bytes.toString("base64") } };
  };
  expect([whose(line(zhang)), whose(line(deng))]).toEqual(["theirs", "others"]);
});

it("two people are erased at once from one page, and neither is left in it", async () => {
  await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng });
  const both = [await begin(), await begin(byId(deng))];
  // Whoever would destroy the page first is held until both wait: the one for this, the other for the one.
  await world.owner.unsafe(`
    CREATE FUNCTION public.hold_page() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN OLD; END $$;
    CREATE TRIGGER hold_page BEFORE DELETE ON acquisition.raw_page FOR EACH ROW EXECUTE FUNCTION public.hold_page()`);
  const held = await world.owner.reserve();
  await held`SELECT pg_advisory_lock(4711)`;
  const runs = Promise.all(both.map((erasureId) => run(erasureId)));
  await expect
    .poll(async () => {
      const waiting = await held`
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return waiting.length;
    })
    .toBe(2);
  await held`SELECT pg_advisory_unlock(4711)`;
  held.release();
  expect(await runs).toEqual(["done", "done"]);
  await world.owner.unsafe("DROP TRIGGER hold_page ON acquisition.raw_page; DROP FUNCTION public.hold_page()");
  expect(await everything()).not.toMatch(NAMED);
  expect(await everything()).not.toMatch(deng.idNumber);
});

/** Fails, or is told to stop, when it opens so many pages or files. */
function dyingAt(opened: number, how: "crash" | "stop"): { context: typeof world.context; signal: AbortSignal } {
  const stop = new AbortController();
  let count = 0;
  const vault: Vault = {
    ...world.context.vault,
    openPage(page) {
      count += 1;
      if (count === opened && how === "crash") throw new Error("killed");
      if (count === opened) stop.abort();
      return world.context.vault.openPage(page);
    },
  };
  return { context: { ...world.context, vault }, signal: stop.signal };
}

describe("an erasure that is cut off", () => {
  let erasureId: string;
  /** Three pages, then a file: the fourth thing that is opened. */
  beforeEach(async () => {
    for (const recordId of ["r-1", "r-2"])
      await world.push({ recordId }, { recordId: `${recordId}d`, practitioner: deng });
    await runUpload(world.context, await upload([zhang]), NEVER);
    erasureId = await begin();
  });
  const goesOn = async () => {
    expect(await everything()).toMatch(zhang.idNumber);
    expect(await run(erasureId)).toBe("done");
    expect(await everything()).not.toMatch(NAMED);
    expect(await read(erasureId)).toMatchObject({
      state: "done",
      done: { pagesRead: 3, pagesRewritten: 3, rowsErased: 3, uploadsRead: 1, uploadsDestroyed: 1 },
    });
  };
  const stepOf = async () => (await read(erasureId)).step;

  it("before the first page is gone on with from there", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await run(erasureId, stop.signal)).toBe("stopped");
    expect(await stepOf()).toBe("pages");
    await goesOn();
  });

  it("within a page has not half rewritten it, and goes on with that page", async () => {
    const { context, signal } = dyingAt(2, "crash");
    await expect(run(erasureId, signal, context)).rejects.toThrow("killed");
    expect(await read(erasureId)).toMatchObject({ step: "pages", done: { pagesRead: 1 } });
    await goesOn();
  });

  it("between the pages goes on with the next one", async () => {
    const { context, signal } = dyingAt(2, "stop");
    expect(await run(erasureId, signal, context)).toBe("stopped");
    expect(await read(erasureId)).toMatchObject({ step: "pages", done: { pagesRead: 2 } });
    await goesOn();
  });

  it("between the pages and the files goes on with the files", async () => {
    const { context, signal } = dyingAt(4, "crash");
    await expect(run(erasureId, signal, context)).rejects.toThrow("killed");
    expect(await read(erasureId)).toMatchObject({ step: "uploads", done: { pagesRead: 3, uploadsRead: 0 } });
    await goesOn();
  });

  it("between the files and the identity goes on with the identity, by which the rest was known", async () => {
    const refuse = world.owner.unsafe(`
      CREATE FUNCTION public.refuse_blanking() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
      CREATE TRIGGER refuse_blanking BEFORE UPDATE ON admission.identity FOR EACH ROW EXECUTE FUNCTION public.refuse_blanking()`);
    await refuse;
    await expect(run(erasureId)).rejects.toThrow("killed");
    await world.owner.unsafe(
      "DROP TRIGGER refuse_blanking ON admission.identity; DROP FUNCTION public.refuse_blanking()",
    );
    expect(await read(erasureId)).toMatchObject({ state: "running", step: "identity" });
    await goesOn();
  });

  it("after the identity is over: nothing is done twice", async () => {
    await run(erasureId);
    expect(await run(erasureId)).toBe("over");
  });

  it("is in one process' hands at a time", async () => {
    await world.owner`SELECT pg_advisory_lock(730580, hashtext(${`erasure ${erasureId}`}))`;
    expect(await run(erasureId)).toBe("busy");
    await world.owner`SELECT pg_advisory_unlock(730580, hashtext(${`erasure ${erasureId}`}))`;
    await goesOn();
  });
});

describe("who decides", () => {
  beforeEach(() => world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng }));

  it("is another one than proposed it, where two are needed", async () => {
    const { erasureId } = (await propose()).json;
    Object.assign(world.context, { needsSecondEraser: true });
    await world.reopen();
    const answer = await apply(erasureId);
    Object.assign(world.context, { needsSecondEraser: false });
    await world.reopen();
    expect([answer.status, answer.json.code]).toEqual([403, "second_holder_required"]);
    expect(await world.owner`SELECT FROM admission.tombstone`).toHaveLength(0);
  });

  it("names the person again, and nothing is done where it is another one", async () => {
    const { erasureId } = (await propose()).json;
    expect(await apply(erasureId, byId(deng))).toMatchObject({ status: 409, json: { code: "erasure_person_differs" } });
    expect(await world.owner`SELECT FROM admission.tombstone`).toHaveLength(0);
  });

  it("may give it up before it is applied, and not after", async () => {
    const [{ json: first }, { json: second }] = [await propose(), await propose()];
    const cancel = (erasureId: unknown) => world.call("POST", `/v1/erasures/${erasureId}/cancel`);
    expect((await cancel(first.erasureId)).json).toMatchObject({ state: "cancelled", decidedBy: "operator-1" });
    expect(await apply(first.erasureId)).toMatchObject({ status: 409, json: { code: "erasure_state_conflict" } });
    await apply(second.erasureId);
    expect(await cancel(second.erasureId)).toMatchObject({ status: 409, json: { code: "erasure_state_conflict" } });
  });

  it("is told that it is applied when the same holder applies it again", async () => {
    const erasureId = await begin();
    expect((await apply(erasureId)).status).toBe(202);
    expect(await world.owner`SELECT FROM acquisition.batch WHERE origin = 'decision'`).toHaveLength(1);
  });

  it("finds out that somebody was merged into the person meanwhile", async () => {
    const { erasureId } = (await propose()).json;
    await world.call("POST", "/v1/identity/merges", { from: byId(deng), into: byId(zhang), reason: "one person" });
    expect(await apply(erasureId)).toMatchObject({ status: 409, json: { code: "erasure_outdated" } });
  });

  it("proposes it of somebody who is known and was not erased before", async () => {
    expect(await propose(byId(PEOPLE.wang))).toMatchObject({ status: 404, json: { code: "person_not_known" } });
    await begin();
    expect(await propose()).toMatchObject({ status: 410, json: { code: "erased" } });
  });

  it("says why, by the law's own reasons, on which document, and what lets the entries stay", async () => {
    for (const wrong of [{ reason: "because" }, { document: "" }, { basis: "" }]) {
      expect(await propose(byId(zhang), wrong)).toMatchObject({ status: 422, json: { code: "validation_failed" } });
    }
  });
});

it("a proposal under an Idempotency-Key is made once, and another one under it is refused", async () => {
  await world.push({ recordId: "r-1" });
  const asked = { practitioner: byId(zhang), ...SAID };
  const keyed = (body: Json) => world.call("POST", "/v1/erasures", body, { "Idempotency-Key": "k-1" });
  const [first, again, other] = [
    await keyed(asked),
    await keyed(asked),
    await keyed({ ...asked, document: "letter 8" }),
  ];
  expect(again.json).toEqual(first.json);
  expect([other.status, other.json.code]).toEqual([422, "idempotency_key_reused"]);
});

it("a request without the scope is refused", async () => {
  const narrow = await openTestQuarantine(["quarantine:read", "quarantine:write", "corrections:write"]);
  const answers = [
    await narrow.call("POST", "/v1/erasures", { practitioner: byId(zhang), ...SAID }),
    await narrow.call("GET", "/v1/erasures"),
  ];
  await narrow.close();
  expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
    [403, "scope_missing"],
    [403, "scope_missing"],
  ]);
});

it("under other keys nothing is known of the person, so a copy of the database tells nobody", async () => {
  await world.push({ recordId: "r-1" });
  await run(await begin());
  const other = createVault({ indexKey: Buffer.alloc(32, 1), masterKey: Buffer.alloc(32, 2) });
  expect(await everything()).not.toContain(other.practitionerIdOf(zhang.idNumber as never));
});

it("pages of a platform are rewritten within the answers that they came in", async () => {
  const person = { IdCard: zhang.idNumber, RealName: zhang.name };
  const city = smallCity({ rowsPerPage: 3 }, { catalogue: null });
  const server = await startCityServer(city, [
    cityRow("A", 0),
    { ...cityRow("B", 1), ...person },
    cityRow("C", 2),
  ] as never);
  world.use([city.platform], server.url);
  await world.pull(city.platform);
  await run(await begin());
  expect(await everything()).not.toMatch(NAMED);
  const rows = await world.owner<{ wrappedKey: Buffer; sealed: Buffer }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.raw_page`;
  const kept = rows.flatMap((row) => [...openRawRows(world.context.vault.openPage(row), city.platform)]);
  expect(kept).toMatchObject([{ Id: "A" }, { erased: expect.any(String) }, { Id: "C" }]);
});
