import { expect, it } from "vitest";
import { classifyFailure, isConnectionLost, LookedTooEarly, MayHaveCommitted, SQLSTATES } from "./failures.ts";

const failure = (code: string) => Object.assign(new Error("failed"), { code });
const classOf = (code: string) => classifyFailure(failure(code));

it("has a row for every failure after which something may be done", () => {
  const rows = Object.entries(SQLSTATES);
  expect(rows.map(([code]) => [code, classOf(code)])).toEqual(rows.map(([code, { kind }]) => [code, kind]));
  expect(new Set(rows.map(([, { kind }]) => kind))).toEqual(
    new Set(["again_at_once", "again_later", "may_have_committed"]),
  );
});

it.each([
  ["08P01", "again_later", true],
  ["53999", "again_later", false],
  ["57P04", "again_later", false],
  ["CONNECTION_CLOSED", "again_later", true],
  ["CONNECT_TIMEOUT", "again_later", true],
  ["EPIPE", "again_later", true],
  ["40P01", "again_at_once", false],
  ["40003", "may_have_committed", true],
  ["57P01", "again_later", true],
  ["57014", "again_later", false],
  ["42P01", "never", false],
  ["23505", "never", false],
  ["22P02", "never", false],
  ["25P02", "never", false],
  ["XX000", "never", false],
  ["53", "never", false],
  ["ERR_INVALID_ARG_TYPE", "never", false],
  ["toString", "never", false],
])("%s: %s", (code, kind, isLost) => {
  expect([classOf(code), isConnectionLost(failure(code))]).toEqual([kind, isLost]);
});

it("knows its own errors, and nothing of others", () => {
  expect(classifyFailure(new LookedTooEarly("people are not locked"))).toBe("again_at_once");
  const doubt = new MayHaveCommitted(failure("ECONNRESET"));
  expect([classifyFailure(doubt), isConnectionLost(doubt)]).toEqual(["may_have_committed", true]);
  expect([new Error("plain"), "text", null, { code: "40001" }].map(classifyFailure)).toEqual(Array(4).fill("never"));
});
