// C2SP checkpoints and RFC 9162 proofs, verified offline: node verify-proof.mjs <verifier key> <answer.json>
import { createHash, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const bytes = (base64 = "") => Buffer.from(base64, "base64");
const ensure = (isTrue, what) => isTrue || process.exit(console.error(`wrong: ${what}`) ?? 1);
const [, name, data] = process.argv[2].match(/^(.+?)\+[0-9a-f]{8}\+(.+)$/);
const key = { format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: bytes(data).toString("base64url", 1) } };
const answer = JSON.parse(readFileSync(process.argv[3], "utf8"));
function open({ note }) {
  const [, text, origin, size, root] = note.match(/^((.+)\n(0|[1-9]\d*)\n(.+)\n(?:.+\n)*)\n/);
  const isOurs = (line) => verify(null, Buffer.from(text), key, bytes(line.split("\n")[0]).subarray(4));
  ensure(origin === name && note.split(`\n— ${name} `).slice(1).some(isOurs), "the signature");
  return [BigInt(size), root];
}
function climb(index, last, hashes, path, roots) {
  for (const sibling of path.map(bytes)) {
    ensure(last > 0n, "the proof");
    const isRight = index % 2n === 1n || index === last;
    const node = (hash) => sha256(Buffer.of(1), ...(isRight ? [sibling, hash] : [hash, sibling]));
    hashes = hashes.map((hash, at) => (isRight || at === 0 ? node(hash) : hash));
    const step = isRight ? 2n * (index & -index) : 2n;
    [index, last] = [index / step, last / step];
  }
  ensure(last === 0n && hashes.every((hash, at) => hash.toString("base64") === roots[at]), "the proof");
}
const [size, root] = open(answer.checkpoint ?? answer.to);
if (answer.checkpoint) {
  const hash = sha256(Buffer.from(answer.previousHash, "hex"), sha256(Buffer.from(answer.fields)));
  ensure(hash.toString("hex") === answer.hash && answer.leafIndex >= 0 && answer.leafIndex < size, "the entry");
  climb(BigInt(answer.leafIndex), size - 1n, [sha256(Buffer.of(0), hash)], answer.path, [root]);
} else {
  const [from, earlierRoot] = open(answer.from);
  const step = from === size ? size : from & -from;
  const [first, ...others] = from === step ? [earlierRoot, ...answer.path] : answer.path;
  ensure(from > 0n ? from <= size : earlierRoot === sha256().toString("base64"), "the earlier checkpoint");
  if (from > 0n) climb(from / step - 1n, (size - 1n) / step, [first, first].map(bytes), others, [root, earlierRoot]);
}
console.log("verified");
