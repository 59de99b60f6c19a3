import { posix } from "node:path";

export interface Instruction {
  readonly verb: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile; continued lines are joined, comments left out. */
export function readDockerfile(text: string): Instruction[] {
  return text
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => ({ verb: line.split(" ", 1)[0] ?? "", rest: line.slice(line.indexOf(" ") + 1).trim() }));
}

/** What is wrong with the shape of a Dockerfile; an engine would find it late or never. */
export function checkDockerfile(text: string, exists: (path: string) => boolean): string[] {
  const instructions = readDockerfile(text);
  const starts = instructions.flatMap(({ verb }, index) => (verb === "FROM" ? [index] : []));
  const stages = instructions.flatMap(({ verb, rest }) => (verb === "FROM" ? [/ AS (\S+)/.exec(rest)?.[1] ?? ""] : []));
  const last = instructions.slice(starts.at(-1) ?? 0);
  const copied = instructions.filter(({ verb }) => verb === "COPY");
  const fromStages = copied.flatMap(({ rest }) => /--from=(\S+)/.exec(rest)?.[1] ?? []);
  const fromContext = copied
    .filter(({ rest }) => !rest.includes("--from="))
    .flatMap(({ rest }) =>
      rest
        .split(/\s+/)
        .filter((word) => !word.startsWith("--"))
        .slice(0, -1),
    );
  const user = last.findLast(({ verb }) => verb === "USER")?.rest ?? "root";
  const entry = last.findLast(({ verb }) => verb === "ENTRYPOINT" || verb === "CMD")?.rest ?? "";
  const health = last.findLast(({ verb }) => verb === "HEALTHCHECK")?.rest ?? "";
  const healthFiles = Array.from(health.matchAll(/"([^"]+\.ts)"/g), ([, file = ""]) => file);
  return [
    ...fromContext
      .filter((path) => !exists(posix.normalize(path)))
      .map((path) => `copies ${path}, which does not exist`),
    ...fromStages.filter((stage) => !stages.includes(stage)).map((stage) => `copies from ${stage}, which is no stage`),
    ...instructions
      .filter(({ verb }) => verb === "ADD")
      .map(() => "uses ADD, which unpacks and downloads; COPY does not"),
    ...instructions
      .filter(({ verb, rest }) => verb === "FROM" && !/[:$@]/.test(rest))
      .map(({ rest }) => `builds on ${rest} without saying which`),
    ...(/^(root|0)(:|$)/.test(user) ? ["runs as root"] : []),
    ...(entry.startsWith("[") ? [] : ["starts its program through a shell, which does not pass signals on"]),
    ...(health.includes("CMD [") ? [] : ["has no health check"]),
    ...healthFiles
      .filter((file) => !fromContext.some((path) => posix.basename(path) === file))
      .map((file) => `checks its health with ${file}, which it does not carry`),
    ...(last.some(({ verb, rest }) => verb === "ARG" && rest === "SERVICE")
      ? []
      : ["does not take the argument SERVICE"]),
  ];
}
