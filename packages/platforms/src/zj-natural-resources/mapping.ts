import type { Mapping } from "../mapping.ts";

export const mapping: Mapping = {
  fields: {
    recordId: "记录号",
    idNumber: "身份证号",
    name: "姓名",
    title: "培训项目",
    provider: "培训机构",
    hours: "学时",
    subjectCode: "科目类别",
    status: "审核状态",
    obtainedOn: "结束日期",
    studiedFrom: "开始日期",
    studiedUntil: "结束日期",
    attributedYear: "年度",
    pathway: null,
    assessedOn: null,
    updateTime: "更新时间",
  },
  otherFields: ["单位"],
  updateTimeForm: "text",
  attributedYearSent: "always",
  statuses: { 草稿: "pending", 审核中: "pending", 已通过: "final", 已撤销: "withdrawn" },
  withdrawnFlag: null,
  totalRow: null,
};
