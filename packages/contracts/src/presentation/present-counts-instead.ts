import { localDateAt } from "@xueshi/domain";
import type { Language } from "../language.ts";
import type { CountsInsteadResponse } from "../schemas/counts-instead.ts";
import { formatInstant } from "./format-instant.ts";

/** Which record counts in a duplicate's place, step by step; a record that must not be named has neither source nor id. */
export interface CountsInsteadToPresent {
  readonly counting: NamedRecord;
  /** From the duplicate to the one that counts. */
  readonly because: readonly {
    readonly record: NamedRecord;
    /** Null: the rule. */
    readonly decision: {
      readonly decisionId: string;
      readonly decidedAtMs: number;
      readonly reason: string;
      readonly document: string | null;
    } | null;
  }[];
}

export interface NamedRecord {
  readonly source: string | null;
  readonly recordId: string | null;
}

/** The same as JSON, each step in words. */
export function presentCountsInstead(
  { counting, because }: CountsInsteadToPresent,
  language: Language,
): CountsInsteadResponse {
  return {
    source: counting.source,
    recordId: counting.recordId,
    because: because.map(({ record, decision }) => ({
      by: decision === null ? ("rule" as const) : ("operator" as const),
      source: record.source,
      recordId: record.recordId,
      decisionId: decision?.decisionId ?? null,
      decidedAt: decision === null ? null : formatInstant(decision.decidedAtMs),
      document: decision?.document ?? null,
      message: decision === null ? ruled(record)[language] : decided(record, decision)[language],
    })),
  };
}

type Texts = Readonly<Record<Language, string>>;

function ruled(record: NamedRecord): Texts {
  const { zh, en } = named(record);
  return {
    "zh-CN": `与${zh}的标题、获得日期、科目与登记平台相同，按规则为同一成果。`,
    en: `By the rule it is the same achievement as ${en}: title, date, subject and platform of record are equal.`,
  };
}

function decided(
  record: NamedRecord,
  { decidedAtMs, document }: { readonly decidedAtMs: number; readonly document: string | null },
): Texts {
  const { zh, en } = named(record);
  const day = localDateAt(decidedAtMs);
  const [byZh, byEn] = document === null ? ["", ""] : [`，依据${document}`, `, by ${document}`];
  return {
    "zh-CN": `经办人于 ${day} 认定与${zh}为同一成果${byZh}。`,
    en: `An operator said on ${day} that it is the same achievement as ${en}${byEn}.`,
  };
}

function named({ source, recordId }: NamedRecord): { readonly zh: string; readonly en: string } {
  if (recordId === null) return { zh: "另一来源的记录", en: "a record of another source" };
  return { zh: `记录 ${recordId}（${source}）`, en: `record ${recordId} (${source})` };
}
