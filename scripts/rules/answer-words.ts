import { type Language, NOTICE_TEXTS } from "@xueshi/contracts/texts";
import { type Cited, formatHours } from "@xueshi/domain";
import type { Answer, FoundAnswer, FoundDelegation, FoundRequirement } from "./find-answer.ts";
import { FACT_NAMES, LAYER_NAMES, listOf, MODE_NAMES, matchWords, PROVENANCE_NAMES, placeName } from "./names.ts";
import { nothingWords } from "./nothing-words.ts";
import {
  capWords,
  carryOverWords,
  gateWords,
  grantWords,
  overrideWords,
  requirementWords,
  startWords,
  windowWords,
} from "./rule-words.ts";
import { type Paint, say } from "./verb.ts";

interface Wording {
  readonly language: Language;
  readonly paint: Paint;
}

/** An answer as lines for people. */
export function answerWords(answer: Answer, wording: Wording): string[] {
  if (answer.answer === "nothing") return nothingWords(answer, wording.language);
  const lines = [...rowWords(answer, wording), ...authorityWords(answer, wording)];
  if (answer.answer === "delegated") return [...lines, "", ...delegationWords(answer, wording)];
  return [...lines, ...windowLines(answer, wording), ...valueWords(answer, wording)];
}

function rowWords({ ruleSet, row }: FoundAnswer | FoundDelegation, wording: Wording): string[] {
  const { language, paint } = wording;
  const layer = LAYER_NAMES[ruleSet.layer][language];
  const place = placeName(ruleSet.place, language);
  return [
    paint("bold", ruleSet.title),
    say(
      wording,
      `规则集 ${ruleSet.id}，版本 ${ruleSet.version}，${place}，层级：${layer}，摘要 ${ruleSet.digest.slice(0, 12)}`,
      `rule set ${ruleSet.id}, version ${ruleSet.version}, ${place}, layer ${layer}, digest ${ruleSet.digest.slice(0, 12)}`,
    ),
    say(
      wording,
      `作答的行 ${row.id}：${matchWords(row.when, language)}`,
      `row ${row.id}: ${matchWords(row.when, language)}`,
    ),
    ...citedWords(row, wording),
  ];
}

function authorityWords({ authority }: FoundAnswer | FoundDelegation, wording: Wording): string[] {
  if (authority === null) return [];
  const { language } = wording;
  const mode = MODE_NAMES[authority.mode][language];
  const platforms = authority.platforms.length === 0 ? "" : ` [${listOf(authority.platforms, language)}]`;
  return [
    "",
    say(wording, `学时登记：${mode}${platforms}`, `platform of record: ${mode}${platforms}`),
    ...citedWords(authority, wording),
  ];
}

function delegationWords({ delegatedTo, toPlace }: FoundDelegation, wording: Wording): string[] {
  const place = toPlace === null ? null : placeName(toPlace, wording.language);
  return [
    say(
      wording,
      `无结论：学时要求由他处规定：${delegatedTo}`,
      `No answer: the requirement is set by another body: ${delegatedTo}`,
    ),
    ...(place === null
      ? []
      : [
          say(
            wording,
            `已转问 ${place}，其规则也没有可作答的行。`,
            `${place} was asked instead, and no row of its rules answers.`,
          ),
        ]),
  ];
}

function windowLines({ window, windowYears, factNotGiven }: FoundAnswer, wording: Wording): string[] {
  const { language, paint } = wording;
  const resolved =
    windowYears === null ? "" : ` (${windowYears.years.join(", ")}: ${windowYears.from} … ${windowYears.until})`;
  const line = say(wording, `时间窗口：${windowWords(window, language)}`, `window: ${windowWords(window, language)}`);
  if (factNotGiven === null) return ["", `${line}${resolved}`];
  const flag = `--${factNotGiven.replaceAll("_", "-")}`;
  const name = FACT_NAMES[factNotGiven][language];
  return [
    "",
    line,
    paint("yellow", say(wording, `  须提供${name}：${flag} 日期`, `  needs the ${name}: give ${flag} DATE`)),
  ];
}

function valueWords(answer: FoundAnswer, wording: Wording): string[] {
  const { language } = wording;
  const { requirements, caps, gates, carryOver, start, grants, notices } = answer;
  const section = <Value extends Cited>(
    heading: string,
    values: readonly Value[],
    words: (value: Value, language: Language) => string,
  ): string[] =>
    values.length === 0
      ? []
      : [
          "",
          wording.paint("bold", heading),
          ...values.flatMap((value) => [`- ${words(value, language)}`, ...citedWords(value, wording)]),
        ];
  const noticeWords = ({ code, needHundredths }: FoundAnswer["notices"][number]) =>
    `${NOTICE_TEXTS[code].title[language]}: ${formatHours(needHundredths)}`;
  return [
    "",
    wording.paint("bold", say(wording, "要求", "requirements")),
    ...requirements.flatMap((each) => requirementLines(each, answer, wording)),
    ...section(say(wording, "上限", "caps"), caps, (cap) => `${cap.id}: ${capWords(cap, language)}`),
    ...section(say(wording, "计入条件", "gates"), gates, (gate) => `${gate.id}: ${gateWords(gate, language)}`),
    ...section(say(wording, "结转", "carry-over"), carryOver === null ? [] : [carryOver], carryOverWords),
    ...section(say(wording, "义务起点", "start of the duty"), start === null ? [] : [start], startWords),
    ...section(say(wording, "免除与延期", "grants"), grants, grantWords),
    ...section(say(wording, "提示（不影响结论）", "notices (they do not bind)"), notices, noticeWords),
  ];
}

function requirementLines(found: FoundRequirement, { ruleSet }: FoundAnswer, wording: Wording): string[] {
  const { language, paint } = wording;
  const { rule, overrode } = found;
  const layer = LAYER_NAMES[found.layer][language];
  const isInherited = found.ruleSet !== ruleSet.id;
  return [
    `- ${paint("cyan", rule.id)}: ${requirementWords(rule, language)}`,
    ...needLines(found, wording),
    ...(isInherited
      ? [say(wording, `    继承自 ${found.ruleSet}（${layer}）`, `    inherited from ${found.ruleSet} (${layer})`)]
      : [say(wording, `    层级：${layer} ${found.ruleSet}`, `    layer: ${layer} ${found.ruleSet}`)]),
    ...citedWords(rule, wording),
    ...(rule.kind === "floor" ? (rule.overrides ?? []) : []).flatMap((override) => [
      say(
        wording,
        `    例外：${overrideWords(override, language)}`,
        `    except: ${overrideWords(override, language)}`,
      ),
      ...citedWords(override, wording, "      "),
    ]),
    ...overrode.flatMap((far) => {
      const from = `${LAYER_NAMES[far.layer][language]} ${far.ruleSet}`;
      const words = requirementWords(far.rule, language);
      return [
        say(wording, `    取代 ${from} 的规定：${words}`, `    takes the place of ${from}: ${words}`),
        ...citedWords(far.rule, wording, "      "),
      ];
    }),
  ];
}

/** Only where what this declaration needs is not the number that the rule states. */
function needLines({ rule, needHundredths, needByYear }: FoundRequirement, wording: Wording): string[] {
  if (rule.kind === "ratio" || needHundredths === null) return [];
  const years = Object.entries(needByYear ?? {});
  const isPlain =
    years.length === 0
      ? needHundredths === rule.needHundredths
      : years.every(([, need]) => need === rule.needHundredths);
  if (isPlain) return [];
  const inYears = years.map(([year, need]) => `${year}: ${formatHours(need)}`).join(", ");
  const need = inYears === "" ? formatHours(needHundredths) : inYears;
  return [say(wording, `    本申报须有：${need}`, `    this declaration needs: ${need}`)];
}

/** Where a value comes from: document and clause, how it is known, both dates, and the sentence that says it. */
export function citedWords(value: Cited, wording: Wording, indent = "    "): string[] {
  const { language, paint } = wording;
  const { citation, provenance, quote, publishedOn = "?", lastVerifiedOn = "?" } = value;
  const known = PROVENANCE_NAMES[provenance][language];
  const line = say(
    wording,
    `依据 ${citation.document} ${citation.clause}；来源：${known}；发布 ${publishedOn}；核对 ${lastVerifiedOn}`,
    `${citation.document} ${citation.clause}; known from: ${known}; published ${publishedOn}; verified ${lastVerifiedOn}`,
  );
  return [
    `${indent}${provenance === "notice" || provenance === "read" ? paint("dim", line) : paint("yellow", line)}`,
    ...(quote === undefined ? [] : [paint("dim", `${indent}「${quote}」`)]),
  ];
}
