import { describe, expect, it } from "vitest";
import { parseBody } from "../validation/parse-body.ts";
import { checkRequestSchema } from "./check.ts";

const vocabulary = {
  series: ["economics", "manufacturing", "natural-resources"].map((code) => ({ code })),
  educations: ["college", "bachelor", "master"].map((code) => ({ code })),
};
const schema = checkRequestSchema(vocabulary);

const identity = { idType: "resident-id", idNumber: "330899197312100005", name: "邓国刚" };
const declaration = {
  place: "quzhou",
  year: 2020,
  kind: "review",
  level: "intermediate",
  series: "economics",
  education: "bachelor",
};

function errorsOf(body: unknown): string[] {
  const parsed = parseBody(schema, body, "en");
  return parsed.ok ? [] : parsed.errors.map((error) => `${error.path} ${error.code}`);
}

describe("POST /v1/checks, accepted", () => {
  it("reads a check by identity, with its defaults", () => {
    const parsed = parseBody(schema, { practitioner: identity, declaration }, "en");
    expect(parsed).toEqual({
      ok: true,
      value: {
        id: null,
        practitioner: { by: "identity", personId: "330899197312100005", name: "邓国刚" },
        declaration,
        asOf: null,
        knownAtMs: null,
        keep: false,
        explain: false,
        hypothetical: [],
      },
    });
  });

  it("reads a check by practitioner id, with clocks, keep and a reference", () => {
    const practitionerId = "6f0a4f8e-9a3b-5c1d-8e2f-0123456789ab";
    const parsed = parseBody(
      schema,
      {
        id: "D000001",
        practitioner: { practitionerId },
        declaration: { ...declaration, kind: "annual-duty", level: null, education: undefined },
        asOf: "2020-07-31",
        knownAt: "2020-08-01T00:00:00+08:00",
        keep: true,
      },
      "en",
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        id: "D000001",
        practitioner: { by: "practitioner-id", practitionerId },
        declaration: { kind: "annual-duty", level: null, education: null },
        asOf: "2020-07-31",
        knownAtMs: Date.UTC(2020, 6, 31, 16),
        keep: true,
      },
    });
  });

  it.each([
    ["a 15-digit id", "330899731210000"],
    ["full-width digits", "330899197312100005"],
    ["a lower-case x and spaces", " 33089919900101001x "],
  ])("reads the id in its normal form: %s", (_name, idNumber) => {
    const parsed = parseBody(schema, { practitioner: { ...identity, idNumber }, declaration }, "en");
    expect(parsed.ok ? parsed.value.practitioner : parsed.errors).toMatchObject({
      by: "identity",
      personId: expect.stringMatching(/^\d{17}[\dX]$/),
    });
  });

  it("takes a place that no rule set names: the answer is unknown, not an error", () => {
    expect(errorsOf({ practitioner: identity, declaration: { ...declaration, place: "nowhere" } })).toEqual([]);
  });
});

describe("POST /v1/checks, refused with the path of each fault", () => {
  it.each([
    ["nothing", undefined, [" required"]],
    ["an array", [], [" type_wrong"]],
    ["an empty object", {}, ["practitioner required", "declaration required"]],
    ["no practitioner", { declaration }, ["practitioner required"]],
    ["a practitioner without fields", { practitioner: {}, declaration }, ["practitioner choose_one"]],
    ["an unknown field", { practitioner: identity, declaration, asof: "2020-07-31" }, ["asof unknown_field"]],
    [
      "an unknown field of the declaration",
      { practitioner: identity, declaration: { ...declaration, ratio: 1 } },
      ["declaration.ratio unknown_field"],
    ],
    [
      "an unknown field of the practitioner",
      { practitioner: { ...identity, phone: "1" }, declaration },
      ["practitioner.phone unknown_field"],
    ],
    [
      "identity and practitioner id together",
      { practitioner: { ...identity, practitionerId: "6f0a4f8e-9a3b-5c1d-8e2f-0123456789ab" }, declaration },
      ["practitioner.practitionerId unknown_field"],
    ],
    [
      "a practitioner id of another form",
      { practitioner: { practitionerId: "1" }, declaration },
      ["practitioner.practitionerId format_wrong"],
    ],
    [
      "a wrong check digit",
      { practitioner: { ...identity, idNumber: "330899197312100006" }, declaration },
      ["practitioner.idNumber id_invalid"],
    ],
    [
      "an impossible birth date",
      { practitioner: { ...identity, idNumber: "330899197302300003" }, declaration },
      ["practitioner.idNumber id_invalid"],
    ],
    [
      "a number for an id",
      { practitioner: { ...identity, idNumber: 330899 }, declaration },
      ["practitioner.idNumber type_wrong"],
    ],
    ["an empty name", { practitioner: { ...identity, name: "" }, declaration }, ["practitioner.name required"]],
    ["a blank name", { practitioner: { ...identity, name: "  " }, declaration }, ["practitioner.name required"]],
    [
      "another kind of document",
      { practitioner: { ...identity, idType: "library-card" }, declaration },
      ["practitioner.idType value_not_listed"],
    ],
    [
      "a number that is none of its kind",
      { practitioner: { ...identity, idType: "passport" }, declaration },
      ["practitioner.idNumber id_invalid"],
    ],
    [
      "words outside the closed lists",
      {
        practitioner: identity,
        declaration: { ...declaration, kind: "exam", level: "top", series: "law", education: "school" },
      },
      ["declaration.kind", "declaration.level", "declaration.series", "declaration.education"].map(
        (path) => `${path} value_not_listed`,
      ),
    ],
    [
      "a review without level",
      { practitioner: identity, declaration: { ...declaration, level: undefined } },
      ["declaration.level required"],
    ],
    [
      "a year as text",
      { practitioner: identity, declaration: { ...declaration, year: "2020" } },
      ["declaration.year type_wrong"],
    ],
    [
      "a year with a fraction",
      { practitioner: identity, declaration: { ...declaration, year: 2020.5 } },
      ["declaration.year type_wrong"],
    ],
    [
      "a year beyond the bounds",
      { practitioner: identity, declaration: { ...declaration, year: 9999 } },
      ["declaration.year too_large"],
    ],
    ["a date that does not exist", { practitioner: identity, declaration, asOf: "2021-02-29" }, ["asOf date_invalid"]],
    ["a date of another form", { practitioner: identity, declaration, asOf: "2020/07/31" }, ["asOf format_wrong"]],
    [
      "an instant without zone",
      { practitioner: identity, declaration, knownAt: "2020-07-31T08:00:00" },
      ["knownAt instant_invalid"],
    ],
    ["keep as text", { practitioner: identity, declaration, keep: "yes" }, ["keep type_wrong"]],
    [
      "a reference that could be a sentence",
      { id: "not a reference", practitioner: identity, declaration },
      ["id format_wrong"],
    ],
    [
      "a prototype key",
      JSON.parse('{"__proto__":{"keep":true}}'),
      ["practitioner required", "declaration required", "__proto__ unknown_field"],
    ],
  ])("%s", (_name, body, expected) => {
    expect(errorsOf(body).sort()).toEqual([...expected].sort());
  });

  it("never repeats what was sent", () => {
    const body = {
      practitioner: { idType: "resident-id", idNumber: "330899197312100006", name: "邓国刚" },
      declaration: { ...declaration, series: "邓国刚" },
      "330899197312100005": 1,
    };
    for (const language of ["zh-CN", "en"] as const) {
      const text = JSON.stringify(parseBody(schema, body, language));
      expect(text).not.toContain("330899");
      expect(text).not.toContain("邓国刚");
    }
  });

  it("lists at most 50 faults, however many there are", () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, index]));
    expect(errorsOf({ practitioner: identity, declaration, ...body })).toHaveLength(50);
  });
});
