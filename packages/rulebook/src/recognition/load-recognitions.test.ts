import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { digestText } from "../digest-text.ts";
import { RulebookError } from "../rulebook-error.ts";
import { loadRecognitions } from "./load-recognitions.ts";
import { parseRecognition } from "./parse-recognition.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "recognitions-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

function messagesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof RulebookError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const TEXT = `id: set
version: "1"
title: set
place: hangzhou
years: null
citation: &c { document: d, clause: c }
provenance: second_hand
sameAchievement: { citation: *c, provenance: inferred }
conversions:
  - code: course
    title: course
    pathway: training
    unit: day
    givesHours: 8
    citation: *c
    provenance: second_hand
  - code: paper
    title: paper
    pathway: writing
    unit: item
    citation: *c
    provenance: second_hand
    levels:
      - { level: core, givesHours: 25, citation: *c, provenance: second_hand }
    firstAuthorExtra:
      - { level: core, givesHours: 10, citation: *c, provenance: second_hand }
  - code: project
    title: project
    pathway: project
    unit: item
    givesHours: 30
    citation: *c
    provenance: second_hand
    rankShares:
      - { fromRank: 1, untilRank: 1, numerator: 1, denominator: 1, citation: *c, provenance: second_hand }
      - { fromRank: 2, untilRank: null, numerator: 1, denominator: 2, citation: *c, provenance: second_hand }
caps:
  - { id: most, per: year, mostHours: 36, pathways: [training], citation: *c, provenance: second_hand }
`;

/** The text with one passage exchanged: what is wrong, each as `line: message`. */
function problemsWith(from: string, to: string): string[] {
  if (!TEXT.includes(from)) throw new Error(`The text does not say: ${from}`);
  return messagesOf(() => parseRecognition(TEXT.replace(from, to), "a.yaml"));
}

describe("the recognition rule sets on file", () => {
  test("load, with the digest of each text", () => {
    const files = loadRecognitions();
    expect(files.map(({ path, ruleSet }) => [path, ruleSet.id, ruleSet.version])).toEqual([
      ["hangzhou.yaml", "hangzhou", "1"],
      ["natural-science-research.yaml", "natural-science-research", "2026"],
    ]);
    expect(files.map(({ text, digest }) => digestText(text) === digest)).toEqual([true, true]);
  });

  test("say of everything that it is known second hand, or our reading", () => {
    for (const { ruleSet } of loadRecognitions()) {
      const rules = [ruleSet, ruleSet.sameAchievement, ...ruleSet.conversions, ...ruleSet.caps];
      expect(rules.filter(({ provenance }) => provenance !== "second_hand" && provenance !== "inferred")).toEqual([]);
    }
  });
});

describe("a recognition file", () => {
  test("is read into hundredths", () => {
    const { conversions, caps } = parseRecognition(TEXT);
    expect(conversions.map(({ hours }) => hours.kind)).toEqual(["per_units", "by_level", "per_units"]);
    expect(conversions[0]?.hours).toEqual({ kind: "per_units", givesHundredths: 800, forUnits: 1 });
    expect(conversions.map(({ rank }) => rank?.kind ?? null)).toEqual([null, "first_author_extra", "share"]);
    expect(caps.map(({ mostHundredths, pathways }) => [mostHundredths, pathways])).toEqual([[3600, ["training"]]]);
  });

  test.each([
    ["id: set", "id: as-registered", 'a.yaml:1: id: "as-registered" means hours as a platform registered them'],
    ["place: hangzhou", "place: nowhere", 'a.yaml:4: place: place "nowhere" is not in the vocabulary'],
    ["years: null", "years: { from: 2026, until: 2025 }", "a.yaml:5: years: from must not be after until"],
    ["givesHours: 8", "givesHours: 8.125", "a.yaml:14: conversions.0.givesHours: must be hours"],
    ["    givesHours: 8\n", "", "a.yaml:10: conversions.0: must say either givesHours or levels"],
    ["givesHours: 8", "givesHours: as-stated", "a.yaml:13: conversions.0.unit: hour is the unit of givesHours"],
    ["unit: day", "unit: hour", "a.yaml:13: conversions.0.unit: hour is the unit of givesHours"],
    [
      "unit: item\n    citation",
      "unit: item\n    forUnits: 2\n    citation",
      "a.yaml:21: conversions.1.forUnits: needs",
    ],
    ["code: project", "code: paper", 'a.yaml:27: conversions.2.code: "paper" stands twice'],
    [
      "level: core, givesHours: 25",
      "level: top, givesHours: 25",
      "a.yaml:26: conversions.1.firstAuthorExtra.0.level: ",
    ],
    ["fromRank: 2", "fromRank: 3", "a.yaml:36: conversions.2.rankShares.1.fromRank: must be 2"],
    ["untilRank: 1,", "untilRank: null,", "a.yaml:36: conversions.2.rankShares.1.fromRank: an earlier share"],
    ["fromRank: 2, untilRank: null", "fromRank: 2, untilRank: 1", "a.yaml:36: conversions.2.rankShares.1.untilRank: "],
    ["numerator: 1, denominator: 2", "numerator: 3, denominator: 2", "a.yaml:36: conversions.2.rankShares.1: a share"],
    ["pathways: [training]", "pathways: [walking]", "a.yaml:38: caps.0.pathways.0: no conversion of this file has"],
    ["pathways: [training]", "conversions: [walk]", "a.yaml:38: caps.0.conversions.0: no conversion of this file has"],
    ["mostHours: 36", "most: 36", "a.yaml:38: caps.0.mostHours: "],
    ["    provenance: second_hand\n  - code: paper", "  - code: paper", "a.yaml:10: conversions.0.provenance: "],
  ])("is refused when it says %j as %j", (from, to, message) => {
    const [first = "nothing is wrong"] = problemsWith(from, to);
    expect(first.slice(0, message.length)).toBe(message);
  });

  test("the rank decides either a share or an extra", () => {
    const share = "{ fromRank: 1, untilRank: null, numerator: 1, denominator: 2, citation: *c, provenance: inferred }";
    expect(problemsWith("    firstAuthorExtra:", `    rankShares: [${share}]\n    firstAuthorExtra:`)).toEqual([
      "a.yaml:25: conversions.1.rankShares: the rank decides either a share or an extra",
    ]);
  });
});

describe("a folder of recognition files", () => {
  test("is refused when two have one id, and every file that is wrong is named", () => {
    const folder = folderOf({ "a.yaml": TEXT, "b.yaml": TEXT, "c.yaml": "id: c", "note.txt": "no rules" });
    const messages = messagesOf(() => loadRecognitions(folder));
    expect(messages[0]).toBe('b.yaml:1: id "set" is used by a.yaml');
    expect(messages.slice(1).every((message) => message.startsWith("c.yaml:1: "))).toBe(true);
    expect(messages.length).toBeGreaterThan(2);
  });
});
