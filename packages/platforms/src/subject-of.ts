import { isSubject, normaliseText, type Subject } from "@xueshi/domain";
import type { Catalogue } from "./catalogue.ts";
import type { Subjects } from "./platform.ts";

/** A trace is stored with each recognition; a longer code is cut in it. */
const CODE_CHARACTERS_MAX = 40;

export interface SubjectFound {
  readonly subject: Subject | null;
  /** The steps taken: `catalogue:103=3=professional`, `code_table:1=professional`, `catalogue:999=none`. */
  readonly trace: string;
}

/**
 * Finds the subject of a code: in the source's course catalogue, then in its code table, then by the subject's own
 * name where the source may send that. An operator's decision comes after this.
 * @param catalogue the source's catalogue as last fetched; null when there is none
 * Source: ARCHITECTURE.md, invariant 14.
 */
export function subjectOf(
  source: { readonly subjects: Subjects },
  subjectCode: string,
  catalogue: Catalogue | null,
): SubjectFound {
  const { catalogueClasses, codes, acceptsNames } = source.subjects;
  const code = normaliseText(subjectCode);
  const shown = shorten(code);
  const missed: string[] = [];
  if (catalogueClasses !== null) {
    const classCode = catalogue?.get(code);
    const subject = classCode === undefined ? null : lookUp(catalogueClasses, classCode);
    const step = classCode === undefined ? shown : `${shown}=${shorten(classCode)}`;
    if (subject !== null) return { subject, trace: `catalogue:${step}=${subject}` };
    missed.push(catalogue === null ? "catalogue=missing" : `catalogue:${step}=none`);
  }
  if (codes !== null) {
    const subject = lookUp(codes, code);
    if (subject !== null) return { subject, trace: [...missed, `code_table:${shown}=${subject}`].join(";") };
    missed.push(`code_table:${shown}=none`);
  }
  if (acceptsNames) {
    if (isSubject(code)) return { subject: code, trace: [...missed, `name:${code}`].join(";") };
    missed.push(`name:${shown}=none`);
  }
  return { subject: null, trace: missed.join(";") };
}

/** Cut between characters: half a surrogate pair could not be stored as it was hashed. */
function shorten(code: string): string {
  return code.length <= CODE_CHARACTERS_MAX ? code : Array.from(code).slice(0, CODE_CHARACTERS_MAX).join("");
}

function lookUp(table: Readonly<Record<string, Subject>>, code: string): Subject | null {
  return Object.hasOwn(table, code) ? (table[code] ?? null) : null;
}
