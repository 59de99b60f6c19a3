import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { prefixLines } from "./prefix-lines.ts";

async function copied(chunks: Iterable<Buffer>, highWaterMark = 16): Promise<string> {
  const source = new PassThrough();
  let written = "";
  const target = new Writable({
    highWaterMark,
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      setImmediate(done);
    },
  });
  prefixLines(source, target, "> ");
  for (const chunk of chunks) source.write(chunk);
  source.end();
  await new Promise((resolve) => source.once("end", resolve));
  await new Promise<void>((resolve) => target.end(resolve));
  return written;
}

it("joins what arrives in pieces, inside a character too, and waits for a slow target", async () => {
  const lines = "一二\n\nabc\n".repeat(40);
  const bytes = [...Buffer.from(lines)].map((byte) => Buffer.of(byte));
  expect(await copied(bytes)).toBe("> 一二\n> \n> abc\n".repeat(40));
});

it("cuts an endless line", async () => {
  const written = await copied([Buffer.alloc(70_000, "a"), Buffer.from("b")]);
  expect(written).toBe(`> ${"a".repeat(70_000)}\n> b\n`);
});
