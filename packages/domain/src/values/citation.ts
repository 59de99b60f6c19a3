export interface Citation {
  readonly document: string;
  readonly clause: string;
}

/** Where a value comes from: the text itself, public material that was read, second hand, or inferred. */
export const PROVENANCES = ["notice", "read", "second_hand", "inferred"] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** Where a value stands in the law, and how sure that is. What is absent is as the rule set says of itself. */
export interface Cited {
  readonly citation: Citation;
  readonly provenance: Provenance;
  /** The sentence of the cited text that says the value. */
  readonly quote?: string;
  readonly publishedOn?: string;
  readonly lastVerifiedOn?: string;
}

/** The part of a cited rule that a working shows beside its number. */
export function sourceOf({ citation, provenance }: Cited): Pick<Cited, "citation" | "provenance"> {
  return { citation, provenance };
}
