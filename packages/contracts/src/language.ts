/** The languages of messages; the first is the default. Codes never change with the language. */
export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_DEFAULT: Language = "zh-CN";

/** One sentence or title in every language. */
export type Text = Readonly<Record<Language, string>>;

/** How a code is explained to people: a short title, and a sentence that says what to do. */
export interface CodeText {
  readonly title: Text;
  readonly message: Text;
}

/** Builds a {@link CodeText}: title and message in Chinese, then title and message in English. */
export function codeText(titleZh: string, messageZh: string, titleEn: string, messageEn: string): CodeText {
  return { title: { "zh-CN": titleZh, en: titleEn }, message: { "zh-CN": messageZh, en: messageEn } };
}
