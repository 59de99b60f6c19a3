import { CATEGORIES } from "../oracle/render-rows.ts";
import { checkDigit } from "../oracle/values.ts";
import { writeFeeds } from "../oracle/write-feeds.ts";

/** A fictional person: the area code 330899 is assigned to no county. */
export interface Person {
  readonly idType: "resident-id";
  readonly idNumber: string;
  readonly name: string;
}

export function fictionalPerson(index: number, name: string): Person {
  const first17 = `33089919850505${String(index).padStart(3, "0")}`;
  return { idType: "resident-id", idNumber: first17 + checkDigit(first17), name };
}

type RawFields = Readonly<Record<string, unknown>>;

/** One row of quzhou-city: eight professional hours of 2020 that count, but for what is given. */
export function cityRow(person: Person, id: string, fields: RawFields = {}): RawFields {
  return {
    Id: id,
    IdCard: person.idNumber,
    RealName: person.name,
    OrgName: "衢州市某单位",
    CategoryId: 101,
    CategoryName: "专业课程（网络）",
    Name: `土地整治工程技术（${id}）`,
    TrainOrg: "衢州学院继续教育学院",
    Credit: 8,
    CreditTime: "2020-03-02",
    Status: 3,
    TaskName: "已通过",
    UpdateTime: "2020-04-01 08:00:00",
    ...fields,
  };
}

/** One row of zj-industry, likewise. */
export function industryRow(person: Person, id: string, fields: RawFields = {}): RawFields {
  return {
    zgcId: id,
    idCard: person.idNumber,
    userName: person.name,
    title: `智能制造（${id}）`,
    type: "1",
    classtime: "8",
    year: "2020",
    finishTime: "2020-03-02",
    orgName: "浙江某企业",
    state: "final",
    deleted: false,
    updateTime: Date.parse("2020-04-01T08:00:00+08:00"),
    ...fields,
  };
}

/** One row of zj-natural-resources, likewise. */
export function resourcesRow(person: Person, id: string, fields: RawFields = {}): RawFields {
  return {
    记录号: id,
    身份证号: person.idNumber,
    姓名: person.name,
    单位: "某单位",
    年度: "2020",
    培训项目: `测绘与地理信息（${id}）`,
    科目类别: "专业科目",
    学时: "8",
    开始日期: "2020/03/01",
    结束日期: "2020/03/02",
    培训机构: "浙江省自然资源厅",
    审核状态: "已通过",
    更新时间: "2020-04-01 08:00:00",
    ...fields,
  };
}

/** Writes a feeds directory of a few rows. */
export function writeSmallFeeds(
  dir: string,
  rows: {
    readonly city: readonly RawFields[];
    readonly industry?: readonly RawFields[];
    readonly resources?: readonly RawFields[];
  },
): void {
  const { city, industry = [], resources = [] } = rows;
  const lists = { quzhouCity: city, zjIndustry: industry, zjNaturalResources: resources };
  writeFeeds(dir, { ...lists, quzhouCityCategories: CATEGORIES, incomplete: [] }, []);
}
