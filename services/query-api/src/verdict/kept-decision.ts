import {
  type Declaration,
  KINDS,
  LEVELS,
  type LocalDate,
  parseLocalDate,
  VERDICT_FORMAT,
  type Verdict,
} from "@xueshi/domain";
import { z } from "zod";
import { DECISION_FORMAT } from "./canonical-decision.ts";
import type { KnownInputs } from "./known-inputs.ts";

/** The question of a kept decision, and by what it was answered. */
export interface KeptDecision {
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  readonly knownAtMs: number;
  readonly declaredNameDigest: string | null;
  readonly cut: Verdict["cut"];
  /** Null in a decision from before these were kept. */
  readonly known: KnownInputs | null;
  /** The platforms of record. */
  readonly platforms: readonly string[];
  /** All of the decision, as JSON. */
  readonly whole: Readonly<Record<string, unknown>>;
}

const localDate = z.string().transform((text, context): LocalDate => {
  const date = parseLocalDate(text);
  if (date !== null) return date;
  context.addIssue("no date");
  return z.NEVER;
});

/** Only the shape is checked: which words a declaration may hold was decided when it was asked. */
const declaration = z.strictObject({
  place: z.string(),
  year: z.int(),
  kind: z.enum(KINDS),
  level: z.enum(LEVELS).nullable(),
  series: z.string(),
  education: z.string().nullable(),
  facts: z.record(z.string(), localDate).optional(),
  grants: z.array(z.strictObject({ code: z.string(), year: z.int(), document: z.string() })).optional(),
});

const known = z.strictObject({
  rules: z.array(z.strictObject({ ruleSetId: z.string(), activatedAtMs: z.int(), digest: z.string() })),
  marks: z.array(z.strictObject({ platform: z.string(), newestPullId: z.uuid(), completePullId: z.uuid().nullable() })),
});

const formats = z.object({ cut: z.object({ format: z.int() }), decisionFormat: z.int().optional() });

const question = z.object({
  declaration,
  asOf: localDate,
  knownAtMs: z.int(),
  declaredNameDigest: z.string().nullable(),
  cut: z.object({
    sequence: z.int().min(0),
    head: z.string(),
    ruleSetDigest: z.string().nullable(),
    format: z.int(),
  }),
  authority: z.object({ platforms: z.array(z.string()) }).nullable(),
  known: known.optional(),
});

/**
 * Reads a kept decision back. `format_unknown`: another version of this product made it; `decision_unreadable`: no version
 * did.
 */
export function readDecision(text: string): KeptDecision | "format_unknown" | "decision_unreadable" {
  const whole = parseObject(text);
  const format = formats.safeParse(whole);
  if (whole === null || !format.success) return "decision_unreadable";
  const { cut, decisionFormat = 0 } = format.data;
  if (cut.format !== VERDICT_FORMAT || decisionFormat > DECISION_FORMAT) return "format_unknown";
  const read = question.safeParse(whole);
  if (!read.success || (read.data.known === undefined) !== (decisionFormat === 0)) return "decision_unreadable";
  const { authority, known: recorded = null, ...asked } = read.data;
  const platforms = authority?.platforms ?? [];
  return { ...asked, declaration: asked.declaration as Declaration, known: recorded, platforms, whole };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
