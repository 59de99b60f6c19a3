type Details = Readonly<Record<string, string>>;

/** A piece of a template: plain text, the name of a detail, or an optional part. */
type Piece = string | { readonly name: string } | { readonly optional: readonly Piece[] };

const PIECE_PATTERN = /\[([^\]]*)\]|\{([a-zA-Z]+)\}/gu;
/** Templates are the fixed texts of the catalogue, so there are only as many as those. */
const parsed = new Map<string, readonly Piece[]>();

/**
 * Fills a message: `{name}` from the details, and a part in square brackets only when all its names are there.
 * A name without detail outside brackets is left empty. Details are never personal data.
 */
export function renderText(template: string, details: Details): string {
  let pieces = parsed.get(template);
  if (pieces === undefined) {
    pieces = template.includes("{") ? parse(template) : [template];
    parsed.set(template, pieces);
  }
  return fill(pieces, details);
}

function parse(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of template.matchAll(PIECE_PATTERN)) {
    if (match.index > at) pieces.push(template.slice(at, match.index));
    const [whole, optional, name] = match;
    pieces.push(name === undefined ? { optional: parse(optional ?? "") } : { name });
    at = match.index + whole.length;
  }
  if (at < template.length) pieces.push(template.slice(at));
  return pieces;
}

function fill(pieces: readonly Piece[], details: Details): string {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else if ("name" in piece) text += details[piece.name] ?? "";
    else if (piece.optional.every((part) => isThere(part, details))) text += fill(piece.optional, details);
  }
  return text;
}

function isThere(piece: Piece, details: Details): boolean {
  return typeof piece === "string" || !("name" in piece) || (details[piece.name] ?? "") !== "";
}
