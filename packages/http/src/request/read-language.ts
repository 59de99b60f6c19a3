import { LANGUAGE_DEFAULT, type Language } from "@xueshi/contracts";

const HEADER_CHARACTERS_MAX = 200;
const REMEMBERED_MAX = 200;
const remembered = new Map<string, Language>();

/**
 * The language of messages by Accept-Language (RFC 9110, 12.5.4): whichever of Chinese and English is preferred, Chinese
 * for none, for both alike and for anything unreadable. The few headers in use are remembered.
 */
export function readLanguage(header: string | undefined): Language {
  if (header === undefined || header.length > HEADER_CHARACTERS_MAX) return LANGUAGE_DEFAULT;
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const language = preferred(header);
  if (remembered.size < REMEMBERED_MAX) remembered.set(header, language);
  return language;
}

function preferred(header: string): Language {
  let zh = 0;
  let en = 0;
  for (const part of header.split(",")) {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
    const weight = weightOf(parameters);
    if (range === "zh" || range.startsWith("zh-") || range === "*") zh = Math.max(zh, weight);
    if (range === "en" || range.startsWith("en-")) en = Math.max(en, weight);
  }
  return en > zh ? "en" : "zh-CN";
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, value] = parameter.trim().split("=");
    if (name !== "q") continue;
    const weight = Number(value);
    return weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}
