import { expect, it } from "vitest";
import { readLanguage } from "./read-language.ts";

it.each([
  [undefined, "zh-CN"],
  ["", "zh-CN"],
  ["*", "zh-CN"],
  ["en", "en"],
  ["EN-us", "en"],
  ["zh", "zh-CN"],
  ["zh-TW, en;q=0.5", "zh-CN"],
  ["en;q=0.5, zh-CN;q=0.4", "en"],
  ["en;q=0.4, zh-CN;q=0.5", "zh-CN"],
  ["en, zh", "zh-CN"],
  ["fr, de;q=0.9", "zh-CN"],
  ["en;q=0", "zh-CN"],
  ["en;q=nonsense", "zh-CN"],
  ["zh;q=0, en", "en"],
  ["english", "zh-CN"],
  [`en,${"x,".repeat(500)}`, "zh-CN"],
])("%s is answered in %s", (header, language) => {
  expect(readLanguage(header)).toBe(language);
  expect(readLanguage(header)).toBe(language);
});
