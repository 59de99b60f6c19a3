import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { digestText } from "./digest-text.ts";
import { loadRulebook, RULES_DIRECTORY } from "./load-rulebook.ts";
import { parseRuleSet } from "./parse-rule-set.ts";
import { RulebookError } from "./rulebook-error.ts";

const RULE_PATH = "quzhou/2020/continuing-education.yaml";
const ruleText = readFileSync(join(RULES_DIRECTORY, RULE_PATH), "utf8");
const vocabularyText = readFileSync(join(RULES_DIRECTORY, "vocabulary.yaml"), "utf8");
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A rules folder with the real closed lists and these files. */
function rulesFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "rulebook-"));
  folders.push(folder);
  for (const [path, text] of Object.entries({ "vocabulary.yaml": vocabularyText, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function problemsOf(run: () => unknown): readonly { path: string; line: number; message: string }[] {
  try {
    run();
  } catch (error) {
    if (error instanceof RulebookError) return error.problems;
    throw error;
  }
  return [];
}

/** The real text with one passage exchanged, and the line where that passage begins. */
function changed(from: string, to: string): { text: string; line: number } {
  const at = ruleText.indexOf(from);
  if (at < 0) throw new Error(`The rule file no longer says: ${from}`);
  return { text: ruleText.replace(from, to), line: lineOf(ruleText, from) };
}

function lineOf(text: string, passage: string): number {
  return text.slice(0, text.indexOf(passage)).split("\n").length;
}

describe("the rules on file", () => {
  test("load, with the digest of each text", () => {
    const { files, vocabulary } = loadRulebook();
    expect(files.find((file) => file.path === RULE_PATH)?.digest).toBe(digestText(ruleText));
    expect(files.map((file) => file.path)).toEqual(files.map((file) => file.path).toSorted());
    expect(vocabulary.series.map((term) => term.code)).toContain("natural-resources");
    expect(vocabulary.educations.map((term) => term.code)).toContain("bachelor");
  });

  test("are read back the same from their text alone", () => {
    const file = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
    expect(parseRuleSet(ruleText)).toEqual(file?.ruleSet);
  });

  test("the digest is SHA-256 in hex", () => {
    expect(digestText("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("quotes", () => {
  const sources = readSources();
  const quoted = quotedValues(parse(ruleText), []);

  test("stand verbatim in the cited clause of the cited document", () => {
    expect(quoted.length).toBeGreaterThan(15);
    for (const { at, document, clause, quote } of quoted) {
      const source = sources.find((text) => text.includes(document));
      expect(source, `${at}: no source text of ${document}`).toBeDefined();
      expect(clauseOf(source ?? "", clause), `${at}: ${clause}`).toContain(quote);
    }
  });

  test("are there for every row, requirement and notice that claims to be the notice's own", () => {
    const { declarations } = parse(ruleText);
    const values = declarations.flatMap((row: { requirements?: unknown[]; notices?: unknown[] }) => [
      row,
      ...(row.requirements ?? []),
      ...(row.notices ?? []),
    ]);
    for (const value of values) if (value.provenance === "notice") expect(value.quote).toBeTypeOf("string");
  });
});

describe("a wrong file is refused with its line", () => {
  // The line is that of the exchanged passage, or of a marker: what is missing is reported where its parent begins.
  const cases: [name: string, from: string, to: string, message: RegExp, marker?: string][] = [
    [
      "a value without citation",
      "requirements:\n      - id: total\n        kind: floor\n        subjects: all\n        hours: 90\n        citation: { document: 衢市人社专〔2020〕55号, clause: 二(二) }\n",
      "requirements:\n      - id: total\n        kind: floor\n        subjects: all\n        hours: 90\n",
      /citation/,
      "- id: total",
    ],
    ["an empty clause", "clause: 二(三) }", 'clause: "" }', /clause: must not be empty/],
    ["hours of a third decimal", "hours: 180", "hours: 180.005", /two decimals/],
    ["hours of 0", "hours: 180", "hours: 0", /above 0/],
    ["hours as text", "hours: 180", 'hours: "180"', /expected number/],
    ["a subject that does not exist", "subjects: [professional]", "subjects: [special]", /subjects/],
    ["an unknown key", "windowYears: 2", "windowYears: 2\n    windowMonths: 3", /windowMonths/, "windowMonths"],
    ["an unknown provenance", "provenance: second_hand", "provenance: hearsay", /provenance/],
    ["a date that does not exist", "publishedOn: 2020-07-10", "publishedOn: 2020-02-30", /existing date/],
    [
      "a series outside the closed list",
      "series: [manufacturing]",
      "series: [astrology]",
      /"astrology" is not in vocabulary/,
    ],
    [
      "an education outside the closed list",
      "educations: [bachelor, ",
      "educations: [phd, ",
      /"phd" is not in vocabulary/,
    ],
    ["a series routed twice", "series: [manufacturing]", "series: [natural-resources]", /routed twice/],
    ["no default route", 'series: "*"', "series: [economics]", /series "\*"/, "- series: [natural-resources]"],
    ["a connected route without platform", "platforms: [zj-industry]", "platforms: []", /not_connected/],
    [
      "a row that never answers",
      "levels: [senior, full-senior]",
      "levels: [intermediate]",
      /never answers.*review-up-to-intermediate/,
    ],
    ["a requirement twice in one row", "- id: common", "- id: professional", /stands twice/],
    ["a row id twice", "id: review-senior", "id: annual-duty", /used by an earlier row/],
    ["years that end before they begin", "until: 2020 }", "until: 2019 }", /from must not be after until/],
    ["a source that ends before it begins", "until: null", "until: 2017-12-31", /must not be before from/],
    ["no default age", '- platform: "*"', "- platform: quzhou-city", /platform "\*"/],
  ];

  test.each(cases)("%s", (_, from, to, message, marker) => {
    const { text, line } = changed(from, to);
    const problems = problemsOf(() => loadRulebook(rulesFolder({ "place/rules.yaml": text })));
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
    for (const problem of problems) {
      expect(problem.path).toBe("place/rules.yaml");
      expect(problem.line).toBe(marker === undefined ? line : lineOf(text, marker));
    }
  });

  test("every problem of a file at once", () => {
    const text = ruleText.replaceAll("hours: 90", "hours: -1");
    expect(problemsOf(() => parseRuleSet(text)).length).toBe(4);
  });

  test("text that is not YAML", () => {
    expect(problemsOf(() => parseRuleSet("id: [1\nplace: }", "broken.yaml"))[0]).toMatchObject({ path: "broken.yaml" });
  });

  test("a key written twice", () => {
    const { text, line } = changed("windowYears: 2", "windowYears: 2\n    windowYears: 3");
    expect(problemsOf(() => parseRuleSet(text, "twice.yaml"))[0]).toMatchObject({ path: "twice.yaml", line: line + 1 });
  });
});

describe("files beside each other", () => {
  test("two that answer for the same place and year are refused", () => {
    const folder = rulesFolder({
      "a.yaml": ruleText,
      "b.yaml": ruleText.replace("id: quzhou-2020", "id: quzhou-again"),
    });
    expect(problemsOf(() => loadRulebook(folder))).toEqual([
      { path: "b.yaml", line: 7, message: "answers for quzhou in years that a.yaml answers for already" },
    ]);
  });

  test("one id in two files is refused", () => {
    const other = ruleText.replace("years: { from: 2020, until: 2020 }", "years: { from: 2021, until: 2021 }");
    const folder = rulesFolder({ "a.yaml": ruleText, "b.yaml": other });
    expect(problemsOf(() => loadRulebook(folder))).toEqual([
      { path: "b.yaml", line: 4, message: 'id "quzhou-2020" is used by a.yaml' },
    ]);
  });

  test("a word twice in a closed list is refused", () => {
    const twice = vocabularyText.replace("code: college", "code: bachelor");
    const problems = problemsOf(() => loadRulebook(rulesFolder({ "vocabulary.yaml": twice })));
    expect(problems[0]).toMatchObject({ path: "vocabulary.yaml", message: expect.stringContaining("bachelor") });
  });

  test("a text activated earlier stays readable when a word has left the closed lists", () => {
    const { text } = changed("series: [manufacturing]", "series: [steam-engines]");
    expect(parseRuleSet(text).authorities[1]?.series).toEqual(["steam-engines"]);
  });
});

function readSources(): string[] {
  const folder = fileURLToPath(new URL("../sources", import.meta.url));
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Every value with a quote, wherever it stands in the file. */
function quotedValues(
  value: unknown,
  path: string[],
): { at: string; document: string; clause: string; quote: string }[] {
  if (value === null || typeof value !== "object") return [];
  const found = Object.entries(value).flatMap(([key, inner]) => quotedValues(inner, [...path, key]));
  if ("quote" in value && "citation" in value) {
    const { document, clause } = value.citation as { document: string; clause: string };
    found.push({ at: path.join("."), document, clause, quote: String(value.quote) });
  }
  return found;
}

/** The text of a clause such as 二(二): from its number to the next one of either level. */
function clauseOf(text: string, clause: string): string {
  const match = /^(.)\((.)\)$/u.exec(clause);
  const chapter = text.split(/^(?=[一二三四五六七八九十]、)/mu).find((part) => part.startsWith(`${match?.[1]}、`));
  const section = chapter
    ?.split(/^(?=\([一二三四五六七八九十]\))/mu)
    .find((part) => part.startsWith(`(${match?.[2]})`));
  return section ?? "";
}
