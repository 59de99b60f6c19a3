import type { Mapping } from "../mapping.ts";

export const mapping: Mapping = {
  fields: {
    recordId: "zgcId",
    idNumber: "idCard",
    name: "userName",
    title: "title",
    provider: "orgName",
    hours: "classtime",
    subjectCode: "type",
    status: "state",
    obtainedOn: "finishTime",
    studiedFrom: null,
    studiedUntil: null,
    attributedYear: "year",
    pathway: null,
    assessedOn: null,
    updateTime: "updateTime",
  },
  otherFields: [],
  updateTimeForm: "epoch_ms",
  attributedYearSent: "always",
  statuses: { draft: "pending", submitted: "pending", final: "final" },
  withdrawnFlag: { field: "deleted", yes: [true, 1, "1", "true"], no: [false, 0, "0", "false", "", null] },
  totalRow: { field: "type", values: ["0"] },
};
