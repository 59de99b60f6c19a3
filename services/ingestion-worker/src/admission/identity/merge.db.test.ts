import { recordKeyOf } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBatchView } from "../read-batch-view.ts";
import { type Json, openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const byId = ({ idType, idNumber }: { readonly idType: string; readonly idNumber: string }) => ({ idType, idNumber });
const merge = (from: Json, into: Json) =>
  world.call("POST", "/v1/identity/merges", { from, into, reason: "one person", document: "a letter" });
const { zhang, deng, wang } = PEOPLE;
const everybody = () =>
  world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng }, { recordId: "r-3", practitioner: wang });

describe("merging two people", () => {
  it("names the records of the one and both people to the ledger, and can be taken back once", async () => {
    await everybody();
    const merged = await merge(byId(zhang), byId(deng));
    expect(merged.status).toBe(200);
    const { decisionId, from, into, batchId } = merged.json;
    expect(batchId).toBe(decisionId);
    const named = () => world.owner<{ people: string[]; records: number }[]>`
      SELECT practitioner_ids AS people, cardinality(record_keys) AS records FROM acquisition.batch
      WHERE origin = 'decision' ORDER BY batch_id`;
    expect(await named()).toEqual([{ people: [from, into], records: 1 }]);
    expect((await merge({ practitionerId: from }, { practitionerId: into })).json).toMatchObject({
      decisionId,
      batchId: null,
    });
    const undone = await world.call("DELETE", `/v1/identity/merges/${decisionId}`, { reason: "two" });
    expect(undone.json).toMatchObject({ from, into: null });
    expect(await named()).toHaveLength(2);
    const again = await world.call("DELETE", `/v1/identity/merges/${decisionId}?reason=two`);
    expect([again.status, again.json.code]).toEqual([409, "decision_conflict"]);
    const { merges } = (await world.call("GET", "/v1/identity/merges")).json;
    expect(merges).toMatchObject([
      { decisionId, into, inForce: false, document: "a letter" },
      { into: null, inForce: false, reason: "two", actor: "operator-1" },
    ]);
    expect((await merge(byId(zhang), byId(wang))).status).toBe(200);
  });

  it("makes no chains", async () => {
    await everybody();
    await merge(byId(zhang), byId(deng));
    const tries = [
      await merge(byId(zhang), byId(wang)),
      await merge(byId(wang), byId(zhang)),
      await merge(byId(deng), byId(wang)),
      await merge(byId(wang), byId(wang)),
      await merge(byId(deng), byId(zhang)),
    ];
    expect(tries.map(({ status, json }) => [status, json.code])).toEqual(tries.map(() => [409, "merge_not_possible"]));
    // Two may be merged into the same person.
    expect((await merge(byId(wang), byId(deng))).status).toBe(200);
  });

  it("is of people of whom something came", async () => {
    await world.push({ recordId: "r-1" });
    expect(await merge(byId(zhang), byId(deng))).toMatchObject({ status: 404, json: { code: "person_not_known" } });
    expect(await merge(byId(zhang), { idType: "passport", idNumber: "x" })).toMatchObject({
      status: 422,
      json: { code: "validation_failed" },
    });
  });
});

it("a batch says how records stand that are another person's by a merge or a correction", async () => {
  await world.push({ recordId: "r-1" }, { recordId: "r-2", hours: "八" }, { recordId: "r-3", practitioner: deng });
  await merge(byId(zhang), byId(deng));
  const [row] = await world.list("kind=refused");
  const correction = { hours: 8, idNumber: wang.idNumber, name: wang.name };
  const said = { kind: "correct", reason: "looked at it", document: "id card", correction };
  await world.call("POST", `/v1/quarantine/${row?.rowId}/decision`, said);
  // What the ledger keeps once it posted all of it.
  const stands = [
    { recordId: "r-1", owner: deng },
    { recordId: "r-2", owner: wang },
    { recordId: "r-3", owner: deng },
  ];
  for (const { recordId, owner } of stands) {
    const practitionerId = world.context.vault.practitionerIdOf(owner.idNumber as never);
    await world.owner`
      INSERT INTO projection.record_state (practitioner_id, record_key, slot, source, state, achievement_key, sequence)
      VALUES (${practitionerId}, ${recordKeyOf(sha256Hex, SOURCE, recordId)}, '', ${SOURCE}, 'registered', NULL, 1)`;
  }
  await world.owner`UPDATE acquisition.batch SET posted_at = now()`;
  const [batch] = await world.owner<
    { id: string }[]
  >`SELECT batch_id AS id FROM acquisition.batch WHERE origin = 'push'`;
  const view = await readBatchView(world.context, { batchId: batch?.id ?? "", source: SOURCE, from: 0, limit: 10 });
  expect(view?.records.map(({ recordId, state }) => [recordId, state])).toEqual(
    stands.map(({ recordId }) => [recordId, "registered"]),
  );
});

it("people are known by passports and cards too, each kind in its own form", async () => {
  const passport = { idType: "passport", idNumber: "e12345678", name: "John Smith" };
  expect(
    await world.push(
      { recordId: "r-1", practitioner: passport },
      { recordId: "r-2", practitioner: { ...passport, idNumber: "E12345678", name: "JOHN SMITH" } },
      { recordId: "r-3", practitioner: { ...passport, idNumber: "330899199001010036" } },
      { recordId: "r-4", practitioner: { ...passport, idType: "resident-id" } },
      {
        recordId: "r-5",
        practitioner: { ...passport, idType: "foreign-permanent-resident-card", idNumber: "USA330019850615" },
      },
    ),
  ).toMatchObject([
    { outcome: "accepted" },
    { outcome: "held", code: "identity_conflict" },
    { outcome: "refused", code: "id_invalid" },
    { outcome: "refused", code: "id_invalid" },
    { outcome: "accepted" },
  ]);
});

it("people whom the database forgot, as a copy that took its place does, are stored with their id and name again", async () => {
  await world.push({ recordId: "r-1" });
  await world.owner.unsafe(`
    SET session_replication_role = replica; DELETE FROM admission.identity; DELETE FROM admission.version;
    RESET session_replication_role`);
  await world.push({ recordId: "r-1" });
  const sealed = async () => {
    const [person] = await world.owner`SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity`;
    return world.context.vault.openPerson(person as never);
  };
  expect(await sealed()).toEqual({ id: zhang.idNumber, name: zhang.name });
  // One that was stored without them is mended by whatever row says the same name.
  await world.owner`UPDATE admission.identity SET wrapped_key = '', sealed = ''`;
  await world.push({ recordId: "r-2", updateTime: "2020-03-09T08:00:00+08:00" });
  expect(await sealed()).toEqual({ id: zhang.idNumber, name: zhang.name });
});
