import type { Entry } from "@xueshi/domain";
import { describe, expect, it } from "vitest";
import { entriesResponseSchema } from "../schemas/person.ts";
import { problemSchema } from "../schemas/problem.ts";
import { receiptSchema } from "../schemas/receipt.ts";
import { formatInstant } from "./format-instant.ts";
import { presentEntry } from "./present-entry.ts";
import { presentProblem } from "./present-problem.ts";
import { presentReceipt } from "./present-receipt.ts";

describe("formatInstant", () => {
  it.each([
    [0, "1970-01-01T08:00:00.000+08:00"],
    [Date.UTC(2019, 11, 31, 16), "2020-01-01T00:00:00.000+08:00"],
    [Date.UTC(2020, 1, 29, 15, 59, 59, 7), "2020-02-29T23:59:59.007+08:00"],
  ])("%i is %s", (instantMs, text) => {
    expect(formatInstant(instantMs)).toBe(text);
    expect(Date.parse(text)).toBe(instantMs);
  });
});

describe("presentEntry", () => {
  const entry = {
    kind: "reversal",
    reverses: 3,
    recordKey: "6f0a4f8e-9a3b-5c1d-8e2f-0123456789ab",
    slot: "",
    source: "quzhou-city",
    recordId: "QZ-1",
    platform: "quzhou-city",
    state: "registered",
    code: null,
    hoursHundredths: -150,
    subject: "professional",
    attributedYear: 2020,
    obtainedOn: "2020-03-02",
    pathway: null,
    assessedOn: null,
    recognition: "as-registered",
    title: "机械制图",
    trace: "catalogue:103=3=professional",
    flags: "",
    sourceDigest: "c".repeat(64),
    updateTimeMs: 1,
    reason: "superseded",
    actor: "ledger-service",
    nameDigest: "d".repeat(64),
    practitionerId: "0f0a4f8e-9a3b-5c1d-8e2f-0123456789ab",
    sequence: 4,
    postingId: "p-1",
    recordedAtMs: Date.UTC(2020, 6, 31),
    hash: "e".repeat(64),
  } as unknown as Entry;

  it("shows what was posted, and keeps digests inside", () => {
    const json = presentEntry(entry);
    expect(json).toMatchObject({ sequence: 4, reverses: 3, hours: -1.5, year: 2020, flags: [] });
    expect(JSON.stringify(json)).not.toMatch(/c{64}|d{64}|practitionerId/);
    const cut = { sequence: 1, head: entry.hash };
    const clocks = { asOf: null, knownAt: json.recordedAt };
    const page = { practitionerId: entry.practitionerId, entries: [json], ...clocks, cut, nextCursor: null };
    expect(entriesResponseSchema.safeParse(page).error).toBeUndefined();
  });
});

describe("presentReceipt", () => {
  it.each([
    [{ index: 0, recordId: "r-1", outcome: "accepted", code: null } as const, null],
    [{ index: 1, recordId: "r-1", outcome: "refused", code: "hours_invalid" } as const, /^Hours must be/],
    [{ index: 2, recordId: null, outcome: "held", code: "identity_conflict" } as const, /another name/],
  ])("%o", (receipt, message) => {
    const json = presentReceipt(receipt, "en");
    expect(receiptSchema.safeParse(json).error).toBeUndefined();
    if (message === null) expect(json.message).toBeNull();
    else expect(json.message).toMatch(message);
    expect(json).not.toHaveProperty("errors");
  });

  it("lists the fields at fault where the shape is wrong", () => {
    const errors = [{ path: "title", code: "required", message: "必须提供。" }] as const;
    const json = presentReceipt(
      { index: 0, recordId: null, outcome: "refused", code: "record_invalid", errors },
      "zh-CN",
    );
    expect(json.errors).toEqual(errors);
    expect(receiptSchema.safeParse(json).error).toBeUndefined();
  });
});

describe("presentProblem", () => {
  it("is RFC 9457 with the code, the request and the place where the code is explained", () => {
    const problem = presentProblem("body_too_large", "en", "request-1");
    expect(problem).toEqual({
      type: "/docs#problem-body_too_large",
      title: "Body is too large",
      status: 413,
      detail: "The body is larger than this operation takes; please split it.",
      code: "body_too_large",
      requestId: "request-1",
    });
    expect(problemSchema.safeParse(problem).error).toBeUndefined();
  });
});
