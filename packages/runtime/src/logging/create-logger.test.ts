import { expect, it } from "vitest";
import { testClock } from "../time/test-clock.ts";
import { createLogger, type LogLevel } from "./create-logger.ts";

const id18 = "330899199001011234";
const id15 = "330899900101123";

function capture(level?: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({
    service: "query-api",
    clock: testClock("2020-07-31T00:00:00Z"),
    write: (line) => lines.push(line),
    ...(level === undefined ? {} : { level }),
  });
  return { lines, logger };
}

it("writes one JSON object a line, the fixed fields first", () => {
  const { lines, logger } = capture();
  logger.child({ requestId: "r-1" }).info("answered", { status: 200 });
  expect(lines).toEqual([
    '{"level":"info","time":"2020-07-31T00:00:00.000Z","service":"query-api","message":"answered","requestId":"r-1","status":200}\n',
  ]);
});

it("keeps below-level lines to itself", () => {
  const { lines, logger } = capture("warn");
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(["c", "d"]);
});

it("hides what looks like a resident id, wherever it stands", () => {
  const { lines, logger } = capture();
  const fullWidth = "３３０８９９１９９００１０１１２３Ｘ";
  logger.error(`refused ${id18}`, {
    old: id15,
    withX: "33089919900101123X/33089919900101123x",
    glued: `id${id18}name`,
    fullWidth,
    nested: { list: [{ [id18]: `a ${id18}\nb` }] },
    numeric: 330899199001011200,
    big: 330899199001011234n,
    error: new Error(`bad ${id18}`, { cause: new Error(id15) }),
    map: new Map([[id15, id18]]),
  });
  const line = lines.join("");
  expect(line).not.toMatch(/[0-9０-９]{15}/);
  expect(line).not.toMatch(/\*\*\*[xX]/);
  const entry = JSON.parse(line);
  expect(entry).toMatchObject({
    message: "refused ***",
    old: "***",
    withX: "***/***",
    glued: "id***name",
    fullWidth: "***",
    nested: { list: [{ "***": "a ***\nb" }] },
    numeric: "***",
    map: { "***": "***" },
  });
});

it("leaves digests, ids, instants and short numbers alone", () => {
  const { lines, logger } = capture();
  const kept = {
    digest: "0123456789012345678901234567890123456789abcdef0123456789abcdef01",
    uuid: "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    epochMs: 1_596_153_600_000,
    area: "330899",
    hours: 12.25,
  };
  logger.info("kept", kept);
  expect(JSON.parse(lines.join(""))).toMatchObject(kept);
});

it("takes only name, code, message and stack of an error", () => {
  const { lines, logger } = capture();
  const error = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (name)=(someone)" });
  logger.error("failed", { error });
  const entry = JSON.parse(lines.join(""));
  expect(Object.keys(entry.error)).toEqual(["name", "code", "message", "stack"]);
});

it("survives loops, bytes and what JSON cannot hold", () => {
  const { lines, logger } = capture();
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  logger.info("odd", { loop, bytes: Buffer.alloc(3), call: () => 1, none: undefined, count: 1n });
  expect(JSON.parse(lines.join(""))).toMatchObject({ bytes: "[3 bytes]", count: "1" });
});
