import {
  AS_REGISTERED,
  AUTHORITY_MODES,
  KINDS,
  LAYERS,
  LEVELS,
  PERSON_FACTS,
  parseLocalDate,
  TITLE_SUBJECTS,
} from "@xueshi/domain";
import { z } from "zod";
import { cited, code, date, hours, name, text, year } from "./cited-values.ts";

const zeroOrHours = z.union([z.literal(0), hours]);
const subject = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be snake_case, such as professional");
const count = z.int().min(1).max(20);

const selection = {
  subjects: z.union([z.literal("all"), z.array(subject).min(1)]),
  pathways: z.array(name).min(1).exactOptional(),
  assessed: z.literal(true).exactOptional(),
};

/** A value over the sum of the window, or with `eachYear` over each of its years between two years. */
const span = {
  eachYear: z.literal(true).exactOptional(),
  fromYear: year.exactOptional(),
  untilYear: year.exactOptional(),
};

const floor = z.strictObject({
  id: code,
  kind: z.literal("floor"),
  ...selection,
  ...span,
  hours,
  perYear: z.literal(true).exactOptional(),
  overrides: z
    .array(z.strictObject({ from: year, until: year, hours: zeroOrHours, ...cited }))
    .min(1)
    .exactOptional(),
  ...cited,
});

const ratio = z.strictObject({
  id: code,
  kind: z.literal("ratio"),
  ...selection,
  ...span,
  of: z.strictObject(selection),
  numerator: z.int().min(1).max(100),
  denominator: z.int().min(1).max(100),
  ...cited,
});

const cap = z.strictObject({ id: code, ...selection, per: z.enum(["item", "year", "window"]), hours, ...cited });

const gate = z.discriminatedUnion("test", [
  z.strictObject({
    id: code,
    test: z.literal("assessed"),
    ...selection,
    withinDays: z.int().min(0).max(3660).nullable().default(null),
    ...cited,
  }),
  z.strictObject({ id: code, test: z.literal("item-minimum"), ...selection, hours, ...cited }),
  z.strictObject({ id: code, test: z.literal("expires"), ...selection, months: z.int().min(1).max(240), ...cited }),
]);

const carryOver = z.strictObject({
  id: code,
  ...selection,
  hours,
  above: zeroOrHours,
  lastMonths: z.int().min(1).max(120).nullable().default(null),
  ...cited,
});

const endsYearsBefore = z.int().min(0).max(10).default(0);
const fact = z.enum(PERSON_FACTS);
const window = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("years"), count, endsYearsBefore, ...cited }),
  z.strictObject({ kind: z.literal("since-year"), from: year, endsYearsBefore, ...cited }),
  z.strictObject({ kind: z.literal("since-fact"), fact, plusYears: z.int().min(0).max(10), yearsMax: count, ...cited }),
  z.strictObject({ kind: z.literal("cycle"), fact, count, ...cited }),
  z.strictObject({ kind: z.literal("months"), count: z.int().min(1).max(240), ...cited }),
]);

const start = z.strictObject({ fact, plusYears: z.int().min(0).max(10), ...cited });
const grant = z.strictObject({ code, effect: z.enum(["exemption", "deferral"]), ...cited });
const inherits = z.strictObject({ ruleSet: name, row: name, without: z.array(code).default([]) });

const notice = z.strictObject({ code: z.literal("year_below_annual_duty"), hours, ...cited });

const when = z.strictObject({
  kind: z.enum(KINDS),
  levels: z.array(z.enum(LEVELS)).min(1).exactOptional(),
  educations: z.array(name).min(1).exactOptional(),
  series: z.array(name).min(1).exactOptional(),
});

const answeredRow = z.strictObject({
  id: name,
  title: text,
  when,
  answer: z.literal("requirements"),
  /** Study years that end with the declaration year; `window` says every other window. */
  windowYears: count.exactOptional(),
  window: window.exactOptional(),
  inherits: inherits.exactOptional(),
  requirements: z.array(z.discriminatedUnion("kind", [floor, ratio])),
  caps: z.array(cap).default([]),
  gates: z.array(gate).default([]),
  carryOver: carryOver.exactOptional(),
  start: start.exactOptional(),
  grants: z.array(grant).default([]),
  notices: z.array(notice).default([]),
  ...cited,
});

const delegatedRow = z.strictObject({
  id: name,
  title: text,
  when,
  answer: z.literal("delegated"),
  delegatedTo: text,
  toPlace: name.exactOptional(),
  ...cited,
});

const authority = z.strictObject({
  series: z.union([z.literal("*"), z.array(name).min(1)]),
  mode: z.enum(AUTHORITY_MODES),
  platforms: z.array(name),
  ...cited,
});

const source = z.strictObject({ source: name, platform: name, from: date, until: date.nullable(), ...cited });

const freshness = z.strictObject({
  platform: z.union([z.literal("*"), name]),
  maxAgeHours: z.int().min(1).max(8760),
  ...cited,
});

/** A rule file as it is written: law as dated, cited values, hours in 学时. */
export const ruleFileSchema = z.strictObject({
  id: name,
  version: text,
  place: name,
  layer: z.enum(LAYERS).default("city"),
  subjects: z
    .array(subject)
    .min(1)
    .default([...TITLE_SUBJECTS]),
  yearStartsOn: z
    .string()
    .refine((value) => parseLocalDate(`2023-${value}`) === `2023-${value}`, "must be a day of every year, mm-dd")
    .meta({ pattern: "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" })
    .default("01-01"),
  recognition: name.default(AS_REGISTERED),
  /** True where part of what decides is our own reading: migrations do not put the file in force by themselves. */
  draft: z.boolean().default(false),
  /** Why no rule answers for the years between the file before this one and this one, where there are such years. */
  gapBefore: text.exactOptional(),
  years: z.strictObject({ from: year, until: year }),
  title: text,
  declarations: z.array(z.discriminatedUnion("answer", [answeredRow, delegatedRow])).min(1),
  authorities: z.array(authority).min(1),
  sources: z.array(source),
  freshness: z.array(freshness).min(1),
  ...cited,
  publishedOn: date,
  lastVerifiedOn: date,
});
export type RuleFile = z.infer<typeof ruleFileSchema>;

const term = z.strictObject({ code: name, label: text });
/** A profession has rules of its own: a row that names no series does not hold for it. */
const seriesTerm = z.strictObject({ code: name, label: text, profession: z.literal(true).exactOptional() });
const subjectTerm = z.strictObject({ code: subject, label: text });

/** The closed lists. */
export const vocabularySchema = z.strictObject({
  series: z.array(seriesTerm).min(1),
  educations: z.array(term).min(1),
  subjects: z.array(subjectTerm).min(1),
  places: z.array(term).min(1),
});
