import { hash } from "node:crypto";

/** SHA-256 of a text's UTF-8 bytes, hex: what an activation and every verdict name a rule set's text by. */
export function digestText(text: string): string {
  return hash("sha256", text, "hex");
}
