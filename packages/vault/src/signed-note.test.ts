import { describe, expect, it } from "vitest";
import { createNoteSigner, openNote } from "./signed-note.ts";

/** The example of golang.org/x/mod/sumdb/note, from which C2SP signed-note comes. */
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const signer = createNoteSigner("xueshi.example/ledger", Buffer.alloc(32, 7));
const text = "xueshi.example/ledger\n3\nAAAA\n";

describe("a signed note", () => {
  it("of another implementation is opened by its published key", () => {
    expect(openNote(`${TEXT}\n${SIGNATURE}`, PETER)).toBe(TEXT);
    expect(openNote(`${TEXT.replace("answer", "answers")}\n${SIGNATURE}`, PETER)).toBeNull();
  });

  it("is opened with the verifier key of its signer, beside signatures of others", () => {
    const note = signer.sign(text);
    expect(openNote(note, signer.verifierKey)).toBe(text);
    const other = createNoteSigner("witness", Buffer.alloc(32, 8))
      .sign(text)
      .slice(text.length + 1);
    expect(openNote(`${text}\n${other}${note.slice(text.length + 1)}`, signer.verifierKey)).toBe(text);
  });

  it("is not opened when anything of it, or of the key, is another", () => {
    const note = signer.sign(text);
    const another = createNoteSigner("xueshi.example/ledger", Buffer.alloc(32, 8));
    const damaged = [
      note.replace("\n3\n", "\n4\n"),
      note.replace("xueshi.example/ledger\n", "xueshi.example/ledgers\n"),
      note.slice(0, -1),
      note.replace("\n\n", "\n"),
      text,
      "",
    ];
    for (const one of damaged) expect(openNote(one, signer.verifierKey)).toBeNull();
    expect(openNote(note, another.verifierKey)).toBeNull();
    expect(openNote(note, signer.verifierKey.replace("+", "x+"))).toBeNull();
    expect(openNote(note, "no key")).toBeNull();
  });

  it("is only made of a whole text, a name and a whole key", () => {
    expect(() => signer.sign("no line break")).toThrow(RangeError);
    expect(() => signer.sign("a tab\there\n")).toThrow(RangeError);
    expect(() => createNoteSigner("name\u0001", Buffer.alloc(32))).toThrow(RangeError);
    expect(() => createNoteSigner("two words", Buffer.alloc(32))).toThrow(RangeError);
    expect(() => createNoteSigner("plus+plus", Buffer.alloc(32))).toThrow(RangeError);
    expect(() => createNoteSigner("name", Buffer.alloc(31))).toThrow(RangeError);
  });
});
