import { parseArgs } from "node:util";
import { formatInstant } from "@xueshi/contracts/texts";
import {
  type ActivatedRuleSet,
  type Declaration,
  endOfDayMs,
  KINDS,
  LEVELS,
  type LocalDate,
  PERSON_FACTS,
  type PersonFact,
  parseLocalDate,
} from "@xueshi/domain";
import { VOCABULARY } from "@xueshi/rulebook";
import { systemClock } from "@xueshi/runtime";
import { answerWords } from "./answer-words.ts";
import { databaseUrl } from "./database-url.ts";
import { findAnswer } from "./find-answer.ts";
import { KIND_NAMES, LEVEL_NAMES, listOf, placeName, wordName } from "./names.ts";
import { openRulebook, rulesFolder } from "./open-rulebook.ts";
import { readActivated, withDatabase } from "./read-installation.ts";
import { EVERY_VERB, oneOf, readYear, say, type Verb, type VerbContext, WrongUsage } from "./verb.ts";
import type { AnswerQuestion } from "./why-nothing-answers.ts";

const FACT_FLAGS = {
  "qualified-on": { type: "string" },
  "title-obtained-on": { type: "string" },
  "cycle-started-on": { type: "string" },
} as const;

const OPTIONS = {
  ...EVERY_VERB,
  ...FACT_FLAGS,
  level: { type: "string" },
  series: { type: "string" },
  education: { type: "string" },
  "as-of": { type: "string" },
  on: { type: "string" },
  dir: { type: "string" },
  "database-url": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export interface ExplainRequest {
  readonly question: Omit<AnswerQuestion, "knownAtMs">;
  /** The day at whose end the rules are looked at; null: now. */
  readonly on: LocalDate | null;
  readonly dir: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly json: boolean;
}

export const explainRules: Verb = {
  summary: { "zh-CN": "一项申报由哪条规定作答，逐值列出出处", en: "which rule answers a declaration, value by value" },
  help: {
    "zh-CN": `一项申报由哪条规定作答：要求、窗口、上限等逐值列出依据、原句、来源与所取代的规定；无规定可用时说明原因。

  pnpm rules explain 地区 年度 种类 [选项]

  种类                   ${KINDS.join(", ")}
  --level 级别           ${LEVELS.join(", ")}
  --series 系列          职称系列代码，如 economics；不给则只看不分系列的规定
  --education 学历       学历代码，如 bachelor
  --qualified-on 日期    取得资格之日；另有 --title-obtained-on、--cycle-started-on
  --as-of 日期           核验日（默认申报年度 12 月 31 日）
  --on 日期              数据库中截至该日所启用的规则（默认现在）；没有数据库则为文件现状
  --database-url URL     所查的安装（DATABASE_URL）；都不给则读规则文件
  --dir 目录             规则目录（本仓库的）
  --json                 输出 JSON
  --lang zh|en

退出码 1：没有规定作答，或交由他处规定。例：
  pnpm rules explain quzhou 2020 review --level intermediate --series economics`,
    en: `Which rule answers a declaration: requirements, window, caps and so on, each value with its clause, quote, provenance
and what it takes the place of; and if none answers, why.

  pnpm rules explain PLACE YEAR KIND [flags]

  KIND                   ${KINDS.join(", ")}
  --level LEVEL          ${LEVELS.join(", ")}
  --series SERIES        code of a series, such as economics; without it, rules of a series do not match
  --education CODE       such as bachelor
  --qualified-on DATE    day of qualification; likewise --title-obtained-on, --cycle-started-on
  --as-of DATE           day of the check (the declaration year's 12-31)
  --on DATE              rules as a database had them in force by that day (now); without one, the files as they are
  --database-url URL     the installation to look at (DATABASE_URL); without either, the rule files
  --dir DIR              rule files (those of this repository)
  --json                 JSON
  --lang zh|en

Exit code 1: no rule answers, or it is delegated. Example:
  pnpm rules explain quzhou 2020 review --level intermediate --series economics --lang en`,
  },
  async run(args, context) {
    const request = readExplainRequest(args);
    const nowMs = systemClock();
    const knownAtMs = request.on === null ? nowMs : endOfDayMs(request.on) - 1;
    const url = databaseUrl(request.databaseUrl, context.env);
    const ruleSets =
      url === null ? rulesOfFiles(request.dir, context.cwd) : await withDatabase(url, (sql) => readActivated(sql));
    const answer = findAnswer(ruleSets, { ...request.question, knownAtMs });
    const from = url === null ? "files" : "database";
    const { declaration, asOf } = request.question;
    if (request.json) {
      const known = url === null ? null : formatInstant(knownAtMs);
      context.print(JSON.stringify({ declaration, asOf, from, knownAt: known, ...answer }, null, 2));
    } else {
      context.print(questionWords(request.question, context));
      context.print(context.paint("dim", sourceWords(url === null ? null : knownAtMs, request.on, context)));
      context.print("");
      for (const line of answerWords(answer, context)) context.print(line);
      const own = seriesWithOwnRows(ruleSets, request.question.declaration);
      if (own.length > 0) context.print(seriesNote(own, context));
    }
    return answer.answer === "requirements" ? 0 : 1;
  },
};

/** Files as they are hold at every instant. */
function rulesOfFiles(dir: string | undefined, cwd: string): ActivatedRuleSet[] {
  const { files } = openRulebook(rulesFolder(dir, cwd), cwd);
  return files.map(({ ruleSet, digest }) => ({ ruleSet, digest, activatedAtMs: 0 }));
}

/** Reads the command line. Throws WrongUsage, or parseArgs' own error for an unknown flag. */
export function readExplainRequest(args: readonly string[]): ExplainRequest {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [place, year, kind, ...rest] = positionals;
  if (place === undefined || year === undefined || kind === undefined || rest.length > 0) {
    throw new WrongUsage("须给出地区、年度、种类三项。", "Give three arguments: place, year, kind.");
  }
  const facts: Partial<Record<PersonFact, LocalDate>> = {};
  for (const fact of PERSON_FACTS) {
    const flag = fact.replaceAll("_", "-") as keyof typeof FACT_FLAGS;
    const given = values[flag];
    if (given !== undefined) facts[fact] = readDate(`--${flag}`, given);
  }
  const declaration = {
    place,
    year: readYear("year", year),
    kind: oneOf("kind", kind, KINDS),
    level: values.level === undefined ? null : oneOf("--level", values.level, LEVELS),
    series: values.series === undefined ? "" : oneOf("--series", values.series, codes("series")),
    education: values.education === undefined ? null : oneOf("--education", values.education, codes("educations")),
    facts,
  };
  return {
    question: { declaration, asOf: readDate("--as-of", values["as-of"] ?? `${declaration.year}-12-31`) },
    on: values.on === undefined ? null : readDate("--on", values.on),
    dir: values.dir,
    databaseUrl: values["database-url"],
    json: values.json,
  };
}

function codes(list: "series" | "educations"): string[] {
  return VOCABULARY[list].map(({ code }) => code);
}

function readDate(name: string, given: string): LocalDate {
  const date = parseLocalDate(given);
  if (date !== null) return date;
  throw new WrongUsage(`${name} 须为 yyyy-mm-dd 的日期。`, `${name} is a date, yyyy-mm-dd.`);
}

function questionWords({ declaration, asOf }: ExplainRequest["question"], { language }: VerbContext): string {
  const { place, year, kind, level, series, education } = declaration;
  const parts = [
    placeName(place, language),
    String(year),
    KIND_NAMES[kind][language],
    ...(level === null ? [] : [LEVEL_NAMES[level][language]]),
    series === "" ? say({ language }, "未指明系列", "no series given") : wordName("series", series, language),
    ...(education === null ? [] : [wordName("educations", education, language)]),
    say({ language }, `核验日 ${asOf}`, `as of ${asOf}`),
  ];
  return parts.join(language === "en" ? ", " : "，");
}

/** Series for which the place has rows of its own, where the question names no series. */
function seriesWithOwnRows(
  ruleSets: readonly ActivatedRuleSet[],
  { place, year, kind, series }: Declaration,
): string[] {
  if (series !== "") return [];
  const here = ruleSets.filter(
    ({ ruleSet: { place: of, years } }) => of === place && years.from <= year && year <= years.until,
  );
  const rows = here.flatMap(({ ruleSet }) => ruleSet.declarations.filter(({ when }) => when.kind === kind));
  return [...new Set(rows.flatMap(({ when }) => when.series ?? []))].sort();
}

function seriesNote(series: readonly string[], context: VerbContext): string {
  const named = series.map((code) => {
    const name = wordName("series", code, context.language);
    return name === code ? code : `${name} ${code}`;
  });
  const list = listOf(named, context.language);
  const note = say(
    context,
    `另有按系列的规定，可用 --series 查看：${list}`,
    `some series have rows of their own; see them with --series: ${list}`,
  );
  return `\n${context.paint("yellow", note)}`;
}

function sourceWords(knownAtMs: number | null, on: LocalDate | null, context: VerbContext): string {
  if (knownAtMs !== null) {
    const at = formatInstant(knownAtMs);
    return say(context, `按数据库中截至 ${at} 所启用的规则`, `by the rules in force in the database by ${at}`);
  }
  const note =
    on === null ? "" : say(context, "；没有数据库，--on 不起作用", "; without a database --on changes nothing");
  return say(context, `按规则文件现状${note}`, `by the rule files as they are${note}`);
}
