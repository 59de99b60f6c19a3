import { describe, expect, test } from "vitest";
import { jobNames, parseJobPayload } from "./jobs.ts";
import { QueueError } from "./queue-error.ts";

const batchId = "01935b2e-7c00-7000-8000-000000000001";

describe("the closed map of jobs", () => {
  test("names every queue", () => {
    expect(jobNames).toEqual([
      "pull-platform",
      "post-batch",
      "read-upload",
      "readmit-rows",
      "reconcile",
      "erase-person",
    ]);
  });

  test("takes ids as they are", () => {
    expect(parseJobPayload("post-batch", { batchId })).toEqual({ batchId });
    expect(parseJobPayload("pull-platform", { platform: "quzhou-city" })).toEqual({ platform: "quzhou-city" });
  });

  test.each([
    ["a Date where a string is", "post-batch", { batchId: new Date(0) }, "batchId is invalid_type"],
    ["an id that is no UUID", "post-batch", { batchId: "1" }, "batchId is invalid_format"],
    ["a platform that is not kebab-case", "pull-platform", { platform: "Quzhou City" }, "platform is invalid_format"],
    ["a missing field", "post-batch", {}, "batchId is invalid_type"],
    ["a field too many", "post-batch", { batchId, idNumber: "33089919900101001X" }, "1 unknown field(s)"],
    ["a field too many, named like data", "post-batch", { batchId, "33089919900101001X": 1 }, "1 unknown field(s)"],
    ["no object", "post-batch", "33089919900101001X", "payload is invalid_type"],
    ["nothing", "pull-platform", undefined, "payload is invalid_type"],
  ] as const)("refuses %s and quotes nothing of it", (_what, name, payload, problem) => {
    const refusal = catchRefusal(() => parseJobPayload(name, payload));
    expect(refusal.code).toBe("payload_refused");
    expect(refusal.message).toBe(`the payload of ${name} is refused: ${problem}`);
    expect(refusal.cause).toBeUndefined();
  });
});

function catchRefusal(parse: () => unknown): QueueError {
  try {
    parse();
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
