const REPLACEMENT_CHARACTER = "\uFFFD";

/**
 * NFKC and trim: the parsed form of every text field. A null character or half a surrogate pair, which neither UTF-8 nor
 * the database can hold, becomes U+FFFD. Source: platforms.md, rule 1.
 */
export function normaliseText(text: string): string {
  return isNormal(text) && !hasOuterSpace(text) ? text : storable(text.normalize("NFKC").trim());
}

function storable(text: string): string {
  return text.replaceAll("\u0000", REPLACEMENT_CHARACTER).replace(/\p{Surrogate}/gu, REPLACEMENT_CHARACTER);
}

/** The parsed form of a person's name: NFKC, no white space anywhere. Source: platforms.md, rule 2. */
export function normaliseName(name: string): string {
  if (isNormal(name) && !name.includes(" ")) return name;
  return name.normalize("NFKC").replace(/\s+/gu, "");
}

/**
 * The title by which the same achievement is recognised: NFKC, without spaces, punctuation or symbols; digits stay.
 * Source: platforms.md, rule 3.
 */
export function normaliseTitle(title: string): string {
  return plainTitle(title) ?? title.normalize("NFKC").replace(/[\s\p{P}\p{S}\p{Z}]+/gu, "");
}

/** Compares by code point, as SQL's COLLATE "C" and most languages do (UTF-16 order differs beyond the BMP). */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const leftPoints = Array.from(left);
  const rightPoints = Array.from(right);
  const length = Math.min(leftPoints.length, rightPoints.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (leftPoints[index]?.codePointAt(0) ?? 0) - (rightPoints[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return leftPoints.length < rightPoints.length ? -1 : leftPoints.length > rightPoints.length ? 1 : 0;
}

/**
 * True for text of printable ASCII and CJK unified ideographs (U+4E00–U+9FFF) alone: each of them is its own NFKC form,
 * and none composes with another. Most ids, codes, names and titles are such text. The space is the only white space.
 */
function isNormal(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code > 0x7e && code < 0x4e00) || code > 0x9fff) return false;
  }
  return true;
}

function hasOuterSpace(text: string): boolean {
  return text.length > 0 && (text.charCodeAt(0) === 0x20 || text.charCodeAt(text.length - 1) === 0x20);
}

/** Signs of Chinese text that are stripped from titles, and of which none becomes a letter or digit by NFKC. */
const SIGNS = new Set(Array.from("　、。〈〉《》「」『』【】〔〕“”‘’·—…", (sign) => sign.charCodeAt(0)));

/**
 * What `normaliseTitle` makes of text of ASCII, its full-width forms, CJK ideographs and the signs between them, in which each
 * character has its own NFKC form; null: there are others. Most titles are such text.
 */
function plainTitle(title: string): string | null {
  let plain = "";
  let from = 0;
  for (let index = 0; index < title.length; index += 1) {
    const code = title.charCodeAt(index);
    if (code >= 0x4e00 && code <= 0x9fff) continue;
    const isWide = code > 0xff00 && code <= 0xff5e;
    const narrow = isWide ? code - 0xfee0 : code;
    if (narrow < 0x20 || (narrow > 0x7e && !SIGNS.has(narrow))) return null;
    if (!isWide && isLetterOrDigit(narrow)) continue;
    plain += title.slice(from, index);
    if (isWide && isLetterOrDigit(narrow)) plain += String.fromCharCode(narrow);
    from = index + 1;
  }
  return from === 0 ? title : plain + title.slice(from);
}

function isLetterOrDigit(ascii: number): boolean {
  const letter = ascii | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (ascii >= 0x30 && ascii <= 0x39);
}
