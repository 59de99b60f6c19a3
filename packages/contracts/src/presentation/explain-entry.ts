import type { Entry } from "@xueshi/domain";
import { REVOCATION_TEXTS } from "../catalogue/corrections.ts";
import { HOLD_TEXTS, RECORD_STATE_TEXTS, REFUSAL_TEXTS } from "../catalogue/records.ts";
import type { CodeText, Text } from "../language.ts";

/** Codes of entries that are no states. */
const CODE_TEXTS: Readonly<Record<string, CodeText>> = { ...REFUSAL_TEXTS, ...HOLD_TEXTS, ...REVOCATION_TEXTS };

/** What an entry says, in a sentence or two, for the person whose entry it is. */
export function explainEntry(entry: Pick<Entry, "kind" | "reverses" | "state" | "code" | "nameDigest">): Text {
  switch (entry.kind) {
    case "identity":
      if (entry.nameDigest === null) {
        return {
          "zh-CN": "个人信息已依法删除，此后不再记载。",
          en: "The personal data were erased by law; nothing follows.",
        };
      }
      return { "zh-CN": "自此以此姓名确认本人。", en: "From here on the person is known by this name." };
    case "reversal":
      return {
        "zh-CN": `冲销第 ${entry.reverses} 号分录，其学时不再计入。`,
        en: `Takes back entry ${entry.reverses}; its hours stand no more.`,
      };
    case "posting":
      return explainState(entry.state, entry.code);
  }
}

/** How a record stands, and why it does not count where it does not. */
export function explainState(state: Entry["state"], code: string | null): Text {
  const ofCode = code === null ? undefined : CODE_TEXTS[code]?.message;
  const ofState = state === null ? undefined : RECORD_STATE_TEXTS[state].message;
  const texts = [ofState, ofCode].filter((text) => text !== undefined);
  return { "zh-CN": texts.map((text) => text["zh-CN"]).join(""), en: texts.map((text) => text.en).join(" ") };
}
