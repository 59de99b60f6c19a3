import { expect, test } from "vitest";
import { askOneAtATime } from "./ask-one-at-a-time.ts";

test("questions wait for the answer before, also for one that fails, and each gets its own", async () => {
  const open: PromiseWithResolvers<string>[] = [];
  const client = {
    query(_text: string): Promise<unknown> {
      open.push(Promise.withResolvers<string>());
      return open.at(-1)?.promise ?? Promise.reject(new Error("none"));
    },
  };
  askOneAtATime(client);
  const [first, second, third] = ["a", "b", "c"].map((text) => client.query(text));
  const failed = expect(first).rejects.toThrow("gone");
  const turns: number[] = [];
  for (const [turn, settle] of [
    () => open[0]?.reject(new Error("gone")),
    () => open[1]?.resolve("B"),
    () => open[2]?.resolve("C"),
  ].entries()) {
    await expect.poll(() => open.length).toBe(turn + 1);
    turns.push(open.length);
    settle();
  }
  await failed;
  expect([await second, await third]).toEqual(["B", "C"]);
  expect(turns).toEqual([1, 2, 3]);
});
