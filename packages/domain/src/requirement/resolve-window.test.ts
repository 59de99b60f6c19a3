import { describe, expect, test } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import type { DutyStart, GrantRule, WindowRule } from "./requirement-rule.ts";
import { resolveWindow, type WindowQuestion } from "./resolve-window.ts";
import type { Declaration } from "./rule-set.ts";

const cited = { citation: { document: "d", clause: "c" }, provenance: "notice" } as const;
const day = (text: string) => text as LocalDate;

function question(changes: Partial<WindowQuestion> = {}, declared: Partial<Declaration> = {}): WindowQuestion {
  const declaration: Declaration = {
    place: "place",
    year: 2026,
    kind: "annual-duty",
    level: null,
    series: "any",
    education: null,
    ...declared,
  };
  return { declaration, asOf: day("2026-08-15"), yearStartsOn: "01-01", start: null, grants: [], ...changes };
}

/** The years of a window as `year from..until`, with the number of duties where it is not one. */
function yearsOf(rule: WindowRule, asked: WindowQuestion): string[] | string {
  const window = resolveWindow(rule, asked);
  if (typeof window === "string") return window;
  return window.years.map(({ year, from, until, dueYears, because }) => {
    return `${year} ${from}..${until}${dueYears.length === 1 ? "" : ` x${dueYears.length}`}${because === null ? "" : ` ${because}`}`;
  });
}

describe("resolveWindow", () => {
  test("study years that end with the declaration year, or before it", () => {
    expect(yearsOf({ kind: "years", count: 2, endsYearsBefore: 0 }, question())).toEqual([
      "2025 2025-01-01..2025-12-31",
      "2026 2026-01-01..2026-12-31",
    ]);
    expect(yearsOf({ kind: "years", count: 1, endsYearsBefore: 1 }, question())).toEqual([
      "2025 2025-01-01..2025-12-31",
    ]);
  });

  test("a study year that begins on another day is told by the date obtained", () => {
    const asked = question({ yearStartsOn: "07-01" });
    expect(yearsOf({ kind: "years", count: 1, endsYearsBefore: 0 }, asked)).toEqual(["2026 2026-07-01..2027-06-30"]);
    const window = resolveWindow({ kind: "years", count: 1, endsYearsBefore: 0 }, asked);
    expect(window).toMatchObject({ byAttributedYear: false, before: { from: "2025-07-01", until: "2026-06-30" } });
  });

  test("from a fixed year, and never less than one year", () => {
    expect(yearsOf({ kind: "since_year", from: 2025, endsYearsBefore: 0 }, question())).toHaveLength(2);
    expect(yearsOf({ kind: "since_year", from: 2030, endsYearsBefore: 0 }, question())).toEqual([
      "2026 2026-01-01..2026-12-31",
    ]);
  });

  test("from the year of a fact, so many years at most; without it, the fact that is needed", () => {
    const rule: WindowRule = { kind: "since_fact", fact: "title_obtained_on", plusYears: 1, yearsMax: 3 };
    const since = (date: string) => yearsOf(rule, question({}, { facts: { title_obtained_on: day(date) } }));
    expect(since("2024-05-01")).toHaveLength(2);
    expect(since("2019-05-01")).toHaveLength(3);
    expect(since("2026-05-01")).toHaveLength(1);
    expect(yearsOf(rule, question())).toBe("title_obtained_on");
  });

  test("the person's own cycle that the date of the question falls into", () => {
    const rule: WindowRule = { kind: "cycle", fact: "cycle_started_on", count: 2 };
    const on = (asOf: string) =>
      yearsOf(rule, question({ asOf: day(asOf) }, { facts: { cycle_started_on: day("2020-02-29") } }));
    expect(on("2022-02-27")).toEqual(["2020 2020-02-29..2021-02-27", "2021 2021-02-28..2022-02-27"]);
    expect(on("2022-02-28")).toEqual(["2022 2022-02-28..2023-02-27", "2023 2023-02-28..2024-02-28"]);
    expect(on("2019-01-01")).toEqual(on("2021-01-01"));
    expect(on("2024-02-28")).toEqual(["2022 2022-02-28..2023-02-27", "2023 2023-02-28..2024-02-28"]);
    expect(on("2024-02-29")[0]).toBe("2024 2024-02-29..2025-02-27");
  });

  test("months that end with the date of the question", () => {
    expect(yearsOf({ kind: "months", count: 18 }, question())).toEqual([
      "2025 2025-02-16..2026-02-15",
      "2026 2026-02-16..2026-08-15",
    ]);
  });

  test("months that end on the day before a leap day hold that day, and as many again lie before", () => {
    const asked = question({ asOf: day("2024-02-28") });
    expect(yearsOf({ kind: "months", count: 24 }, asked)).toEqual([
      "2022 2022-02-28..2023-02-27",
      "2023 2023-02-28..2024-02-28",
    ]);
    expect(resolveWindow({ kind: "months", count: 6 }, question())).toMatchObject({
      before: { from: "2025-08-16", until: "2026-02-15" },
    });
  });

  test("no duty before its first year; without the fact, the fact that is needed", () => {
    const start: DutyStart = { fact: "qualified_on", plusYears: 1, ...cited };
    const rule: WindowRule = { kind: "years", count: 3, endsYearsBefore: 0 };
    const asked = question({ start }, { facts: { qualified_on: day("2024-12-31") } });
    expect(yearsOf(rule, asked)).toEqual([
      "2024 2024-01-01..2024-12-31 x0 before_start",
      "2025 2025-01-01..2025-12-31",
      "2026 2026-01-01..2026-12-31",
    ]);
    expect(yearsOf(rule, question({ start }))).toBe("qualified_on");
  });

  describe("grants", () => {
    const grants: GrantRule[] = [
      { code: "leave", effect: "exemption", ...cited },
      { code: "later", effect: "deferral", ...cited },
    ];
    const rule: WindowRule = { kind: "years", count: 3, endsYearsBefore: 0 };
    const granted = (...list: [string, number][]) => {
      const held = list.map(([code, year]) => ({ code, year, document: "paper" }));
      const window = resolveWindow(rule, question({ grants }, { grants: held }));
      return typeof window === "string" ? window : window.years.map(({ dueYears }) => dueYears);
    };
    test("an exemption waives the year, a deferral moves it into the next one", () => {
      expect(granted(["leave", 2025])).toEqual([[2024], [], [2026]]);
      expect(granted(["later", 2025])).toEqual([[2024], [], [2025, 2026]]);
      expect(granted(["later", 2024], ["later", 2025])).toEqual([[], [], [2024, 2025, 2026]]);
    });
    test("an exemption does not waive what was deferred into the year", () => {
      expect(granted(["later", 2024], ["leave", 2025])).toEqual([[], [2024], [2026]]);
    });
    test("a deferral out of the year before the window is due in its first year", () => {
      expect(granted(["later", 2023])).toEqual([[2023, 2024], [2025], [2026]]);
      expect(granted(["later", 2022], ["later", 2023])).toEqual([[2022, 2023, 2024], [2025], [2026]]);
    });
    test("a code that the rules do not know grants nothing", () => {
      expect(granted(["other", 2025])).toEqual([[2024], [2025], [2026]]);
    });
  });
});
