import { type RoleProblem, readForeignRights, readRoleProblems, type Sql } from "@xueshi/database";
import { type Finding, fault, orOk } from "./finding.ts";

const PROBLEMS: Readonly<Record<RoleProblem["problem"], (detail: string) => [zh: string, en: string]>> = {
  missing: () => ["角色不存在", "the role does not exist"],
  several_groups: (of) => [`同时属于多个服务的角色：${of}`, `it is of several services: ${of}`],
  powers: (of) => [`有不该有的属性：${of}`, `it has powers that no service needs: ${of}`],
  becomes: (of) => [`可以成为：${of}`, `it may become: ${of}`],
  owns: (of) => [`拥有本产品的对象或数据库 ${of}`, `it owns things of this product, or the database ${of}`],
  makes_objects: (of) => [`可在这些模式中建对象：${of}`, `it may make objects in: ${of}`],
  silences: (of) => [`可设置 ${of}，从而使触发器静默`, `it may set ${of}, which silences triggers`],
};

const REMEDIES: Readonly<Record<RoleProblem["problem"], (role: string) => [zh: string, en: string]>> = {
  missing: () => ["运行 pnpm migrate，或 infra/postgres/roles.sql。", "Run pnpm migrate, or infra/postgres/roles.sql."],
  several_groups: (role) => [
    `每个服务各用一个登录：从 ${role} 撤销多余的组。`,
    `Give each service a login of its own: revoke the other groups from ${role}.`,
  ],
  powers: (role) => [
    `ALTER ROLE ${role} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS。`,
    `ALTER ROLE ${role} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS.`,
  ],
  becomes: (role) => [`从 ${role} 撤销这些角色。`, `Revoke these roles from ${role}.`],
  owns: (role) => [
    `把它们改归迁移所用的角色：REASSIGN OWNED BY ${role}。`,
    `Give them to the role that migrates: REASSIGN OWNED BY ${role}.`,
  ],
  makes_objects: (role) => [`从 ${role} 撤销这些模式的 CREATE。`, `Revoke CREATE on these schemas from ${role}.`],
  silences: (role) => [
    `REVOKE SET ON PARAMETER session_replication_role FROM ${role}。`,
    `REVOKE SET ON PARAMETER session_replication_role FROM ${role}.`,
  ],
};

export async function checkRoles(sql: Sql): Promise<Finding[]> {
  const findings = (await readRoleProblems(sql)).map(({ role, problem, detail }) => {
    const [zh, en] = PROBLEMS[problem](detail);
    const [remedyZh, remedyEn] = REMEDIES[problem](role);
    const text = { zh: `${role}：${zh}。`, en: `${role}: ${en}.` };
    return fault("roles", `role_${problem}`, text, { zh: remedyZh, en: remedyEn });
  });
  return orOk(findings, "roles", {
    zh: "各服务的角色彼此分开，也都不能成为所有者。",
    en: "The services' roles are apart from each other and from the owner.",
  });
}

export async function checkRights(sql: Sql): Promise<Finding[]> {
  const findings = (await readForeignRights(sql)).map(({ role, table, rights }) => {
    const list = rights.join(", ");
    return fault(
      "rights",
      "right_to_change",
      {
        zh: `${role} 对受保护的 ${table} 有 ${list} 权限。`,
        en: `${role} holds ${list} on ${table}, which is guarded.`,
      },
      {
        zh: `REVOKE ${list} ON ${table} FROM ${role}，或撤销它由以得到权限的角色或 PUBLIC。`,
        en: `REVOKE ${list} ON ${table} FROM ${role}, or from the role or PUBLIC through which it holds them.`,
      },
    );
  });
  return orOk(findings, "rights", {
    zh: "除所有者外，无人有权改、删、清空受保护的表。",
    en: "Nobody but the owner holds a right that guarded tables refuse.",
  });
}
