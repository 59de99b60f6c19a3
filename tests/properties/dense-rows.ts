import fc from "fast-check";
import { type Declaration, PLATFORMS, type Push } from "../oracle/index.ts";
import type { Random } from "../oracle/random.ts";
import { CATEGORIES, type Draft, renderRow } from "../oracle/render-rows.ts";
import { checkDigit } from "../oracle/values.ts";
import type { Arrival, Material } from "./arrivals.ts";

/**
 * Rows of a very small world: three people, five record ids, two titles, five update times. Nearly every row meets
 * another one: as a version, a conflict, a duplicate, another name, another person.
 */
const FIRST_17 = ["33089919800307001", "33089919800307002", "33089920000101001"];
export const PEOPLE = FIRST_17.map((first17, index) => ({
  idNumber: first17 + checkDigit(first17),
  name: ["王伟", "李 芳", "陈杰洋"][index] ?? "",
}));
const TITLES = ["土地整治（1）", "《土地 整治》(１)", "土地整治·1！", "知识产权保护"];
/** One day, as a date and as the UTC instant that is the year before. */
const NEW_YEAR = [
  ["2020-01-01", true],
  ["2020-01-01", false],
] as const;
const UPDATES_MS = ["2019-12-31", "2020-03-02", "2020-03-03", "2020-06-01", "2020-09-30"].map((day) =>
  Date.parse(`${day}T10:00:00+08:00`),
);

const people = fc.constantFrom(...PEOPLE.slice(0, 1), ...PEOPLE).chain(({ idNumber, name }) =>
  fc.record({
    idNumber: weighted(idNumber, [
      ` ${idNumber.toLowerCase()}　`,
      ...(idNumber.slice(6, 8) === "19" ? [idNumber.slice(0, 6) + idNumber.slice(8, 17)] : []),
      `${idNumber.slice(0, 17)}${idNumber.endsWith("1") ? "2" : "1"}`,
    ]),
    name: weighted(name, [name.replace(/(?<=^.)/u, "　"), "钱多多", "赵无名"]),
  }),
);

const drafts: fc.Arbitrary<Draft> = fc
  .record({
    person: people,
    place: fc.constantFrom(...PLATFORMS, "quzhou-city" as const),
    number: fc.constantFrom("1", "2", "3", "4", "7"),
    title: fc.constantFrom(...TITLES),
    subject: weighted("professional", ["industry_common", "general_common", null, null, "total"] as const),
    hours: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("60", "60.0", "５９.5 ", "18", "90", "120") },
      fc.constantFrom("0", "八", "1.234"),
    ),
    date: fc.constantFrom(...NEW_YEAR, ...NEW_YEAR, ["2019-06-30", false] as const),
    attributedYear: fc.constantFrom(2019, 2020),
    status: weighted<Draft["status"]>("final", ["draft", "submitted", "withdrawn"]),
    updateMs: fc.constantFrom(...UPDATES_MS),
  })
  .map(({ person, place, number, date: [obtainedOn, asInstant], subject, ...rest }) => ({
    ...{ ...rest, ...person, obtainedOn, asInstant, platform: place, provider: "党校", servedMs: rest.updateMs },
    recordId: `${place === "zj-industry" ? "ZI" : "R"}${number}`,
    subject: subject === "total" && place !== "zj-industry" ? null : subject,
  }));

/** A row, and now and then the same content once more at another time. */
export const denseArrivals: fc.Arbitrary<Arrival[]> = fc
  .record({
    draft: drafts,
    numericHours: fc.boolean(),
    pushedBy: fc.constantFrom(null, null, null, "demo-training", "demo-training", "other-training"),
    touchedMs: fc.option(fc.constantFrom(...UPDATES_MS), { freq: 2, nil: null }),
  })
  .map(({ draft, numericHours, pushedBy, touchedMs }) => {
    const random: Random = { ...noRandom, chance: () => numericHours };
    const versions = touchedMs === null ? [draft] : [draft, { ...draft, updateMs: touchedMs }];
    return versions.map((version): Arrival => {
      if (pushedBy === null) return { kind: "row", source: version.platform, raw: renderRow(version, random) };
      return { kind: "push", source: pushedBy, push: pushOf(pushedBy, version) };
    });
  });

const noRandom: Random = { unit: () => 0, int: (low) => low, pick: (items) => items[0], chance: () => false };

function pushOf(source: string, draft: Draft): Push {
  const { recordId, idNumber, name, title, hours, obtainedOn, status, subject, attributedYear } = draft;
  return {
    ...{ source, recordId, title, hours, obtainedOn, status },
    ...(subject === null || subject === "total" ? {} : { subject }),
    ...(attributedYear === 2020 ? {} : { attributedYear }),
    practitioner: { idType: "resident-id", idNumber, name },
    updatedAt: new Date(draft.updateMs).toISOString(),
  };
}

/** The usual value five times as often as all the others together. */
function weighted<Value>(usual: Value, others: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
}

export const declarations: Declaration[] = PEOPLE.flatMap(({ idNumber, name }) => {
  const practitioner = { idType: "resident-id", idNumber, name };
  const declare = (changes: Partial<Declaration["declaration"]>): Declaration => ({
    practitioner,
    declaration: { place: "quzhou", year: 2020, kind: "review", series: "economics", education: "college", ...changes },
  });
  return [
    declare({ kind: "annual-duty", level: "senior" }),
    declare({ level: "intermediate" }),
    declare({ kind: "initial-determination", series: "manufacturing" }),
    declare({ level: "junior", education: "bachelor", series: "natural-resources" }),
  ];
});

export const denseMaterials: fc.Arbitrary<Material> = fc
  .array(denseArrivals, { minLength: 3, maxLength: 30, size: "max" })
  .chain((rows) => fc.shuffledSubarray(rows.flat(), { minLength: Math.floor(rows.length / 2) }))
  .map((rows) => ({ arrivals: rows, categories: CATEGORIES, declarations }));
