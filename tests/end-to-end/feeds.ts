import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateFeeds, writeFeeds } from "../oracle/generate-feeds.ts";
import {
  type Answer,
  answerer,
  type Declaration,
  loadFeeds,
  readJsonLines,
  type Settled,
  type Summary,
  settle,
  summary,
} from "../oracle/index.ts";

export const PUBLIC_FEEDS = join(import.meta.dirname, "../feeds/public");

export type IdentifiedAnswer = Answer & { readonly id: string };

/** A feeds directory and what the rules make of it. */
export interface ExpectedFeeds {
  readonly dir: string;
  readonly answers: readonly IdentifiedAnswer[];
  readonly summary: Summary;
  /** Where every record ends. */
  readonly records: Settled;
  readonly declarations: readonly (Declaration & { readonly id: string })[];
}

/** The public data set with the answers that came with it. */
export function publicFeeds(): ExpectedFeeds {
  return {
    dir: PUBLIC_FEEDS,
    answers: readJsonLines<IdentifiedAnswer>(join(PUBLIC_FEEDS, "expected.jsonl")),
    summary: JSON.parse(readFileSync(join(PUBLIC_FEEDS, "expected-summary.json"), "utf8")),
    records: settle(loadFeeds(PUBLIC_FEEDS)),
    declarations: readJsonLines(join(PUBLIC_FEEDS, "declarations.jsonl")),
  };
}

/** Writes a data set with dirt of every class; the oracle, which shares no code with the product, says what is right. */
export function generatedFeeds(
  dir: string,
  size: { readonly seed: number; readonly people: number; readonly recordsPerPerson: number },
): ExpectedFeeds {
  const { feeds, declarations } = generateFeeds(size);
  writeFeeds(dir, feeds, declarations);
  const answerTo = answerer(feeds);
  return {
    dir,
    answers: declarations.map((declaration) => ({ id: declaration.id, ...answerTo(declaration) })),
    summary: summary(feeds),
    records: settle(feeds),
    declarations,
  };
}

/** What the product wrote as answers, in the form of the expected ones. */
export function readAnswers(file: string): IdentifiedAnswer[] {
  return readJsonLines<Record<string, unknown>>(file).map((line) => shortAnswer(line as unknown as FullAnswer));
}

/** An answer of the query API, as far as the expected ones go. */
export interface FullAnswer {
  readonly id: string;
  readonly verdict: Answer["verdict"];
  readonly reasons: readonly { readonly code: string }[];
  readonly requirements: readonly { readonly id: string; readonly gap: number }[];
}

export function shortAnswer({ id, verdict, reasons, requirements }: FullAnswer): IdentifiedAnswer {
  const gaps = Object.fromEntries(requirements.map((requirement) => [requirement.id, requirement.gap]));
  const reason = verdict === "unknown" ? ((reasons[0]?.code ?? "none given") as Answer["reason"]) : null;
  return { id, verdict, reason, gaps };
}

export function readSummary(file: string): Summary {
  return JSON.parse(readFileSync(file, "utf8")) as Summary;
}
