import { createHash } from "node:crypto";
import * as values from "./values.ts";

export const PLATFORMS = ["quzhou-city", "zj-industry", "zj-natural-resources"] as const;
export type Platform = (typeof PLATFORMS)[number];
export type Subject = "professional" | "industry_common" | "general_common";
export type RawRow = Readonly<Record<string, unknown>>;

export type Category = Readonly<{ CategoryId: unknown; CategoryName?: unknown; ClassTypeId: unknown }>;

/** A record as a training platform pushes it (the wire shape of `POST /v1/records`), with its source and update time. */
export type Push = RawRow & Readonly<{ source: string; updatedAt: string }>;

/** What was sent, verbatim, in file order. `incomplete` names platforms of which a file has not fully arrived. */
export type Feeds = Readonly<{
  quzhouCity: readonly RawRow[];
  quzhouCityCategories: readonly Category[];
  zjIndustry: readonly RawRow[];
  zjNaturalResources: readonly RawRow[];
  incomplete: readonly Platform[];
  pushes?: readonly Push[];
}>;

/** One row after normalisation. `content` is everything but the update time; `digest` its SHA-256. */
export type Row = Readonly<{
  platform: string;
  /** The platform of record it counts for; null for a source that is admitted nowhere. */
  authority: Platform | null;
  recordId: string;
  updateMs: number;
  personId: string;
  name: string;
  title: string;
  hoursHundredths: number | null;
  subject: Subject | null;
  obtainedOn: string;
  attributedYear: number;
  /** Whether the year follows from the date obtained: nothing else says it. */
  yearFollows: boolean;
  status: "final" | "withdrawn" | "open";
  content: string;
  digest: string;
}>;

/** Sources that register for a platform of record (rule 10). */
const ADMITTED_SOURCES: Readonly<Record<string, Platform>> = { "demo-training": "quzhou-city" };

/** `hours-above-zero`: as `hours`, but zero is kept as it was written. */
type FieldKind = "id" | "name" | "hours" | "hours-above-zero" | "date";
type Mapping = Readonly<{
  recordId: string;
  person: string;
  name: string;
  title: string;
  hours: string;
  date: string;
  update: string;
  kinds: Readonly<Record<string, FieldKind>>;
}>;

/** Fields that a push may leave out: then they read as null. */
const PUSH_OPTIONAL = ["provider", "studiedFrom", "studiedUntil", "pathway"];

const PUSH_MAPPING: Mapping = {
  ...{ recordId: "recordId", person: "idNumber", name: "name", title: "title", hours: "hours", date: "obtainedOn" },
  update: "updatedAt",
  kinds: {
    idNumber: "id",
    name: "name",
    hours: "hours-above-zero",
    obtainedOn: "date",
    studiedFrom: "date",
    studiedUntil: "date",
  },
};

const MAPPINGS: Readonly<Record<string, Mapping>> = {
  "quzhou-city": {
    ...{ recordId: "Id", person: "IdCard", name: "RealName", title: "Name", hours: "Credit", date: "CreditTime" },
    update: "UpdateTime",
    kinds: { IdCard: "id", RealName: "name", Credit: "hours", CreditTime: "date" },
  },
  "zj-industry": {
    ...{
      recordId: "zgcId",
      person: "idCard",
      name: "userName",
      title: "title",
      hours: "classtime",
      date: "finishTime",
    },
    update: "updateTime",
    kinds: { idCard: "id", userName: "name", classtime: "hours", finishTime: "date" },
  },
  "zj-natural-resources": {
    ...{ recordId: "记录号", person: "身份证号", name: "姓名", title: "培训项目", hours: "学时", date: "结束日期" },
    update: "更新时间",
    kinds: { 身份证号: "id", 姓名: "name", 学时: "hours", 开始日期: "date", 结束日期: "date" },
  },
};

const CLASS_TYPES: Readonly<Record<string, Subject>> = { 1: "general_common", 2: "industry_common", 3: "professional" };
const INDUSTRY_TYPES: Readonly<Record<string, Subject>> = {
  ...{ 1: "professional", 2: "general_common", 3: "industry_common" },
};
const RESOURCE_TYPES: Readonly<Record<string, Subject>> = {
  ...{ 专业科目: "professional", 行业公需科目: "industry_common", 一般公需科目: "general_common" },
};

/** Every row of the feeds that is a record, per platform in file order. Total rows (type "0") are left out. */
export function readRows(feeds: Feeds): Row[] {
  const subjects = new Map<string, Subject | undefined>();
  for (const category of feeds.quzhouCityCategories) {
    subjects.set(values.readText(category.CategoryId), CLASS_TYPES[values.readText(category.ClassTypeId)]);
  }
  const city = feeds.quzhouCity.map((raw) => {
    const obtainedOn = values.readDate(raw.CreditTime);
    const status = { 3: "final", 9: "withdrawn" }[values.readText(raw.Status)];
    const subject = subjects.get(values.readText(raw.CategoryId));
    return { ...readRow("quzhou-city", raw, status, subject, Number(obtainedOn.slice(0, 4))), yearFollows: true };
  });
  const industry = feeds.zjIndustry
    .filter((raw) => values.readText(raw.type) !== "0")
    .map((raw) => {
      const status = raw.deleted === true ? "withdrawn" : values.readText(raw.state);
      const subject = INDUSTRY_TYPES[values.readText(raw.type)];
      return readRow("zj-industry", raw, status, subject, Number(values.readText(raw.year)));
    });
  const resources = feeds.zjNaturalResources.map((raw) => {
    const status = { 已通过: "final", 已撤销: "withdrawn" }[values.readText(raw.审核状态)];
    const subject = RESOURCE_TYPES[values.readText(raw.科目类别)];
    return readRow("zj-natural-resources", raw, status, subject, Number(values.readText(raw.年度)));
  });
  return [...city, ...industry, ...resources, ...(feeds.pushes ?? []).map(readPush)];
}

function readPush(push: Push): Row {
  const person = push.practitioner as Readonly<{ idNumber: unknown; name: unknown }>;
  const status = push.status ?? "final";
  const raw: RawRow = {
    ...Object.fromEntries(PUSH_OPTIONAL.map((key) => [key, push[key] ?? null])),
    attributedYear: push.attributedYear == null ? null : values.readText(push.attributedYear),
    hours: push.hours,
    idNumber: person.idNumber,
    name: person.name,
    obtainedOn: push.obtainedOn,
    otherFields: push.revision === undefined ? {} : { revision: push.revision },
    recordId: push.recordId,
    status: status === "draft" || status === "submitted" ? "pending" : status,
    subjectCode: push.subject ?? push.subjectCode ?? "",
    title: push.title,
    updatedAt: push.updatedAt,
  };
  const subject = Object.values(CLASS_TYPES).find((known) => known === values.readText(push.subject));
  const year = Number(push.attributedYear ?? values.readDate(push.obtainedOn).slice(0, 4));
  const yearFollows = push.attributedYear == null;
  return { ...readRow(push.source, raw, String(status), subject, year), yearFollows };
}

function readRow(
  platform: string,
  raw: RawRow,
  status: string | undefined,
  subject: Subject | undefined,
  attributedYear: number,
): Row {
  const mapping = MAPPINGS[platform] ?? PUSH_MAPPING;
  const content = contentOf(raw, mapping);
  return {
    platform,
    authority: PLATFORMS.find((known) => known === platform) ?? ADMITTED_SOURCES[platform] ?? null,
    recordId: values.readText(raw[mapping.recordId]),
    updateMs: values.readInstantMs(raw[mapping.update]),
    personId: values.readIdNumber(raw[mapping.person]),
    name: values.readName(raw[mapping.name]),
    title: values.readText(raw[mapping.title]),
    hoursHundredths: values.readHoursHundredths(raw[mapping.hours]),
    subject: subject ?? null,
    obtainedOn: values.readDate(raw[mapping.date]),
    attributedYear,
    yearFollows: false,
    status: status === "final" || status === "withdrawn" ? status : "open",
    content,
    digest: createHash("sha256").update(content).digest("hex"),
  };
}

/** All fields but the update time, parsed, as JSON with sorted keys: the platform's own field names. */
function contentOf(raw: RawRow, mapping: Mapping): string {
  const entries = Object.keys(raw)
    .filter((key) => key !== mapping.update)
    .sort()
    .map((key) => [key, readField(raw[key], mapping.kinds[key])]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Hours are hundredths, text is read by its kind; what is no text (a number, a flag) stays what it is. */
function readField(value: unknown, kind: FieldKind | undefined): unknown {
  const isNumberOrText = typeof value === "number" || typeof value === "string";
  if (kind === "hours" && isNumberOrText) return values.readHoursHundredths(value) ?? values.readText(value);
  if (kind === "hours-above-zero" && isNumberOrText) return values.readHoursHundredths(value) || values.readText(value);
  if (typeof value !== "string") return value;
  if (kind === "id") return values.readIdNumber(value);
  if (kind === "name") return values.readName(value);
  return kind === "date" ? values.readDate(value) : values.readText(value);
}
