import { expect, it } from "vitest";
import { checkpointOfNote, formatCheckpoint, headLeaf, parseCheckpoint } from "./checkpoint.ts";

const checkpoint = { origin: "ledger.example/xueshi", size: 3, root: "AAEC/+==", heads: 2, headsRoot: "BBBB" };
const text = "ledger.example/xueshi\n3\nAAEC/+==\nheads 2 BBBB\n";

it("is a checkpoint of a transparency log with the heads below it", () => {
  expect(formatCheckpoint(checkpoint)).toBe(text);
  expect(parseCheckpoint(text)).toEqual(checkpoint);
});

it.each([
  text.slice(0, -1),
  `${text}more\n`,
  text.replace("\n3\n", "\n03\n"),
  text.replace("\n3\n", "\n-3\n"),
  text.replace("heads", "head"),
  "",
])("is read from nothing else: %j", (other) => {
  expect(parseCheckpoint(other)).toBeNull();
});

it("is found in a signed note, before its last empty line", () => {
  expect(checkpointOfNote(`${text}\n— ledger.example/xueshi AAAA\n— witness BBBB\n`)).toEqual(checkpoint);
  expect(checkpointOfNote(`${text}\n— one AAAA\n\n— two BBBB\n`)).toBeNull();
  expect(checkpointOfNote(text)).toBeNull();
});

it("names a head by person, sequence and hash", () => {
  expect(headLeaf({ practitionerId: "p", sequence: 7, hash: "ab" })).toBe("p 7 ab");
});
