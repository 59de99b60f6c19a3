import type { SqlConnectionSettings } from "../../src/sql-connection.ts";

/** The county's own system writes into a staging table (前置库) and leaves it to us to mark what was taken. */
export const connection: SqlConnectionSettings = {
  transport: "sql",
  dialect: "mysql",
  schema: null,
  table: "继续教育学时",
  columns: ["流水号", "证件号码", "姓名", "课程名称", "主办单位", "学时", "科目", "办理状态", "完成时间", "修改时间"],
  dateColumns: ["完成时间"],
  read: {
    kind: "mark-as-taken",
    idColumn: "流水号",
    markColumn: "交换标志",
    pendingValue: 0,
    takenValue: 1,
    takenAtColumn: "交换时间",
  },
  rowsPerPage: 1_000,
  pagesMax: 100_000,
  statementTimeoutMs: 30_000,
};
