import { describe, expect, it } from "vitest";
import { exampleCounty } from "../examples/example-county/index.ts";
import { definePlatform, type Platform } from "./platform.ts";
import type { SqlConnection } from "./sql-connection.ts";

const { name, title, mapping, subjects, schedule, expectations } = exampleCounty;
const connection = exampleCounty.connection as SqlConnection;

function county(changes: Partial<SqlConnection>): () => Platform {
  const settings = { name, title, mapping, subjects, schedule, expectations };
  return () => definePlatform({ ...settings, connection: { ...connection, ...changes } });
}

describe("the settings of a staging table", () => {
  it("are taken as the example has them", () => {
    expect(county({})()).toEqual(exampleCounty);
  });

  it.each<[string, Partial<SqlConnection>, RegExp]>([
    ["a column that is mapped and not read", { columns: connection.columns.filter((name) => name !== "学时") }, /学时/],
    ["a date column that is not read", { dateColumns: ["没有这一列"] }, /没有这一列/],
    ["an update time cut to its date", { dateColumns: ["修改时间"] }, /修改时间 is a time/],
    [
      "another update time than the one it is read by",
      { read: { kind: "by-update-time", updateTimeColumn: "完成时间", idColumn: "流水号", overlapSeconds: 60 } },
      /must be 完成时间/,
    ],
  ])("refuse %s, and name it", (_what, changes, message) => {
    expect(county(changes)).toThrow(message);
  });

  it.each(["学时; DROP TABLE 学时", 'a"b', "a`b", "a.b", "1a", "a b", "", "字".repeat(64), "--", "a\u0000b"])(
    "refuse %j as the name of a table or a column",
    (name) => {
      expect(county({ table: name })).toThrow();
      expect(county({ schema: name })).toThrow();
      expect(county({ columns: [...connection.columns, name] })).toThrow();
      expect(county({ read: { ...connection.read, idColumn: name } })).toThrow();
    },
  );

  it.each(["学时上报", "T_2020_学时", "_x", "字".repeat(63)])("take %j as a name", (name) => {
    expect(county({ table: name })().connection).toMatchObject({ table: name });
  });
});
