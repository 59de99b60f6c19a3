import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { type HttpJsonConnection, PLATFORMS } from "@xueshi/platforms";
import { readConfig } from "@xueshi/runtime";
import { describe, expect, it } from "vitest";
import { bundleEntries } from "../../scripts/bundle/bundle-entries.ts";
import { readPlatformTargets } from "../../services/ingestion-worker/src/acquisition/platform-targets.ts";
import { checkCompose, readCompose } from "./compose.ts";
import { checkDockerfile, readDockerfile } from "./dockerfile.ts";
import { listFiles, ROOT, readRepository } from "./repository.ts";

const textOf = (wanted: string): string => readRepository().find(({ path }) => path === wanted)?.text ?? "";
const dockerfile = textOf("infra/Dockerfile");
const composeText = textOf("infra/compose.yaml");
const entries = bundleEntries(ROOT);
const known = { programs: [...entries.keys()], example: textOf("infra/compose.env.example") };
const paths = listFiles("");
/** A variable as Docker writes it. */
const variable = (name: string, otherwise = ":?") => ["$", "{", name, otherwise, "}"].join("");
const exists = (path: string) => paths.some((file) => file === path || file.startsWith(`${path}/`));

describe("the Dockerfile", () => {
  it("builds each program from what there is, and runs it as nobody special", () => {
    expect(checkDockerfile(dockerfile, exists)).toEqual([]);
  });

  it("is not given less than it copies", () => {
    const allowed = textOf("infra/Dockerfile.dockerignore")
      .split("\n")
      .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
    const copied = readDockerfile(dockerfile)
      .filter(({ verb, rest }) => verb === "COPY" && !rest.includes("--from="))
      .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it.each([
    ["COPY packages packages", "COPY gone packages", "copies gone, which does not exist"],
    ["--from=build", "--from=built", "copies from built, which is no stage"],
    ["COPY scripts scripts", "ADD scripts scripts", "uses ADD, which unpacks and downloads; COPY does not"],
    ["USER node", "USER root", "runs as root"],
    ["USER node\n", "", "runs as root"],
    ['["node", "program.js"]', "node program.js", "starts its program through a shell, which does not pass signals on"],
    ["HEALTHCHECK", "# HEALTHCHECK", "has no health check"],
    [
      "COPY infra/healthcheck.ts LICENSE ./",
      "COPY LICENSE ./",
      "checks its health with healthcheck.ts, which it does not carry",
    ],
    [`FROM ${variable("NODE_IMAGE", "")}\nARG SERVICE`, "FROM debian", "builds on debian without saying which"],
  ])("notices when %s is %s", (from, to, finding) => {
    expect(dockerfile).toContain(from);
    expect(checkDockerfile(dockerfile.replaceAll(from, to), exists)).toContain(finding);
  });
});

describe("the compose file", () => {
  const { services } = readCompose(composeText);

  it("is sound, and asks for every secret", () => {
    expect(checkCompose(composeText, known)).toEqual([]);
  });

  it("runs every program there is", () => {
    expect(
      Object.values(services)
        .flatMap(({ build }) => build?.args.SERVICE ?? [])
        .sort(),
    ).toEqual([...known.programs].sort());
  });

  it("opens the port each service listens on", () => {
    const { ports } = readConfig({}, ROOT);
    const inside = (name: string) => Number(services[name]?.ports[0]?.split(":").at(-1));
    expect([inside("query-api"), inside("ingestion-worker"), inside("ledger-service")]).toEqual([
      ports.queryApi,
      ports.ingestionWorker,
      ports.ledgerService,
    ]);
    for (const [service, port] of Object.entries({
      "query-api": 8081,
      "ingestion-worker": 8082,
      "ledger-service": 8083,
    })) {
      expect(textOf("infra/healthcheck.ts")).toContain(`"${service}": ${port}`);
    }
  });

  it("logs each service in under the name that migrate gives it", () => {
    const digest = createHash("sha256").update("xueshi").digest("hex").slice(0, 8);
    const login = (name: string) => /\/\/(\w+):/.exec(services[name]?.environment.DATABASE_URL ?? "")?.[1];
    expect(login("ingestion-worker")).toBe(`xueshi_ingestion_${digest}`);
    expect(login("ledger-service")).toBe(`xueshi_ledger_${digest}`);
    expect(login("query-api")).toBe(`xueshi_query_${digest}`);
  });

  it("sets only variables that the program names in its help", () => {
    for (const { build, environment } of Object.values(services)) {
      if (build === undefined) continue;
      const help = textOf(relative(ROOT, entries.get(build.args.SERVICE) ?? ""));
      expect(help).not.toBe("");
      expect(Object.keys(environment).filter((name) => !help.includes(`  ${name} `))).toEqual([]);
    }
  });

  it.each([
    ["image: postgres:18", "image: postgres", "postgres does not say which postgres"],
    ["SERVICE: query-api", "SERVICE: query", "query-api builds query, no program"],
    ["secrets: [targets]", "secrets: [other]", "ingestion-worker uses other, no secret"],
    ["127.0.0.1:8081:8081", "8081:8081", "query-api opens 8081:8081 to everyone"],
    [
      `POSTGRES_PASSWORD: ${variable("XUESHI_OWNER_PASSWORD")}`,
      "POSTGRES_PASSWORD: secret",
      "postgres writes POSTGRES_PASSWORD down",
    ],
    [`${variable("XUESHI_QUERY_PASSWORD")}@`, "secret@", "query-api writes a password down"],
    [
      `${variable("XUESHI_INDEX_KEY")}`,
      `${variable("XUESHI_INDEX_KEY", ":-00")}`,
      `${variable("XUESHI_INDEX_KEY", ":-00")} does not insist on a value`,
    ],
    [
      `${variable("XUESHI_INDEX_KEY")}`,
      `${variable("XUESHI_OTHER")}`,
      "XUESHI_OTHER is asked for and not in the example",
    ],
    [
      `${variable("XUESHI_INDEX_KEY")}`,
      `${variable("XUESHI_OTHER")}`,
      "XUESHI_INDEX_KEY is in the example and not asked for",
    ],
    [
      "test: [CMD, valkey-cli, ping]",
      "interval: 1s",
      "ledger-service waits for the health of valkey, which has no check",
    ],
    ["valkey: { condition", "redis: { condition", "ledger-service waits for redis, no service"],
    ["postgres-data:/var", "other:/var", "postgres mounts other, no volume"],
  ])("notices when %s is %s", (from, to, finding) => {
    expect(composeText).toContain(from);
    expect(
      checkCompose(composeText.replaceAll(from, to).replace("interval: 1s\n      interval", "interval"), known),
    ).toContain(finding);
  });

  it("notices a password in the example", () => {
    const example = known.example.replace("XUESHI_OWNER_PASSWORD=", "XUESHI_OWNER_PASSWORD=secret");
    expect(checkCompose(composeText, { ...known, example })).toEqual([
      "XUESHI_OWNER_PASSWORD has a value in the example",
    ]);
  });
});

/** The settings that a way to prove who asks takes from the target. */
function credentialsOf(auth: HttpJsonConnection["auth"]): string[] {
  if (auth.kind === "none") return [];
  return auth.kind === "api-key" ? [auth.credential] : [...auth.credentials];
}

describe("the example of targets", () => {
  it("is of the form that the service reads, and names every platform with what it needs", async () => {
    const targets = await readPlatformTargets(join(ROOT, "infra/targets.example.json"));
    for (const { name, connection } of PLATFORMS) {
      const needed = connection.transport === "http-json" ? credentialsOf(connection.auth) : "a folder in /exports";
      const target = targets[name];
      const folder = target !== undefined && "folder" in target ? target.folder : undefined;
      const given = target !== undefined && "credentials" in target ? Object.keys(target.credentials) : folder;
      expect([
        name,
        typeof given === "string" && given.startsWith("/exports/") ? "a folder in /exports" : given,
      ]).toEqual([name, needed]);
    }
    expect(Object.keys(targets)).toHaveLength(PLATFORMS.length);
  });
});
