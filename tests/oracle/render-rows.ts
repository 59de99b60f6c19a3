import type { Random } from "./random.ts";
import type { Category, Platform, RawRow, Subject } from "./read-rows.ts";

const DAY_MS = 86_400_000;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** One version of one record before it takes a platform's shape. `updateMs` is whole seconds. */
export type Draft = Readonly<{
  platform: Platform;
  recordId: string;
  idNumber: string;
  name: string;
  title: string;
  provider: string;
  subject: Subject | "total" | null;
  /** As it is sent: "8", "8.5", or dirt. */
  hours: string;
  /** 'yyyy-mm-dd' in Shanghai. */
  obtainedOn: string;
  asInstant: boolean;
  attributedYear: number;
  status: "draft" | "submitted" | "final" | "withdrawn";
  updateMs: number;
  /** Where in the file a row with this update time goes; its own update time unless it comes late. */
  servedMs: number;
}>;

export const CATEGORIES: readonly (Category & Readonly<{ CategoryName: string }>)[] = [
  { CategoryId: 101, CategoryName: "专业课程（网络）", ClassTypeId: 3 },
  { CategoryId: 103, CategoryName: "学术会议与学术讲座", ClassTypeId: 3 },
  { CategoryId: 104, CategoryName: "高级研修班", ClassTypeId: 3 },
  { CategoryId: 201, CategoryName: "行业政策法规", ClassTypeId: 2 },
  { CategoryId: 202, CategoryName: "行业安全生产与职业规范", ClassTypeId: 2 },
  { CategoryId: 301, CategoryName: "一般公需课程", ClassTypeId: 1 },
  { CategoryId: 302, CategoryName: "职业道德与科学精神", ClassTypeId: 1 },
];
const CLASS_TYPES = { professional: 3, industry_common: 2, general_common: 1 } as const;
const INDUSTRY_TYPES = { professional: "1", general_common: "2", industry_common: "3", total: "0" } as const;
const RESOURCE_TYPES = {
  ...{ professional: "专业科目", industry_common: "行业公需科目", general_common: "一般公需科目", total: "其他" },
} as const;
const CITY_STATUSES = { draft: 1, submitted: 2, final: 3, withdrawn: 9 } as const;
const TASK_NAMES = { draft: "草稿", submitted: "待审核", final: "已通过", withdrawn: "已撤销" } as const;
const RESOURCE_STATUSES = { draft: "草稿", submitted: "审核中", final: "已通过", withdrawn: "已撤销" } as const;

/** A row of the draft's platform, in the platform's own field order. */
export function renderRow(draft: Draft, random: Random): RawRow {
  if (draft.platform === "quzhou-city") return renderCity(draft, random);
  return draft.platform === "zj-industry" ? renderIndustry(draft) : renderResources(draft);
}

function renderCity(draft: Draft, random: Random): RawRow {
  const ofSubject = CATEGORIES.filter(
    ({ ClassTypeId }) =>
      draft.subject !== null && draft.subject !== "total" && ClassTypeId === CLASS_TYPES[draft.subject],
  );
  // A later version of a record keeps its category, so the id picks it and not chance.
  const category = ofSubject[Number(/[0-9]+/.exec(draft.recordId)?.[0] ?? 0) % Math.max(1, ofSubject.length)];
  const plain = /^[0-9]+(\.[0-9]+)?$/.test(draft.hours);
  return {
    Id: draft.recordId,
    IdCard: draft.idNumber,
    RealName: draft.name,
    OrgName: "衢州市某单位",
    CategoryId: category?.CategoryId ?? 999,
    CategoryName: category?.CategoryName ?? (draft.recordId.endsWith("7") ? "高级研修班" : "其他（待归类）"),
    Name: draft.title,
    TrainOrg: draft.provider,
    Credit: plain && random.chance(0.9) ? Number(draft.hours) : draft.hours,
    CreditTime: draft.asInstant ? instantOn(draft.obtainedOn) : draft.obtainedOn,
    Status: CITY_STATUSES[draft.status],
    TaskName: TASK_NAMES[draft.status],
    UpdateTime: shanghaiTime(draft.updateMs),
  };
}

function renderIndustry(draft: Draft): RawRow {
  return {
    zgcId: draft.recordId,
    idCard: draft.idNumber,
    userName: draft.name,
    title: draft.title,
    type: draft.subject === null ? "9" : INDUSTRY_TYPES[draft.subject],
    classtime: draft.hours,
    year: String(draft.attributedYear),
    finishTime: draft.subject === "total" ? "" : draft.asInstant ? instantOn(draft.obtainedOn) : draft.obtainedOn,
    orgName: draft.provider,
    state: draft.status === "withdrawn" ? "final" : draft.status,
    deleted: draft.status === "withdrawn",
    updateTime: draft.updateMs,
  };
}

function renderResources(draft: Draft): RawRow {
  return {
    记录号: draft.recordId,
    身份证号: draft.idNumber,
    姓名: draft.name,
    单位: "某单位",
    年度: String(draft.attributedYear),
    培训项目: draft.title,
    科目类别: draft.subject === null ? "其他" : RESOURCE_TYPES[draft.subject],
    学时: draft.hours,
    开始日期: "",
    结束日期: draft.obtainedOn.replaceAll("-", "/"),
    培训机构: draft.provider,
    审核状态: RESOURCE_STATUSES[draft.status],
    更新时间: shanghaiTime(draft.updateMs),
  };
}

/** 'yyyy-MM-dd HH:mm:ss' in Shanghai. */
export function shanghaiTime(ms: number): string {
  return new Date(ms + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");
}

/** Midnight in Shanghai of a day, as the UTC instant that platforms send: it reads as the day before. */
export function instantOn(day: string): string {
  return new Date(startOfDayMs(day)).toISOString();
}

export function startOfDayMs(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
