/**
 * Fills a message: `{name}` from the details, and a part in square brackets only when all its names are there.
 * A name without detail outside brackets is left empty. Details are never personal data.
 */
export function renderText(template: string, details: Readonly<Record<string, string>>): string {
  if (!template.includes("{")) return template;
  const chosen = template.replace(/\[([^\]]*)\]/gu, (_whole, part: string) =>
    placeholders(part).every((name) => details[name] !== undefined && details[name] !== "") ? part : "",
  );
  return chosen.replace(/\{([a-zA-Z]+)\}/gu, (_whole, name: string) => details[name] ?? "");
}

function placeholders(part: string): string[] {
  return Array.from(part.matchAll(/\{([a-zA-Z]+)\}/gu), (match) => match[1] ?? "");
}
