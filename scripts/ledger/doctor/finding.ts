import type { Text } from "@xueshi/contracts";

export type CheckName =
  | "migrations"
  | "roles"
  | "rights"
  | "guards"
  | "event_triggers"
  | "settings"
  | "keys"
  | "checkpoint"
  | "clock"
  | "upkeep"
  | "feed"
  | "postings"
  | "sizes";

/** What a check has found. `warning`: it is to be known; `fault`: something that should hold does not. */
export interface Finding {
  readonly check: CheckName;
  readonly state: "ok" | "warning" | "fault";
  /** Stable, for machines. */
  readonly code: string;
  readonly text: Text;
  /** One sentence that says what to do; null: nothing. */
  readonly todo: Text | null;
}

type Judge = (
  check: CheckName,
  code: string,
  texts: { zh: string; en: string },
  todo: { zh: string; en: string },
) => Finding;

const judged =
  (state: "warning" | "fault"): Judge =>
  (check, code, text, todo) => ({
    ...{ check, state, code },
    text: { "zh-CN": text.zh, en: text.en },
    todo: { "zh-CN": todo.zh, en: todo.en },
  });

export const warning = judged("warning");
export const fault = judged("fault");

export function ok(check: CheckName, text: { zh: string; en: string }): Finding {
  return { check, state: "ok", code: "ok", text: { "zh-CN": text.zh, en: text.en }, todo: null };
}

/** What was found, or, where that is nothing, that the check is well. */
export function orOk(findings: readonly Finding[], check: CheckName, text: { zh: string; en: string }): Finding[] {
  return findings.length === 0 ? [ok(check, text)] : [...findings];
}
