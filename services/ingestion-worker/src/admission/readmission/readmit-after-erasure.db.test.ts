import { readReadmission } from "@xueshi/database";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { admissionContextOf } from "../admission-context.ts";
import { applyErasure } from "../erasure/apply-erasure.ts";
import { proposeErasure } from "../erasure/propose-erasure.ts";
import { runErasure } from "../erasure/run-erasure.ts";
import { judgePush } from "../judge-push.ts";
import { openTestQuarantine, PEOPLE, SOURCE } from "../testing/test-quarantine.ts";
import { compareRecords } from "./apply-differences.ts";
import { requestReadmission } from "./request-readmission.ts";
import { runReadmission } from "./run-readmission.ts";
import { WantedRows } from "./wanted-rows.ts";

let world: Awaited<ReturnType<typeof openTestQuarantine>>;
beforeAll(async () => {
  world = await openTestQuarantine();
});
afterEach(() => world.empty());
afterAll(() => world.close());

const { zhang, deng, wang } = PEOPLE;
const NEVER = new AbortController().signal;

async function erase({ idNumber }: { readonly idNumber: string }): Promise<void> {
  const { context } = world;
  const practitionerId = context.vault.practitionerIdOf(idNumber as never);
  const by = { holder: "operator-1", receivedAtMs: context.clock(), idempotencyKey: null };
  const said = { reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" } as const;
  const { erasureId } = (await proposeErasure(context, { practitionerId, ...said, ...by })).row;
  await applyErasure(context, { erasureId, holder: "operator-1", practitionerId, needsSecondHolder: false });
  expect(await runErasure(context, erasureId, NEVER)).toBe("done");
}

async function readmit(mode: "compare" | "apply") {
  const by = { actor: "operator-1", receivedAtMs: world.context.clock(), idempotencyKey: null };
  const { row } = await requestReadmission(world.context, { source: SOURCE, mode, reason: "mended", ...by });
  expect(await runReadmission(world.context, row.readmissionId, NEVER)).toBe("ended");
  return (await readReadmission(world.context.sql, row.readmissionId))?.progress.sums;
}

const versions = () =>
  world.owner`SELECT record_id AS id, voided_by AS left_out, title FROM admission.version ORDER BY 1, title`;

it("rows that stay in a page from which others were erased are read anew as ever, and nothing else is touched", async () => {
  await world.push({ recordId: "r-1" }, { recordId: "r-2", practitioner: deng }, { recordId: "r-3", hours: "八" });
  await world.push({ recordId: "r-4", practitioner: wang, title: `同 ${zhang.idNumber} 一起` });
  await erase(zhang);
  await world.push({ recordId: "r-1" }, { recordId: "r-5", practitioner: deng });
  const before = await versions();
  expect(await readmit("compare")).toMatchObject({ pages: 3, pagesUnreadable: 0 });
  const sums = await readmit("apply");
  expect(sums).toEqual({ pages: 3, rows: 2, pagesLeft: 0, pagesUnreadable: 0 });
  expect(await versions()).toEqual(before);
  // A mapping that reads them otherwise still reaches them.
  await world.owner`UPDATE admission.version SET title = 'read wrongly' WHERE record_id = 'r-2'`;
  await readmit("compare");
  expect(await readmit("apply")).toMatchObject({ changed: 1, records: 1 });
  expect(await versions()).toEqual(before);
});

it("a row that was read before its person was erased is not stored afterwards", async () => {
  await world.push({ recordId: "r-1" });
  const { context } = world;
  const now = { source: SOURCE, receivedAtMs: context.clock(), language: "en" } as const;
  const record = { ...{ title: "工程测量", hours: 8, subject: "professional" }, obtainedOn: "2020-03-02" };
  const rows = [zhang, deng].map((practitioner, at) => ({ value: { ...record, recordId: `new-${at}`, practitioner } }));
  const wanted = new WantedRows();
  for (const judged of judgePush(rows, now, admissionContextOf(context)).judged) {
    wanted.add(judged, { batchId: context.newId(), scope: null, isInScope: true });
  }
  const { row: readmission } = await requestReadmission(context, {
    ...{ source: SOURCE, mode: "compare", reason: "mended", actor: "operator-1" },
    ...{ receivedAtMs: context.clock(), idempotencyKey: null },
  });
  const scope = { batchIds: new Set<string>(), readmissionIds: new Set<string>() };
  const named = async () => {
    const group = { readmission, recordKeys: [...wanted.recordKeys], wanted, scope };
    const differences = await compareRecords(context, group);
    return differences.flatMap(({ added }) => added.map(({ version }) => version.recordId)).sort();
  };
  expect(await named()).toEqual(["new-0", "new-1"]);
  await erase(zhang);
  expect(await named()).toEqual(["new-1"]);
});
