import type { Mapping } from "../../src/mapping.ts";

export const mapping: Mapping = {
  fields: {
    recordId: "流水号",
    idNumber: "证件号码",
    name: "姓名",
    title: "课程名称",
    provider: "主办单位",
    hours: "学时",
    subjectCode: "科目",
    status: "办理状态",
    obtainedOn: "完成时间",
    studiedFrom: null,
    studiedUntil: null,
    attributedYear: null,
    pathway: null,
    assessedOn: null,
    updateTime: "修改时间",
  },
  otherFields: [],
  updateTimeForm: "text",
  attributedYearSent: "optional",
  statuses: { 待审: "pending", 通过: "final", 作废: "withdrawn" },
  withdrawnFlag: null,
  totalRow: null,
};
