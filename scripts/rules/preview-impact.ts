import { parseArgs } from "node:util";
import {
  type ImpactPreview,
  readImpactFlips,
  readImpactPreviews,
  readPractitionerCount,
  type Sql,
} from "@xueshi/database";
import { type ActivatedRuleSet, type Declaration, type LocalDate, localDateAt, parseLocalDate } from "@xueshi/domain";
import { VOCABULARY } from "@xueshi/rulebook";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { requireDatabaseUrl } from "./database-url.ts";
import { fittingFile } from "./fitting-file.ts";
import { openRulebook, rulesFolder } from "./open-rulebook.ts";
import { questionsWithoutFact } from "./preview/find-flips.ts";
import { previewQuestions } from "./preview/preview-questions.ts";
import { type PreviewResult, runPreview } from "./preview/run-preview.ts";
import { readActivated, withDatabase } from "./read-installation.ts";
import { EVERY_VERB, say, type Verb, type VerbContext, WrongUsage } from "./verb.ts";

const OPTIONS = {
  ...EVERY_VERB,
  by: { type: "string" },
  "as-of": { type: "string" },
  "database-url": { type: "string" },
  dir: { type: "string" },
  show: { type: "string" },
  after: { type: "string" },
  limit: { type: "string", default: "50" },
} as const;

const FLIPS_MAX = 1_000;
const PREVIEWS_MAX = 20;

export const previewImpact: Verb = {
  summary: { "zh-CN": "启用之前，看哪些人的结论会改变", en: "see who would be answered otherwise, before activating" },
  help: {
    "zh-CN": `以现行规则与草案分别核验全部人员，列出结论会改变的人及原因；结果保存，不启用任何规则。
平台一律视为数据完整：只看规则带来的改变。台账不知道各人申报什么，故对每人问遍草案与现行规则的每一行。

  pnpm rules preview 文件或标识 --by 姓名 [选项]      运行
  pnpm rules preview [--show 编号 [--after 位置]]  列出已保存的预览，或其中一个的改变

  --by 姓名              谁运行，记入结果（运行时必填）
  --as-of 日期           以哪一天为准（今天）
  --limit N              每次列出多少条（50）
  --database-url URL     所用数据库（DATABASE_URL）；含密码时宜用环境变量
  --dir 目录             规则目录（本仓库的）
  --lang zh|en

退出码 1：有人的结论会改变。例：pnpm rules preview quzhou-2020 --by 王小明`,
    en: `Asks everybody by the rules in force and by a draft, and lists whose answer changes and why; the result is kept, and
nothing is activated. Platforms are taken as complete, so that only the rules make a difference. The ledger does not know
what people declare, so everybody is asked about every row of both.

  pnpm rules preview FILE|ID --by NAME [flags]               run one
  pnpm rules preview [--show PREVIEW [--after WHERE]]  list those kept, or what one would change

  --by NAME              who runs it, as the result will say (required to run one)
  --as-of DATE           as of which day (today)
  --limit N              how many are listed at once (50)
  --database-url URL     the database (DATABASE_URL); with a password in it, better by the environment
  --dir DIR              rule files (those of this repository)
  --lang zh|en

Exit code 1: somebody would be answered otherwise. Example: pnpm rules preview quzhou-2020 --by wang-xiaoming --lang en`,
  },
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const limit = readLimit(values.limit);
    const [asked, ...rest] = positionals;
    if (rest.length > 0) throw new WrongUsage("只能给出一个规则文件。", "Give one rule file.");
    if (asked === undefined) {
      const { show } = values;
      const after = readAfter(values.after);
      await withDatabase(url, (sql) =>
        show === undefined ? listPreviews(sql, context) : showFlips(sql, { show, after, limit }, context),
      );
      return 0;
    }
    const by = values.by?.trim() ?? "";
    if (by === "") throw new WrongUsage("须用 --by 写明由谁运行。", "Say with --by who runs it.");
    const asOf = readAsOf(values["as-of"]);
    const file = fittingFile(asked, openRulebook(rulesFolder(values.dir, context.cwd), context.cwd), context.cwd);
    return withDatabase(url, async (sql) => {
      const nowMs = systemClock();
      const before = await readActivated(sql);
      const current = before.filter(({ ruleSet }) => ruleSet.id === file.ruleSet.id).at(-1)?.ruleSet ?? null;
      const draft: ActivatedRuleSet = { ruleSet: file.ruleSet, digest: file.digest, activatedAtMs: nowMs };
      const questions = previewQuestions({
        draft: file.ruleSet,
        current,
        active: before,
        vocabulary: VOCABULARY,
        asOf,
      });
      const start = {
        ...{ previewId: newPreviewId(), startedAtMs: nowMs, previewedBy: by, ruleSetId: file.ruleSet.id },
        ...{ digest: file.digest, fullText: file.text, asOf, questions },
      };
      const preview = { questions, before, after: [...before, draft], asOf, nowMs };
      const result = await runPreview(sql, start, preview, systemClock, progressOf(await readPractitionerCount(sql)));
      report(start.previewId, questions.length, result, context);
      const factless = questionsWithoutFact(preview);
      if (factless > 0) context.warn(factNote(factless, context));
      if (result.flips === 0) return 0;
      await showFlips(sql, { show: start.previewId, after: null, limit }, context);
      return 1;
    });
  },
};

interface FlipPosition {
  readonly practitionerId: string;
  readonly question: number;
}

/** Where a list was cut, as the line that says how to go on gives it. */
function readAfter(text: string | undefined): FlipPosition | null {
  if (text === undefined) return null;
  const [practitionerId = "", question = ""] = text.split("/");
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(practitionerId) && /^\d{1,4}$/.test(question)) {
    return { practitionerId, question: Number(question) };
  }
  throw new WrongUsage("--after 须照上一次所列的写。", "--after is written as the list before gave it.");
}

const newPreviewId = createUuidV7(systemClock);

function readAsOf(text: string | undefined): LocalDate {
  if (text === undefined) return localDateAt(systemClock());
  const date = parseLocalDate(text);
  if (date !== null) return date;
  throw new WrongUsage("--as-of 须为存在的日期，形如 2026-07-31。", "--as-of is a date that exists, like 2026-07-31.");
}

function readLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= FLIPS_MAX) return limit;
  throw new WrongUsage(`--limit 须为 1 至 ${FLIPS_MAX}。`, `--limit is from 1 to ${FLIPS_MAX}.`);
}

/** A bar on a terminal, nothing elsewhere. */
function progressOf(people: number): (done: number) => void {
  if (process.stderr.isTTY !== true) return () => undefined;
  const width = 30;
  return (done) => {
    const part = people === 0 ? 1 : Math.min(1, done / people);
    const bar = "█".repeat(Math.round(part * width)).padEnd(width, "·");
    process.stderr.write(`\r${bar} ${done}/${Math.max(done, people)}${done >= people ? "\n" : ""}`);
  };
}

function report(
  previewId: string,
  questions: number,
  { people, flips, byKind }: PreviewResult,
  context: VerbContext,
): void {
  context.print(
    say(
      context,
      `预览 ${previewId}：${people} 人，每人 ${questions} 问，${flips} 个结论会改变。`,
      `preview ${previewId}: ${people} people, ${questions} questions each, ${flips} answers would change.`,
    ),
  );
  for (const [kind, count] of [...byKind].sort(([left], [right]) => (left < right ? -1 : 1))) {
    context.print(`  ${kind.padEnd(22)}${count}`);
  }
}

function factNote(count: number, context: VerbContext): string {
  return say(
    context,
    `其中 ${count} 问须有申报人的个人日期（如取得职称之日），台账不知，前后均无结论：这部分的影响未能预览。`,
    `${count} of the questions need a date about the person that the ledger does not know; they have no answer before or after, so what changes there is not shown.`,
  );
}

async function listPreviews(sql: Sql, context: VerbContext): Promise<void> {
  const previews = await readImpactPreviews(sql, { limit: PREVIEWS_MAX });
  if (previews.length === 0) context.print(say(context, "没有保存的预览。", "No preview is kept."));
  for (const { previewId, startedAtMs, endedAtMs, previewedBy, ruleSetId, digest, people, flips } of previews) {
    const ended = endedAtMs === null ? say(context, "未完成", "not finished") : `${flips}/${people}`;
    const day = localDateAt(startedAtMs);
    context.print(`${previewId}  ${day}  ${ruleSetId}@${digest.slice(0, 12)}  ${previewedBy}  ${ended}`);
  }
}

async function showFlips(
  sql: Sql,
  { show, after, limit }: { readonly show: string; readonly after: FlipPosition | null; readonly limit: number },
  context: VerbContext,
): Promise<void> {
  const [preview] = await readImpactPreviews(sql, { limit: 1, previewId: show });
  if (preview === undefined) throw new WrongUsage(`没有预览 ${show}。`, `There is no preview ${show}.`);
  const flips = await readImpactFlips(sql, { previewId: show, after, limit });
  for (const { practitionerId, question, before, after: then, why } of flips) {
    context.print(`${practitionerId}  ${questionText(preview, question)}  ${before} > ${then}  ${why}`);
  }
  const last = flips.at(-1);
  if (last === undefined || flips.length < limit) return;
  const more = `pnpm rules preview --show ${show} --after ${last.practitionerId}/${last.question}`;
  context.print(say(context, `更多：${more}`, `more: ${more}`));
}

function questionText({ questions }: ImpactPreview, index: number): string {
  const { year, kind, level, series, education } = (questions[index] ?? {}) as Partial<Declaration>;
  return [year, kind, level, series, education].filter((part) => part !== null && part !== undefined).join(" ");
}
