import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckpointsResponse, ConsistencyProofResponse, EntryProofResponse } from "@xueshi/contracts";
import { readRunHashes, readTiles, writeCheckpoint, writeFeed, writeOutbox, writeTiles } from "@xueshi/database";
import { appendLeaves, edgeOf, formatCheckpoint, hashRanges, tilesOfRanges } from "@xueshi/domain";
import { createNoteSigner, sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const ORIGIN = "ledger.example/xueshi";
const POSTING = "77777777-7777-7777-8777-777777777777";
const VERIFIER = join(import.meta.dirname, "../../../../packages/contracts/verify-proof.mjs");
const signer = createNoteSigner(ORIGIN, Buffer.alloc(32, 7));
const folder = mkdtempSync(join(tmpdir(), "xueshi-proofs-"));

let api: TestApi;
let size = 0;
const ids: string[] = [];
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  for (let nth = 0; nth < 7; nth += 1) {
    const records = Array.from({ length: nth }, (_, at) => posting({ id: `r${at}`, hours: 8 }));
    ids.push(await api.give(person(nth), records, NOW_MS - 5_000));
    await number(ids[nth] ?? "", nth + 1, nth);
    if (nth % 2 === 1) await sign();
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});

/** As the sequencer does. */
async function number(practitionerId: string, entryCount: number, turn: number): Promise<void> {
  const runs = [{ practitionerId, firstSequence: 1, entryCount }];
  await api.sql.begin(async (tx) => {
    const hashes = await readRunHashes(tx, runs);
    const hex = hashes.map((hash) => Buffer.from(hash).toString("hex"));
    await writeOutbox(tx, {
      turn,
      postingId: POSTING,
      runs: [{ practitionerId, firstSequence: 1, entryCount, hashes: hex }],
    });
    const leaves = hashes.map(sha256TreeHash.leaf);
    await writeTiles(tx, appendLeaves(await readTiles(tx, edgeOf(size)), size, leaves, sha256TreeHash));
    await writeFeed(tx, [{ turn, postingId: POSTING, position: size, size: entryCount }], NOW_MS);
  });
  size += entryCount;
}

async function sign(): Promise<void> {
  const ranges = [{ from: 0, until: size }];
  const [root] = hashRanges(ranges, await readTiles(api.sql, tilesOfRanges(ranges)), sha256TreeHash);
  const text = formatCheckpoint({
    ...{ origin: ORIGIN, size, root: Buffer.from(root ?? []).toString("base64") },
    ...{ heads: 0, headsRoot: Buffer.from(sha256TreeHash.empty).toString("base64") },
  });
  await writeCheckpoint(api.sql, { size, signedAtMs: NOW_MS, note: signer.sign(text) });
}

async function get<T>(path: string): Promise<{ status: number; json: T; code: string }> {
  const { status, json } = await api.send("GET", path);
  return { status, json: json as unknown as T, code: json.code };
}

/** What a stranger with Node and the public key sees, without any of our code. */
function verify(answer: object, verifierKey = signer.verifierKey): string {
  const file = join(folder, "answer.json");
  writeFileSync(file, JSON.stringify(answer));
  try {
    return execFileSync(process.execPath, [VERIFIER, verifierKey, file], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch (error) {
    return String((error as { stderr: unknown }).stderr).trim();
  }
}

const sizes = [3, 10, 21];

test("checkpoints are listed newest first, page by page", async () => {
  const first = await get<CheckpointsResponse>("/v1/checkpoints?limit=2");
  expect(first.json.checkpoints.map((one) => one.size)).toEqual([21, 10]);
  const next = await get<CheckpointsResponse>(`/v1/checkpoints?limit=2&cursor=${first.json.nextCursor}`);
  expect(next.json).toMatchObject({ checkpoints: [{ size: 3 }], nextCursor: null });
});

describe("the proof of an entry", () => {
  test("is verified by who has the public key and none of our code", async () => {
    for (const [nth, sequence] of [
      [0, 1],
      [3, 4],
      [5, 2],
    ] as const) {
      const { json } = await get<EntryProofResponse>(`/v1/practitioners/${ids[nth]}/entries/${sequence}/proof`);
      expect(json.checkpoint.size).toBe(21);
      expect(verify(json)).toBe("verified");
    }
  });

  test("shows nothing that is changed, nor what another key signed", async () => {
    const { json } = await get<EntryProofResponse>(`/v1/practitioners/${ids[3]}/entries/4/proof`);
    expect(JSON.parse(json.fields)).toContain(800);
    const other = createNoteSigner(ORIGIN, Buffer.alloc(32, 8)).verifierKey;
    expect(verify(json, other)).toBe("wrong: the signature");
    expect(verify({ ...json, fields: json.fields.replace("800", "900") })).toBe("wrong: the entry");
    expect(verify({ ...json, leafIndex: json.leafIndex + 1 })).toMatch(/^wrong: the proof/);
    expect(verify({ ...json, leafIndex: json.leafIndex + 32 })).toBe("wrong: the entry");
    expect(verify({ ...json, hash: json.previousHash })).toBe("wrong: the entry");
    expect(verify({ ...json, path: json.path.slice(1) })).toBe("wrong: the proof");
    expect(verify({ ...json, path: json.path.toReversed() })).toBe("wrong: the proof");
    const note = json.checkpoint.note.replace("\n21\n", "\n22\n");
    expect(verify({ ...json, checkpoint: { ...json.checkpoint, note } })).toBe("wrong: the signature");
    // The same key has signed a checkpoint of another ledger.
    const elsewhere = signer.sign(
      json.checkpoint.note.split("\n\n")[0]?.replace(ORIGIN, "other.example/log").concat("\n") ?? "",
    );
    expect(verify({ ...json, checkpoint: { ...json.checkpoint, note: elsewhere } })).toBe("wrong: the signature");
  });

  test("is verified where others have signed the checkpoint too, above or below", async () => {
    const { json } = await get<EntryProofResponse>(`/v1/practitioners/${ids[3]}/entries/4/proof`);
    const [text = "", signature = ""] = json.checkpoint.note.split("\n\n");
    const witness = createNoteSigner("witness.example", Buffer.alloc(32, 9)).sign(`${text}\n`).split("\n\n")[1] ?? "";
    for (const lines of [`${witness}${signature}`, `${signature}${witness}`]) {
      expect(verify({ ...json, checkpoint: { ...json.checkpoint, note: `${text}\n\n${lines}` } })).toBe("verified");
    }
    expect(verify({ ...json, checkpoint: { ...json.checkpoint, note: `${text}\n\n${witness}` } })).toBe(
      "wrong: the signature",
    );
  });

  test("is given for an earlier checkpoint, and not for one that does not cover it", async () => {
    const path = `/v1/practitioners/${ids[1]}/entries/2/proof`;
    expect(verify((await get<EntryProofResponse>(`${path}?size=3`)).json)).toBe("verified");
    expect(await get(`/v1/practitioners/${ids[3]}/entries/4/proof?size=3`)).toMatchObject({
      ...{ status: 409, code: "entry_not_covered" },
    });
    expect(await get(`/v1/practitioners/${ids[6]}/entries/1/proof`)).toMatchObject({ code: "entry_not_covered" });
    expect(await get(`${path}?size=4`)).toMatchObject({ status: 404, code: "checkpoint_not_found" });
    expect(await get(`/v1/practitioners/${ids[1]}/entries/9/proof`)).toMatchObject({ code: "entry_not_found" });
    expect(await get(`/v1/practitioners/${ids[1]}/entries/0/proof`)).toMatchObject({ status: 422 });
  });

  test("is a read of the person, which is noted", async () => {
    const before = await api.sql`SELECT 1 FROM verdict.access_log WHERE purpose = 'entry proof'`;
    await get(`/v1/practitioners/${ids[0]}/entries/1/proof`);
    expect(await api.sql`SELECT 1 FROM verdict.access_log WHERE purpose = 'entry proof'`).toHaveLength(
      before.length + 1,
    );
  });
});

test("every checkpoint is shown to begin with every earlier one, and with nothing else", async () => {
  for (const from of sizes) {
    for (const to of sizes.filter((later) => later >= from)) {
      const { json } = await get<ConsistencyProofResponse>(`/v1/checkpoints/consistency?from=${from}&to=${to}`);
      expect([from, to, verify(json)]).toEqual([from, to, "verified"]);
      if (from === to) continue;
      expect(verify({ ...json, path: json.path.toReversed() }) === "verified" && json.path.length > 1).toBe(false);
      expect(verify({ ...json, from: json.to, to: json.from })).not.toBe("verified");
    }
  }
  expect(await get("/v1/checkpoints/consistency?from=3&to=5")).toMatchObject({ code: "checkpoint_not_found" });
});

test("nothing is proven of an entry that was changed since the checkpoint, with its hash or without", async () => {
  const path = `/v1/practitioners/${ids[5]}/entries/3/proof`;
  expect(verify((await get<EntryProofResponse>(path)).json)).toBe("verified");
  const change = (what: string) =>
    api.sql.unsafe(`SET session_replication_role = replica;
      UPDATE ledger.entry SET ${what} WHERE practitioner_id = '${ids[5]}' AND sequence = 3;
      RESET session_replication_role`);
  await change("title = 'another'");
  expect(verify((await get<EntryProofResponse>(path)).json)).toBe("wrong: the entry");
  await change("hash = decode(repeat('ab', 32), 'hex')");
  expect(await get(path)).toMatchObject({ status: 500, code: "internal_error" });
});
