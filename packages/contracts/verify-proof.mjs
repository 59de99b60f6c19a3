// Verifies, offline, what GET …/entries/{sequence}/proof and GET /v1/checkpoints/consistency answered; Node 20 or newer.
//   node verify-proof.mjs <verifier key> <answer.json>
// Exit code 0: the checkpoints are signed by the key and cover the entry, or the earlier checkpoint. 1: they do not.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leaf = (data) => sha256(Buffer.of(0), data);
const node = (left, right) => sha256(Buffer.of(1), left, right);
const [verifierKey, file] = process.argv.slice(2);
const answer = JSON.parse(readFileSync(file, "utf8"));
const path = answer.path.map((hash) => Buffer.from(hash, "base64"));
function ensure(isTrue, what) {
  if (isTrue) return;
  console.error(`wrong: ${what}`);
  process.exit(1);
}

// A signed note (C2SP signed-note) whose text is a checkpoint (C2SP tlog-checkpoint): origin, size, root.
function open({ note }) {
  const [name, , encoded] = verifierKey.split(/\+(?=[0-9a-f]{8}\+)|(?<=\+[0-9a-f]{8})\+/);
  const spki = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(encoded, "base64").subarray(1),
  ]);
  const [text, line] = note.split(`\n\n— ${name} `);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  ensure(verify(null, Buffer.from(`${text}\n`), key, Buffer.from(line ?? "", "base64").subarray(4)), "the signature");
  const [, size, root] = text.split("\n");
  return { size: Number(size), root: Buffer.from(root, "base64") };
}

// RFC 9162, 2.1.3.2 and 2.1.4.2: hashes from the leaf, or from the earlier tree, up to the roots.
function climb(index, last, hashes, proof) {
  for (const sibling of proof) {
    ensure(last > 0, "the proof is too long");
    const isRight = index % 2 === 1 || index === last;
    hashes = hashes.map((hash, at) => (isRight ? node(sibling, hash) : at === 0 ? node(hash, sibling) : hash));
    while (isRight && index % 2 === 0 && index > 0) [index, last] = [index / 2, Math.floor(last / 2)];
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  ensure(last === 0, "the proof is too short");
  return hashes;
}

if (answer.fields !== undefined) {
  const { size, root } = open(answer.checkpoint);
  const hash = sha256(Buffer.from(answer.previousHash, "hex"), sha256(Buffer.from(answer.fields)));
  ensure(hash.toString("hex") === answer.hash && answer.leafIndex < size, "the entry");
  ensure(climb(answer.leafIndex, size - 1, [leaf(hash)], path)[0].equals(root), "the proof");
} else {
  const [from, to] = [open(answer.from), open(answer.to)];
  let [index, last] = [from.size - 1, to.size - 1];
  while (index % 2 === 1) [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  const proof = index === 0 ? [from.root, ...path] : path;
  const trivial = from.size === 0 || from.size === to.size;
  const [later, earlier] = trivial ? [to.root, to.root] : climb(index, last, [proof[0], proof[0]], proof.slice(1));
  ensure(later.equals(to.root) && (from.size === 0 || earlier.equals(from.root)), "the proof");
}
console.log("verified");
