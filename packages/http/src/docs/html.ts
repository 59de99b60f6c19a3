/** HTML that is safe to embed: made by {@link html}, which escapes every value that is not itself safe. */
export interface SafeHtml {
  readonly safe: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ESCAPES[character] ?? "");
}

type Value = string | number | SafeHtml | readonly SafeHtml[];

/** A template whose values are escaped; other templates and lists of them are put in as they are. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): SafeHtml {
  let text = parts[0] ?? "";
  values.forEach((value, index) => {
    text += rendered(value) + (parts[index + 1] ?? "");
  });
  return { safe: text };
}

function rendered(value: Value): string {
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return "safe" in value ? value.safe : value.map((item) => item.safe).join("");
}
