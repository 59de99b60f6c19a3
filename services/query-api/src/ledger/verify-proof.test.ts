import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { consistencyRanges, formatCheckpoint, GrowingTree, inclusionRanges } from "@xueshi/domain";
import { createNoteSigner, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import { afterAll, expect, test } from "vitest";

const VERIFIER = join(import.meta.dirname, "../../../../packages/contracts/verify-proof.mjs");
const ORIGIN = "ledger.example/xueshi";
const SIZES = 17;
const signer = createNoteSigner(ORIGIN, Buffer.alloc(32, 7));
const folder = mkdtempSync(join(tmpdir(), "xueshi-verify-proof-"));
afterAll(() => rmSync(folder, { recursive: true }));

const previousHash = "00".repeat(32);
const entries = Array.from({ length: SIZES }, (_, at) => {
  const fields = JSON.stringify([1, at]);
  return { fields, previousHash, hash: sha256Suite.pair(previousHash, sha256Suite.text(fields)) };
});
const base64 = (hash: Uint8Array) => Buffer.from(hash).toString("base64");

/** The hash over some leaves, from nothing but the leaves. */
function rootOf(from: number, until: number): Uint8Array {
  const tree = new GrowingTree(sha256TreeHash);
  for (const { hash } of entries.slice(from, until)) tree.append(Buffer.from(hash, "hex"));
  return tree.root();
}
const hashOf = (range: { from: number; until: number }) => base64(rootOf(range.from, range.until));
const checkpoints = Array.from({ length: SIZES + 1 }, (_, size) => {
  const text = formatCheckpoint({ origin: ORIGIN, size, root: base64(rootOf(0, size)), heads: 0, headsRoot: "AAAA" });
  return { note: signer.sign(text) };
});

interface Case {
  readonly name: string;
  readonly answer: object;
  readonly isTrue: boolean;
}

/** One process runs the script for all answers: that of each is what it would print, or `wrong`. */
function verifyAll(cases: readonly Case[]): string[] {
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases.map(({ answer }) => answer)));
  const driver = `
    import { readFileSync, writeFileSync } from "node:fs";
    const said = [];
    console.log = (text) => said.push(text);
    console.error = () => {};
    process.exit = () => { throw new Error("wrong"); };
    process.argv[2] = ${JSON.stringify(signer.verifierKey)};
    for (const [nth, answer] of JSON.parse(readFileSync("cases.json", "utf8")).entries()) {
      process.argv[3] = "answer-" + nth + ".json";
      writeFileSync(process.argv[3], JSON.stringify(answer));
      await import(${JSON.stringify(pathToFileURL(VERIFIER).href)} + "?" + nth).catch(() => said.push("wrong"));
    }
    writeFileSync("said.json", JSON.stringify(said));`;
  writeFileSync(join(folder, "driver.mjs"), driver);
  execFileSync(process.execPath, ["driver.mjs"], { cwd: folder, stdio: "pipe" });
  return JSON.parse(readFileSync(join(folder, "said.json"), "utf8")) as string[];
}

function expectEach(cases: readonly Case[]): void {
  const said = verifyAll(cases);
  const expected = cases.map(({ name, isTrue }) => `${name}: ${isTrue ? "verified" : "wrong"}`);
  expect(cases.map(({ name }, at) => `${name}: ${said[at]}`)).toEqual(expected);
}

test("every leaf of every tree of up to 17 is shown to be at its place, and at no other", () => {
  const cases: Case[] = [];
  for (let size = 1; size <= SIZES; size += 1) {
    for (let at = 0; at < size; at += 1) {
      const path = inclusionRanges(at, size).map(hashOf);
      const answer = { ...entries[at], leafIndex: at, path, checkpoint: checkpoints[size] };
      cases.push({ name: `${at} of ${size}`, answer, isTrue: true });
      if (at !== size >> 1) continue;
      for (let other = -1; other <= size + 1; other += 1) {
        if (other === at) continue;
        cases.push({ name: `${at} of ${size} as ${other}`, answer: { ...answer, leafIndex: other }, isTrue: false });
      }
    }
  }
  expectEach(cases);
});

test("every tree of up to 17 is shown to begin with every smaller one, the empty one too, and not the other way", () => {
  const cases: Case[] = [];
  for (let to = 0; to <= SIZES; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const path = consistencyRanges(from, to).map(hashOf);
      const answer = { from: checkpoints[from], to: checkpoints[to], path };
      cases.push({ name: `${from} to ${to}`, answer, isTrue: true });
      const swapped = { from: answer.to, to: answer.from, path };
      if (from < to) cases.push({ name: `${to} to ${from}`, answer: swapped, isTrue: false });
      if (from < to && path.length > 0) {
        cases.push({ name: `${from} to ${to} cut`, answer: { ...answer, path: path.slice(1) }, isTrue: false });
      }
    }
  }
  expectEach(cases);
});

test("two checkpoints of one key that state one root for two sizes are not consistent", () => {
  const [, , two] = checkpoints;
  const root = base64(rootOf(0, 2));
  const four = { note: signer.sign(formatCheckpoint({ origin: ORIGIN, size: 4, root, heads: 0, headsRoot: "AAAA" })) };
  expectEach([
    { name: "4 to 2", answer: { from: four, to: two, path: [] }, isTrue: false },
    { name: "2 to 4", answer: { from: two, to: four, path: [] }, isTrue: false },
  ]);
});

test("the script is short enough to be read, and asks nobody but Node", () => {
  const lines = readFileSync(VERIFIER, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(lines.filter((line) => /\b(?:import|require)\b/.test(line))).toEqual([
    'import { createHash, verify } from "node:crypto";',
    'import { readFileSync } from "node:fs";',
  ]);
});
