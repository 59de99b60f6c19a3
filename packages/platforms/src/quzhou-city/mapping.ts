import type { Mapping } from "../mapping.ts";

export const mapping: Mapping = {
  fields: {
    recordId: "Id",
    idNumber: "IdCard",
    name: "RealName",
    title: "Name",
    provider: "TrainOrg",
    hours: "Credit",
    subjectCode: "CategoryId",
    status: "Status",
    obtainedOn: "CreditTime",
    studiedFrom: null,
    studiedUntil: null,
    attributedYear: null,
    pathway: null,
    assessedOn: null,
    updateTime: "UpdateTime",
  },
  otherFields: ["OrgName", "CategoryName", "TaskName"],
  updateTimeForm: "text",
  attributedYearSent: "optional",
  statuses: { "1": "pending", "2": "pending", "3": "final", "9": "withdrawn" },
  withdrawnFlag: null,
  totalRow: null,
};
