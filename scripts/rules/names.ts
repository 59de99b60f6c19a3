import type { Language, Text } from "@xueshi/contracts";
import type {
  AuthorityMode,
  DeclarationKind,
  DeclarationLevel,
  DeclarationMatch,
  Layer,
  PersonFact,
  Provenance,
} from "@xueshi/domain";
import { VOCABULARY } from "@xueshi/rulebook";

const text = (zh: string, en: string): Text => ({ "zh-CN": zh, en });

export const KIND_NAMES: Readonly<Record<DeclarationKind, Text>> = {
  "annual-duty": text("年度继续教育", "annual duty"),
  review: text("职称评审", "review for a title"),
  "initial-determination": text("职称初定", "initial determination of a title"),
  "registration-renewal": text("注册续期", "renewal of a registration"),
};

export const LEVEL_NAMES: Readonly<Record<DeclarationLevel, Text>> = {
  junior: text("初级", "junior"),
  intermediate: text("中级", "intermediate"),
  senior: text("高级", "senior"),
  "full-senior": text("正高级", "full senior"),
};

export const LAYER_NAMES: Readonly<Record<Layer, Text>> = {
  series: text("系列", "series"),
  city: text("市", "city"),
  province: text("省", "province"),
  nation: text("国家", "nation"),
  profession: text("职业", "profession"),
};

export const PROVENANCE_NAMES: Readonly<Record<Provenance, Text>> = {
  notice: text("原文", "the text itself"),
  read: text("已读公开材料", "public material that was read"),
  second_hand: text("转引", "quoted by others"),
  inferred: text("推断", "our own reading"),
};

export const FACT_NAMES: Readonly<Record<PersonFact, Text>> = {
  qualified_on: text("取得资格之日", "day of qualification"),
  title_obtained_on: text("取得现职称之日", "day the present title was obtained"),
  cycle_started_on: text("周期起始日", "first day of the cycle"),
};

export const MODE_NAMES: Readonly<Record<AuthorityMode, Text>> = {
  city: text("以本市平台为准", "the city's platform"),
  province_wins: text("以省行业平台为准", "the province's platform, in place of the city's"),
  regulator: text("以主管部门平台为准", "the regulator's platform"),
  not_connected: text("登记平台未接入", "the platform of record is not connected"),
};

type List = "series" | "educations" | "subjects" | "places";

/** A word of the closed lists: in Chinese by its label with the code behind it, in English by the code, which is English. */
export function wordName(list: List, code: string, language: Language): string {
  if (language === "en") return code.replaceAll("_", " ");
  return VOCABULARY[list].find((term) => term.code === code)?.label ?? code;
}

export function placeName(code: string, language: Language): string {
  const name = wordName("places", code, language);
  return name === code ? code : `${name}(${code})`;
}

/** Several names as one phrase. */
export function listOf(names: readonly string[], language: Language): string {
  return names.join(language === "en" ? ", " : "、");
}

/** Which declarations a row answers. */
export function matchWords({ kind, levels, series, educations }: DeclarationMatch, language: Language): string {
  const parts = [
    KIND_NAMES[kind][language],
    ...(levels === undefined
      ? []
      : [
          listOf(
            levels.map((level) => LEVEL_NAMES[level][language]),
            language,
          ),
        ]),
    ...(series === undefined
      ? []
      : [
          listOf(
            series.map((code) => wordName("series", code, language)),
            language,
          ),
        ]),
    ...(educations === undefined
      ? []
      : [
          listOf(
            educations.map((code) => wordName("educations", code, language)),
            language,
          ),
        ]),
  ];
  return parts.join(language === "en" ? "; " : "；");
}
