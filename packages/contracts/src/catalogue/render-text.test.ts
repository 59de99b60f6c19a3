import { describe, expect, it } from "vitest";
import { renderText } from "./render-text.ts";

describe("renderText", () => {
  it.each([
    ["plain", {}, "plain"],
    ["at most {maximum}", { maximum: "5" }, "at most 5"],
    ["stale[: {platform}].", { platform: "quzhou-city" }, "stale: quzhou-city."],
    ["stale[: {platform}].", {}, "stale."],
    ["stale[: {platform}].", { platform: "" }, "stale."],
    ["[{a} and {b}]", { a: "1" }, ""],
    ["{missing}!", {}, "!"],
    ["{a}", { a: "{b}", b: "twice" }, "{b}"],
  ])("%s with %o is %s", (template, details, expected) => {
    expect(renderText(template, details as Record<string, string>)).toBe(expected);
  });
});
