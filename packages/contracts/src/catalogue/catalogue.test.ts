import {
  CORRECTION_KINDS,
  DUPLICATE_DECISION_KINDS,
  FLAGS,
  LEDGER_FINDING_CODES,
  RECEIPT_OUTCOMES,
  RECORD_STATES,
  REFUSAL_CODES,
  REVOCATION_CODES,
  UNCOUNTED_CODES,
  VERDICT_REASONS,
} from "@xueshi/domain";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../language.ts";
import { CATALOGUE, catalogueAnchor, problemType } from "./catalogue.ts";
import { PROBLEMS } from "./problems.ts";

const entries = Object.entries(CATALOGUE).flatMap(([group, codes]) =>
  Object.entries(codes).map(([code, text]) => ({ group, code, text })),
);

describe("the catalogue of codes", () => {
  it.each([
    ["receipt", RECEIPT_OUTCOMES],
    ["refusal", REFUSAL_CODES],
    ["record", RECORD_STATES],
    ["uncounted", UNCOUNTED_CODES],
    ["flag", FLAGS],
    ["correction", CORRECTION_KINDS],
    ["duplicateDecision", DUPLICATE_DECISION_KINDS],
    ["revocation", REVOCATION_CODES],
    ["reason", VERDICT_REASONS],
    ["ledgerFinding", LEDGER_FINDING_CODES],
  ] as const)("explains every code of the core in group %s, and no other", (group, codes) => {
    expect(Object.keys(CATALOGUE[group]).sort()).toEqual([...codes].sort());
  });

  it.each(entries)("$group $code has a title and a message in every language", ({ text }) => {
    for (const language of LANGUAGES) {
      expect(text.title[language].trim()).not.toBe("");
      expect(text.message[language].trim()).not.toBe("");
    }
    expect(text.title["zh-CN"]).toMatch(/\p{Script=Han}/u);
    expect(text.message["zh-CN"]).toMatch(/\p{Script=Han}/u);
    expect(text.title.en).not.toMatch(/\p{Script=Han}/u);
    expect(text.message.en).not.toMatch(/\p{Script=Han}/u);
  });

  it("writes codes in snake_case and gives each its own anchor", () => {
    for (const { code } of entries) expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    const anchors = entries.map(({ group, code }) => catalogueAnchor(group as keyof typeof CATALOGUE, code));
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it("gives problems an error status and a type that points at their anchor", () => {
    for (const { status } of Object.values(PROBLEMS)) expect(status).toBeGreaterThanOrEqual(400);
    expect(problemType("body_too_large")).toBe("/docs#problem-body_too_large");
  });
});
