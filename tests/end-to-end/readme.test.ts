import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Credentials, killMainJobs, type MainJob, startMainJob } from "./start-main-job.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** The commands of the front page are run, and its answer is compared with the real one. */
const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const folder = makeTemporaryFolder();
const dataDir = folder.at("data");

afterAll(async () => {
  await killMainJobs(dataDir);
  folder.remove();
});

const fences = (language: string): string[] =>
  Array.from(README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")), ([, text = ""]) => text);

/** A curl command of the page as a request: its address, the key it takes from the credentials, and its body. */
function readCurl(command: string, job: MainJob) {
  const address = /http:\/\/127\.0\.0\.1:(\d+)(\/\S+)/.exec(command);
  const base = { "8081": job.urls.queryApi, "8082": job.urls.ingestionWorker }[address?.[1] ?? ""];
  const key = /credentials\.json"\)\.?(.*?)\.apiKey'/.exec(command)?.[1] ?? "";
  const headers = Array.from(command.matchAll(/-H '([^:']+): ([^']+)'/g), ([, name = "", value = ""]) => [name, value]);
  const body = / -d '(.*?)'\s*$/s.exec(command)?.[1] ?? "";
  return {
    url: `${base}${address?.[2]}`,
    headers: { ...Object.fromEntries(headers), Authorization: `Bearer ${keyAt(job.credentials(), key)}` },
    body,
  };
}

function keyAt(credentials: Credentials, path: string): string {
  if (path === "declarationSystem") return credentials.declarationSystem.apiKey;
  return credentials.sources[/^sources\["([^"]+)"\]$/.exec(path)?.[1] ?? ""]?.apiKey ?? "";
}

async function send({ url, headers, body }: ReturnType<typeof readCurl>): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, json: await response.json() };
}

/** Matches what has at least the members and items that are shown. */
function containing(shown: unknown): unknown {
  if (Array.isArray(shown)) return expect.arrayContaining(shown.map(containing));
  if (typeof shown !== "object" || shown === null) return shown;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, containing(value)])),
  );
}

it("README: the check answers as shown, and the pushed record counts", async () => {
  const [, checkCommand = "", pushCommand = ""] = fences("sh");
  const [shown = ""] = fences("json");
  const job = await startMainJob({ dataDir });
  await job.says(/Running; press Ctrl-C to stop/);

  const check = readCurl(checkCommand, job);
  const answer = await send(check);
  expect(answer).toEqual({ status: 200, json: containing(JSON.parse(shown)) });

  expect(await send(readCurl(pushCommand, job))).toMatchObject({
    status: 202,
    json: { receipts: [{ recordId: "r-1", outcome: "accepted" }] },
  });
  await expect
    .poll(async () => (await send(check)).json, { timeout: 20_000 })
    .toEqual(containing({ requirements: [{ id: "total", have: 98, gap: 82 }] }));

  job.signalGroup("SIGINT");
  expect(await job.ended, job.output()).toEqual({ code: 0, signal: null });
});
