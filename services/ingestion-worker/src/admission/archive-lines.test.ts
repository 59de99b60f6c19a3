import type { StreamedLine } from "@xueshi/contracts";
import { expect, test } from "vitest";
import { archiveLines, elementsOf } from "./archive-lines.ts";

const readable = (text: string, line = 1): StreamedLine => ({
  ...{ ok: true, line, value: JSON.parse(text), bytes: Buffer.from(text) },
});
const unreadable = (bytes: Buffer, line = 1): StreamedLine => ({ ok: false, line, bytes });

test("lines are kept byte for byte, and all of them together are JSON", () => {
  const lines = [readable('{"hours": 8.10}\r'), unreadable(Buffer.from("{ no 学时"))];
  expect(archiveLines(lines).toString()).toBe('[{"hours": 8.10}\r,\n"{ no 学时"]');
  expect(JSON.parse(archiveLines(lines).toString())).toEqual([{ hours: 8.1 }, "{ no 学时"]);
});

test("what is no text is kept too, and told apart from other bytes", () => {
  const odd = [Buffer.from([0xff, 0x7b]), Buffer.from([0xfe, 0x7b])];
  expect(elementsOf(odd.map((bytes) => unreadable(bytes)))).toEqual([
    { unreadable: { base64: "/3s=" } },
    { unreadable: { base64: "/ns=" } },
  ]);
  const [first, second] = odd.map((bytes) => archiveLines([unreadable(bytes)]).toString());
  expect(first).not.toBe(second);
});

test("nothing is an empty list", () => {
  expect(archiveLines([]).toString()).toBe("[]");
});
