import { describe, expect, it, test } from "vitest";
import { findSpelling, foldName } from "./name-variant.ts";
import { SIMPLIFIED } from "./simplified-characters.ts";
import { normaliseName } from "./text.ts";

describe("foldName", () => {
  it.each([
    ["張偉", "张伟"],
    ["鄭麗華", "郑丽华"],
    ["阿卜杜拉·买买提", "阿卜杜拉买买提"],
    ["阿卜杜拉•买买提", "阿卜杜拉买买提"],
    ["阿卜杜拉．买买提", "阿卜杜拉买买提"],
    ["古丽・巴哈尔", "古丽巴哈尔"],
    ["Ｊohn　Ｓmith", "JOHNSMITH"],
    ["O’Neil-Smith", "ONEILSMITH"],
  ])("%s and %s fold to the same", (left, right) => {
    expect(foldName(normaliseName(left))).toBe(foldName(normaliseName(right)));
  });

  it.each([
    ["张伟", "章伟"],
    ["王伟", "王伟伟"],
    ["李芳", "芳李"],
  ])("%s and %s do not", (left, right) => expect(foldName(left)).not.toBe(foldName(right)));

  it("leaves what is folded as it is", () => {
    for (const name of ["张伟", "阿卜杜拉·买买提", "John Smith", "於乾"].map(foldName))
      expect(foldName(name)).toBe(name);
  });
});

test("the table leads to simplified characters in one step", () => {
  expect(SIMPLIFIED.size).toBeGreaterThan(2_800);
  for (const [from, to] of SIMPLIFIED) {
    expect(from).not.toBe(to);
    expect(SIMPLIFIED.has(to), to).toBe(false);
  }
});

describe("findSpelling", () => {
  const find = (known: string, own: string) => findSpelling(known, (name) => name === own);
  it.each([
    ["张伟", "張偉", ["script"]],
    ["張偉", "张伟", ["script"]],
    ["阿卜杜拉·买买提", "阿卜杜拉买买提", ["separators"]],
    ["阿卜杜拉买买提", "阿卜杜拉•买买提", ["separators"]],
    ["阿卜杜拉·买买提", "阿卜杜拉•買買提", ["separators", "script"]],
    ["JohnSmith", "JOHNSMITH", ["case"]],
    ["JOHN-SMITH", "John-Smith", ["case"]],
  ])("tells %s from %s", (known, own, kinds) => expect(find(known, own)).toEqual({ name: own, kinds }));

  it("finds nothing for another name, within a bound", () => {
    let tried = 0;
    const never = () => {
      tried += 1;
      return false;
    };
    expect(findSpelling("发台里干系面钟复苏", never)).toBeNull();
    expect(tried).toBeLessThanOrEqual(4_096);
  });
});
