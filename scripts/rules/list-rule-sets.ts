import { parseArgs } from "node:util";
import type { Text } from "@xueshi/contracts";
import { PROVENANCES } from "@xueshi/domain";
import type { RulebookFile } from "@xueshi/rulebook";
import { alignColumns } from "./align-columns.ts";
import { countValues } from "./count-values.ts";
import { LAYER_NAMES, PROVENANCE_NAMES, placeName } from "./names.ts";
import { openRulebook, rulesFolder } from "./open-rulebook.ts";
import { EVERY_VERB, readYear, say, type Verb, type VerbContext } from "./verb.ts";

const OPTIONS = {
  ...EVERY_VERB,
  place: { type: "string" },
  year: { type: "string" },
  dir: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const DIGEST_SHOWN = 12;
const DRAFT: Text = { "zh-CN": "草案", en: "draft" };

export const listRules: Verb = {
  summary: { "zh-CN": "列出规则集", en: "list the rule sets" },
  help: {
    "zh-CN": `列出规则集：标识、版本（草案注明）、地区、层级、年度、摘要、各来源的值有几处、名称。

  pnpm rules list [选项]

  --place 地区  只列该地区，如 quzhou
  --year 年度   只列适用于该年度的
  --dir 目录    规则目录（本仓库的）
  --json        输出 JSON
  --lang zh|en

退出码 1：没有符合的规则集。例：pnpm rules list --place zhejiang --year 2026`,
    en: `Lists the rule sets: id, version (and whether it is a draft), place, layer, years, digest, how many values are known in
which way, title.

  pnpm rules list [flags]

  --place PLACE of this place alone, such as quzhou
  --year YEAR   that answer for this year alone
  --dir DIR     rule files (those of this repository)
  --json        JSON
  --lang zh|en

Exit code 1: there is no such rule set. Example: pnpm rules list --place zhejiang --year 2026 --lang en`,
  },
  run(args, context) {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const year = values.year === undefined ? null : readYear("--year", values.year);
    const { files } = openRulebook(rulesFolder(values.dir, context.cwd), context.cwd);
    const listed = files.filter(
      ({ ruleSet: { place, years } }) =>
        (values.place === undefined || place === values.place) &&
        (year === null || (years.from <= year && year <= years.until)),
    );
    if (values.json) context.print(JSON.stringify(listed.map(asJson), null, 2));
    else for (const line of tableOf(listed, context)) context.print(line);
    return listed.length === 0 ? 1 : 0;
  },
};

function asJson({ path, digest, ruleSet }: RulebookFile): object {
  const { id, version, place, layer, years, title, publishedOn, lastVerifiedOn, isDraft } = ruleSet;
  return {
    id,
    version,
    draft: isDraft,
    place,
    layer,
    years,
    title,
    publishedOn,
    lastVerifiedOn,
    values: countValues(ruleSet),
    digest,
    path,
  };
}

function tableOf(files: readonly RulebookFile[], context: VerbContext): string[] {
  if (files.length === 0) return [say(context, "没有符合的规则集。", "There is no such rule set.")];
  const { language, paint } = context;
  const names = PROVENANCES.map((code) => (language === "en" ? code : PROVENANCE_NAMES[code][language])).join("/");
  const heading =
    language === "en"
      ? ["id", "version", "place", "layer", "years", "digest", names, "title"]
      : ["标识", "版本", "地区", "层级", "年度", "摘要", names, "名称"];
  const rows = files.map(({ digest, ruleSet }) => {
    const { id, version, place, layer, years, title, isDraft } = ruleSet;
    const counts = countValues(ruleSet);
    return [
      id,
      isDraft ? `${version} ${DRAFT[language]}` : version,
      placeName(place, language),
      LAYER_NAMES[layer][language],
      years.from === years.until ? String(years.from) : `${years.from}–${years.until}`,
      digest.slice(0, DIGEST_SHOWN),
      PROVENANCES.map((provenance) => counts[provenance]).join("/"),
      title,
    ];
  });
  const [head = "", ...lines] = alignColumns([heading, ...rows]);
  return [paint("bold", head), ...lines];
}
