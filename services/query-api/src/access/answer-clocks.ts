import type { Language } from "@xueshi/contracts";
import { type LocalDate, parseLocalDate } from "@xueshi/domain";
import { z } from "zod";
import { cursorInvalid } from "./list-cursor.ts";
import { refuseKnownAt } from "./refuse-known-at.ts";

/** Later than any entry: 9999-12-31. */
export const END_OF_CHAIN_MS = 253_402_214_400_000;

/** The clocks of a list and the cut of the chain that they came to, as every cursor of the list carries them on. */
export const clockPosition = {
  asOf: z.string().max(10),
  knownAtMs: z.int().min(0),
  untilSequence: z.int().min(0),
};

/** By which clocks a list answers. */
export interface Clocks {
  readonly asOf: LocalDate | null;
  readonly knownAtMs: number;
  /** Entries are read until here: the known time that was asked for, or the end of the chain. */
  readonly entriesUntilMs: number;
  /** Where the first page was cut; null on the first. */
  readonly untilSequence: number | null;
}

interface AskedClocks {
  readonly asOf?: LocalDate | undefined;
  readonly knownAt?: number | undefined;
}

type CarriedClocks = { readonly [Name in keyof typeof clockPosition]: z.output<(typeof clockPosition)[Name]> };

/**
 * The clocks that a list was asked by, or that its cursor carries. Throws `validation_failed` for a known time to come, and
 * for a cursor of a list by other clocks.
 */
export function readClocks(
  asked: AskedClocks,
  carried: CarriedClocks | null,
  call: { readonly receivedAtMs: number; readonly language: Language },
): Clocks {
  const knownAtMs = carried?.knownAtMs ?? asked.knownAt ?? call.receivedAtMs;
  const asOf = carried === null ? (asked.asOf ?? null) : parseLocalDate(carried.asOf);
  const isOther =
    carried !== null &&
    ((asked.knownAt ?? knownAtMs) !== knownAtMs ||
      (asked.asOf ?? asOf) !== asOf ||
      (asOf === null) !== (carried.asOf === ""));
  if (isOther) throw cursorInvalid(call.language);
  refuseKnownAt(knownAtMs, call);
  const entriesUntilMs = asked.knownAt ?? END_OF_CHAIN_MS;
  return { asOf, knownAtMs, entriesUntilMs, untilSequence: carried?.untilSequence ?? null };
}

/** What the next page's cursor carries of the clocks. */
export function carryClocks({ asOf, knownAtMs }: Clocks, cut: { readonly sequence: number }): CarriedClocks {
  return { asOf: asOf ?? "", knownAtMs, untilSequence: cut.sequence };
}
