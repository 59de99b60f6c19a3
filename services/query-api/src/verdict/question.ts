import type { CheckRequest, FieldError, Language } from "@xueshi/contracts";
import {
  type Declaration,
  decideVerdict,
  findMissingHours,
  type HypotheticalHours,
  type LocalDate,
  localDateAt,
  type MissingHours,
  normaliseName,
  type ProjectableEntry,
  projectPerson,
  type Verdict,
} from "@xueshi/domain";
import type { Vault } from "@xueshi/vault";
import { END_OF_CHAIN_MS } from "../access/answer-clocks.ts";
import { knownAtFault } from "../access/refuse-known-at.ts";
import type { Knowledge } from "../requirement/knowledge.ts";
import { refuseDeclaration } from "../requirement/refuse-declaration.ts";
import { freshnessAt } from "./freshness-at.ts";
import { type KnownInputs, knownInputs } from "./known-inputs.ts";

/** A check with nothing left open: whom and what it is about, and by both clocks as of when. */
export interface Question {
  /** The caller's own reference. */
  readonly reference: string | null;
  readonly practitionerId: string;
  /** Keyed digest of the name that was given, or null. */
  readonly declaredNameDigest: string | null;
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  readonly knownAtMs: number;
  /**
   * Entries are read until here: the known time that was asked for, or the end of the chain. Clocks of several machines
   * differ, and an entry that is committed must not be missed because its time lies a moment ahead.
   */
  readonly entriesUntilMs: number;
  readonly nowMs: number;
  readonly keep: boolean;
  readonly explain: boolean;
  readonly hypothetical: readonly HypotheticalHours[];
}

/** A question's verdict, and with `explain` the least hours that are missing (null: none). */
export interface Decided {
  readonly verdict: Verdict;
  readonly missing: MissingHours | null;
  /** By what it was decided, when it is to be kept. */
  readonly known: KnownInputs | null;
}

export type Asked =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Turns a request into a question: the person by blind index, `asOf` today in Asia/Shanghai and `knownAt` now. */
export function askQuestion(
  request: CheckRequest,
  vault: Vault,
  knowledge: Knowledge,
  call: { readonly receivedAtMs: number; readonly language: Language },
): Asked {
  const { declaration, practitioner } = request;
  const nowMs = call.receivedAtMs;
  const knownAtMs = request.knownAtMs ?? nowMs;
  const faults = [
    knownAtFault(knownAtMs, nowMs, call.language),
    refuseDeclaration(declaration, knownAtMs, knowledge, call.language),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) return { ok: false, errors: faults };
  const byId = practitioner.by === "practitioner-id";
  const practitionerId = byId ? practitioner.practitionerId : vault.practitionerIdOf(practitioner.personId);
  return {
    ok: true,
    question: {
      reference: request.id,
      practitionerId,
      declaredNameDigest: byId ? null : vault.nameDigestOf(practitionerId, normaliseName(practitioner.name)),
      declaration,
      asOf: request.asOf ?? localDateAt(nowMs),
      knownAtMs,
      entriesUntilMs: request.knownAtMs ?? END_OF_CHAIN_MS,
      nowMs,
      keep: request.keep,
      explain: request.explain,
      hypothetical: request.hypothetical,
    },
  };
}

/** What the access log says that a check was for, such as `check/quzhou/2020/review/economics`. */
export function purposeOf(operation: string, { place, year, kind, series }: Declaration): string {
  return `${operation}/${place}/${year}/${kind}/${series}`;
}

/** Decides a question from the person's entries until its known time, and from knowledge that is no newer than those. */
export function decideQuestion(
  question: Question,
  entries: readonly ProjectableEntry[],
  knowledge: Knowledge,
): Decided {
  const { declaration, asOf, knownAtMs, nowMs, declaredNameDigest, hypothetical } = question;
  const input = {
    declaration,
    asOf,
    knownAtMs,
    nowMs,
    declaredNameDigest,
    person: projectPerson(entries),
    freshness: freshnessAt(knowledge, knownAtMs),
    ruleSets: knowledge.ruleSets,
    hypothetical,
  };
  const verdict = decideVerdict(input);
  // An answer that shows nothing of the person shows nothing of what is missing, either.
  const looksForMissing = question.explain && verdict.requirements.length > 0;
  return {
    verdict,
    missing: looksForMissing ? findMissingHours(input) : null,
    known: question.keep ? knownInputs(knowledge, declaration, verdict.authority?.platforms ?? [], knownAtMs) : null,
  };
}

const FRESHNESS_REASONS: readonly string[] = ["source_not_yet_known", "source_stale", "source_partial"];

/** True when more recent knowledge of the platforms could change the answer. */
export function isCautious({ reasons }: Verdict): boolean {
  return reasons.some(({ code }) => FRESHNESS_REASONS.includes(code));
}
