import type { FileConnectionSettings } from "../file-connection.ts";

export const connection: FileConnectionSettings = {
  transport: "file",
  namePattern: "^export-[0-9]{6}\\.csv$",
  format: { kind: "csv", encoding: "gb18030" },
  arrival: { kind: "ready-line", suffix: ".ok" },
  columns: [
    "记录号",
    "身份证号",
    "姓名",
    "单位",
    "年度",
    "培训项目",
    "科目类别",
    "学时",
    "开始日期",
    "结束日期",
    "培训机构",
    "审核状态",
    "更新时间",
  ],
  rowsPerPage: 1_000,
  fileBytesMax: 67_108_864,
  filesMax: 10_000,
};
