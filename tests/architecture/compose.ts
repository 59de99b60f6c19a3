import { parse } from "yaml";
import { z } from "zod";

const names = z.record(z.string(), z.unknown());
const service = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.string(), dockerfile: z.string(), args: z.object({ SERVICE: z.string() }) }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  ports: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  restart: z.string().optional(),
});
const compose = z.object({
  services: z.record(z.string(), service),
  secrets: names.default({}),
  volumes: names.default({}),
});
export type ComposeService = z.output<typeof service>;

/** Reads a compose file, merge keys resolved. */
export function readCompose(text: string): z.output<typeof compose> {
  return compose.parse(parse(text, { merge: true }));
}

/** What is wrong with a compose file that no engine is needed to see. */
export function checkCompose(text: string, known: { programs: readonly string[]; example: string }): string[] {
  const file = readCompose(text);
  const services = Object.entries(file.services);
  const asked = new Set(Array.from(text.matchAll(/\$\{(\w+)/g), ([, name = ""]) => name));
  const offered = new Set(Array.from(known.example.matchAll(/^(\w+)=(.*)$/gm), ([, name = ""]) => name));
  return [
    ...Array.from(
      text.matchAll(/\$\{\w+(?!:\?)[^}\w][^}]*\}|\$\{\w+\}/g),
      ([found]) => `${found} does not insist on a value`,
    ),
    ...[...asked].filter((name) => !offered.has(name)).map((name) => `${name} is asked for and not in the example`),
    ...[...offered].filter((name) => !asked.has(name)).map((name) => `${name} is in the example and not asked for`),
    ...Array.from(known.example.matchAll(/^(\w+)=(.+)$/gm), ([, name]) => `${name} has a value in the example`),
    ...services.flatMap(([name, found]) => checkService(name, found, file, known.programs)),
  ];
}

function checkService(
  name: string,
  found: ComposeService,
  file: z.output<typeof compose>,
  programs: readonly string[],
): string[] {
  const { image, build, environment, depends_on: needs, secrets, volumes, ports, healthcheck, restart } = found;
  const runs = restart !== "no";
  const secretValues = Object.entries(environment).filter(([key]) => /PASSWORD|SECRET|KEY|AUTH/.test(key));
  return [
    ...((image === undefined) === (build === undefined) ? [`${name} needs an image or a build`] : []),
    ...(image === undefined || /:\d/.test(image) ? [] : [`${name} does not say which ${image}`]),
    ...(build === undefined || programs.includes(build.args.SERVICE)
      ? []
      : [`${name} builds ${build.args.SERVICE}, no program`]),
    ...Object.keys(needs)
      .filter((other) => !(other in file.services))
      .map((other) => `${name} waits for ${other}, no service`),
    ...Object.entries(needs)
      .filter(([other, { condition }]) => condition === "service_healthy" && !file.services[other]?.healthcheck?.test)
      .map(([other]) => `${name} waits for the health of ${other}, which has no check`),
    ...secrets.filter((secret) => !(secret in file.secrets)).map((secret) => `${name} uses ${secret}, no secret`),
    ...volumes
      .map((volume) => volume.split(":")[0] ?? "")
      .filter((volume) => !volume.startsWith("${") && !(volume in file.volumes))
      .map((volume) => `${name} mounts ${volume}, no volume`),
    ...ports.filter((port) => !port.startsWith("127.0.0.1:")).map((port) => `${name} opens ${port} to everyone`),
    ...secretValues.filter(([, value]) => !/^\$\{\w+:\?\}$/.test(value)).map(([key]) => `${name} writes ${key} down`),
    ...Object.values(environment)
      .filter((value) => /:\/\/[^:@]*:[^@]+@/.test(value.replaceAll(/\$\{\w+:\?\}/g, "")))
      .map(() => `${name} writes a password down`),
    ...(runs && image !== undefined && healthcheck?.test === undefined ? [`${name} has no health check`] : []),
    ...(runs && build !== undefined && healthcheck?.disable === true ? [`${name} does not check its health`] : []),
  ];
}
