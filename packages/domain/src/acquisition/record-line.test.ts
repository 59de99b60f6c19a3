import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { lineText, parseLineHours, type RecordLine, sumLines } from "./record-line.ts";

const sha256Hex = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const at = (text: string) => Date.parse(text);
const line = (recordId: string, time: string, hoursHundredths: number | null, status: RecordLine["status"]) => ({
  ...{ recordId, updateTimeMs: at(time), hoursHundredths, status },
});

/** The test vectors of reconciling.md; the digests were computed by `printf … | sha256sum`. */
const LINES: readonly RecordLine[] = [
  line("r-2", "2020-03-02T15:59:59.999Z", 150, "pending"),
  line("r-10", "2020-03-01T16:00:00Z", 800, "final"),
  line("r-1", "2020-03-02T08:00:00+08:00", 9_000, "withdrawn"),
  line("记录-1", "2020-03-02T08:00:00.5+08:00", 5, "final"),
  line("r-3", "2020-03-02T09:30:00+08:00", null, null),
];

describe("a line", () => {
  it("is record id, update time, hours and status, separated by tabs", () => {
    expect(LINES.map(lineText)).toEqual([
      "r-2\t2020-03-02T23:59:59.999+08:00\t1.50\tpending",
      "r-10\t2020-03-02T00:00:00.000+08:00\t8.00\tfinal",
      "r-1\t2020-03-02T08:00:00.000+08:00\t0.00\twithdrawn",
      "记录-1\t2020-03-02T08:00:00.500+08:00\t0.05\tfinal",
      "r-3\t2020-03-02T09:30:00.000+08:00\t\t",
    ]);
  });

  it("keeps no separator of its own inside the id", () => {
    expect(lineText(line("a\tb\nc\rd", "2020-03-01T16:00:00Z", 0, "final")).split("\t")[0]).toBe("a b c d");
  });

  it.each<[string | number, number | null]>([
    ["0", 0],
    [8, 800],
    [1.5, 150],
    ["４.5 ", 450],
    ["8.555", null],
    ["-1", null],
    [1e21, null],
    ["", null],
    ["八", null],
    [0.1 + 0.2, null],
    ["10000000", 1_000_000_000],
    ["10000000.01", null],
  ])("has %j hours as %j hundredths", (sent, hundredths) => {
    expect(parseLineHours(sent)).toBe(hundredths);
  });
});

describe("a day", () => {
  it("sums its lines and digests them in the order of their bytes", () => {
    expect(sumLines(LINES, sha256Hex)).toEqual({
      records: 5,
      hoursHundredths: 955,
      digest: "81f7f99912b7c04e0893b7ed1fd48247ce804809a850d3020fba6dfe5294d025",
    });
    expect(sumLines(LINES.toReversed(), sha256Hex)).toEqual(sumLines(LINES, sha256Hex));
  });

  it("of one record, and of none", () => {
    const [first] = LINES;
    expect(sumLines(first === undefined ? [] : [first], sha256Hex).digest).toBe(
      "0375aae160d15d866770feb6c9094dbc52b00c1e8c3ccd8b3dbb32ced4639909",
    );
    expect(sumLines([], sha256Hex)).toEqual({
      records: 0,
      hoursHundredths: 0,
      digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
  });

  it("orders ids beyond the basic plane by their bytes in UTF-8, not by UTF-16", () => {
    const ids = ["\u{20000}", "\uFA0E", "a"].map((id) => line(id, "2020-03-01T16:00:00Z", 100, "final"));
    expect(sumLines(ids, sha256Hex).digest).toBe("b258ba88be2ee869a980dee3223c87f9e03387ed4d4e4857d1943f14d5bfb04b");
  });
});
