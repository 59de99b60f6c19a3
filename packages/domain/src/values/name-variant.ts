import { SIMPLIFIED } from "./simplified-characters.ts";

/** How the spellings of one name differ: by separators, by traditional characters, or by upper and lower case. */
export const NAME_VARIANT_KINDS = ["separators", "script", "case"] as const;
export type NameVariantKind = (typeof NAME_VARIANT_KINDS)[number];

/** Dots and strokes between the parts of a name, in the forms that keyboards and old systems write. */
const SEPARATORS = /[·•‧・∙⋅.．。﹒'’ʼ‐‑–—-]+/gu;
const SEPARATORS_INSERTED = ["·", "•", "‧", "・", ".", "-"];
/** Spellings of one name that are tried; a name has few characters, and each few forms. */
const SPELLINGS_MAX = 4_096;

/**
 * What all spellings of a name share: no separators, simplified characters, upper case. Expects a normalised name
 * (`normaliseName`), so full-width forms and white space are gone already. Only a likeness: different people may share it.
 */
export function foldName(name: string): string {
  return [...name.replace(SEPARATORS, "")]
    .map((character) => SIMPLIFIED.get(character) ?? character)
    .join("")
    .toUpperCase();
}

/**
 * How a spelling of which only a digest is known differs from a known name: the spellings that fold to the same are tried
 * one by one. Null when none of them has the digest.
 */
export function findSpelling(
  knownName: string,
  hasDigest: (name: string) => boolean,
): { readonly name: string; readonly kinds: readonly NameVariantKind[] } | null {
  let tried = 0;
  for (const name of spellingsOf(knownName)) {
    if (hasDigest(name)) return { name, kinds: differences(knownName, name) };
    tried += 1;
    if (tried >= SPELLINGS_MAX) return null;
  }
  return null;
}

/** The kinds by which two spellings of one name differ. */
function differences(left: string, right: string): NameVariantKind[] {
  const kinds: NameVariantKind[] = [];
  if (separatorsOf(left) !== separatorsOf(right)) kinds.push("separators");
  const [leftParts, rightParts] = [left.replace(SEPARATORS, ""), right.replace(SEPARATORS, "")];
  if (leftParts.toUpperCase() !== rightParts.toUpperCase()) kinds.push("script");
  if (simplified(leftParts) !== simplified(rightParts)) kinds.push("case");
  return kinds;
}

/** Which separators there are, and where. */
function separatorsOf(name: string): string {
  const places = name.split(SEPARATORS).map((part) => part.length);
  return `${places.join(",")} ${(name.match(SEPARATORS) ?? []).join(" ")}`;
}

function simplified(text: string): string {
  return [...text].map((character) => SIMPLIFIED.get(character) ?? character).join("");
}

/** The folded name, then the name with other separators, then each of these in traditional characters and other case. */
function* spellingsOf(name: string): Generator<string> {
  const parts = name.replace(SEPARATORS, "");
  for (const separated of withSeparators(name, parts)) {
    for (const written of inBothScripts(separated)) {
      yield written;
      if (written.toUpperCase() !== written) yield written.toUpperCase();
      if (written.toLowerCase() !== written) yield written.toLowerCase();
      if (/[a-z]/iu.test(written)) yield titleCase(written);
    }
  }
}

function* withSeparators(name: string, parts: string): Generator<string> {
  yield name;
  yield parts;
  for (const separator of SEPARATORS_INSERTED) yield name.replace(SEPARATORS, separator);
  const characters = [...parts];
  for (let index = 1; index < characters.length; index += 1) {
    for (const separator of SEPARATORS_INSERTED) {
      yield characters.slice(0, index).join("") + separator + characters.slice(index).join("");
    }
  }
}

/** Every way to write each character in its simplified or one of its traditional forms; the simplest first. */
function* inBothScripts(text: string): Generator<string> {
  yield text;
  const forms = [...simplified(text)].map((character) => [character, ...(traditionalForms().get(character) ?? [])]);
  let written = [""];
  for (const choices of forms) {
    written = written.flatMap((before) => choices.map((choice) => before + choice));
    if (written.length > SPELLINGS_MAX) return;
  }
  yield* written;
}

function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

let traditional: ReadonlyMap<string, readonly string[]> | null = null;

/** Simplified character → its traditional forms; made when it is first asked for. */
function traditionalForms(): ReadonlyMap<string, readonly string[]> {
  if (traditional !== null) return traditional;
  const forms = new Map<string, string[]>();
  for (const [from, to] of SIMPLIFIED) forms.set(to, [...(forms.get(to) ?? []), from]);
  traditional = forms;
  return forms;
}
