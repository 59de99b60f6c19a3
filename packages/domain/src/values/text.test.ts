import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { compareText, normaliseName, normaliseText, normaliseTitle } from "./text.ts";

/** Any code points, half surrogates too: what a source may send as text. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 12 })
  .map((codePoints) => String.fromCodePoint(...codePoints));

const range = (from: number, until: number) => Array.from({ length: until - from + 1 }, (_, index) => from + index);

describe("normaliseTitle", () => {
  const title = "土地整治工程技术(12)2020";
  it.each([
    "土地整治工程技术（12）2020",
    " 土地 整治　工程技术(12) 2020\r\n",
    "《土地整治·工程技术》１２２０２０！",
    "“土地整治”—工程技术：【12】＋2020",
    "土\u200a地\u3000整\u00a0治工程技术12%2020",
  ])("takes %j for the same achievement", (other) => expect(normaliseTitle(other)).toBe(normaliseTitle(title)));

  it.each([
    "土地整治工程技术(1)2020",
    "土地整治工程技术(12)2021",
    "土地整治工程技术",
    "土地整理工程技术(12)2020",
    "土地整治工程技术(12)2020a",
  ])("takes %j for another one", (other) => expect(normaliseTitle(other)).not.toBe(normaliseTitle(title)));

  test("leaves no space, punctuation or symbol, keeps letters and digits", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = normaliseTitle(text);
        expect(once).not.toMatch(/[\s\p{P}\p{S}\p{Z}]/u);
        const kept = (value: string) => value.replace(/[^\p{L}\p{N}]/gu, "");
        expect(kept(once)).toBe(kept(text.normalize("NFKC")));
      }),
      { numRuns: 1_000 },
    );
  });

  const byRule = (text: string) => text.normalize("NFKC").replace(/[\s\p{P}\p{S}\p{Z}]+/gu, "");

  test("is what the rule says for every character, alone, between plain ones and beside any other", () => {
    const characters = range(0, 0xffff).map((code) => String.fromCharCode(code));
    const among = characters.flatMap((character) => [character, `学${character}a`, `${character}\u0301`]);
    expect(among.filter((text) => normaliseTitle(text) !== byRule(text))).toEqual([]);
    const plain = [..."学时Ａｚ９（）、a5-", ...characters.slice(0x3000, 0x3020)];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...plain), anyText), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (one) => {
        expect(normaliseTitle(one)).toBe(byRule(one));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("normaliseText", () => {
  it.each([
    ["abc", "abc"],
    ["", ""],
    [" a b ", "a b"],
    ["　全角Ａ１　", "全角A1"],
    ["ﬁ①", "fi1"],
    ["a\u0000b", "a\ufffdb"],
    ["a\ud800", "a\ufffd"],
    ["\udc00𠮷", "\ufffd𠮷"],
    ["a\tb\n", "a\tb"],
  ])("reads %j as %j", (text, expected) => expect(normaliseText(text)).toBe(expected));

  test("leaves every printable ASCII character and CJK unified ideograph as NFKC does, alone and beside any other", () => {
    const plain = [...range(0x21, 0x7e), ...range(0x4e00, 0x9fff)].map((code) => String.fromCharCode(code));
    expect(plain.filter((character) => normaliseText(character) !== character.normalize("NFKC"))).toEqual([]);
    const text = fc.array(fc.constantFrom(" ", ...plain), { maxLength: 12 }).map((characters) => characters.join(""));
    fc.assert(
      fc.property(text, fc.constantFrom("", "\u0301", "（", "\u3000"), (before, last) => {
        const sent = before + last;
        expect(normaliseText(sent)).toBe(sent.normalize("NFKC").trim());
        expect(normaliseName(sent)).toBe(sent.normalize("NFKC").replace(/\s+/gu, ""));
      }),
    );
  });

  test("is the same as NFKC and trim on plain text, and always something that UTF-8 can hold", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = normaliseText(text);
        expect(Buffer.from(read, "utf8").toString("utf8")).toBe(read);
        expect(read).not.toContain("\u0000");
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(normaliseText(text)).toBe(text.normalize("NFKC").trim());
      }),
    );
  });
});

test.each([
  ["王 伟", "王伟"],
  ["　王\t伟\n", "王伟"],
  ["ＷＡＮＧ", "WANG"],
  ["阿卜杜拉·买买提", "阿卜杜拉·买买提"],
])("the name %j reads %j", (name, expected) => expect(normaliseName(name)).toBe(expected));

describe("compareText", () => {
  test("orders by code point, as bytes of UTF-8 do", () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const [first, second] = [normaliseText(left), normaliseText(right)];
        expect(Math.sign(compareText(first, second))).toBe(Buffer.compare(Buffer.from(first), Buffer.from(second)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("puts a character beyond the BMP after all within it, where UTF-16 would not", () => {
    expect(compareText("𠮷", "￥")).toBe(1);
    expect(["𠮷", "￥"].sort()).toEqual(["𠮷", "￥"]);
    expect([compareText("a", "ab"), compareText("ab", "a"), compareText("a", "a")]).toEqual([-1, 1, 0]);
  });
});
