import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { identityEntry, tombstoneEntry } from "../ledger/append-entries.ts";
import type { Entry, EntryBody } from "../ledger/entry.ts";
import { GENESIS_HASH } from "../ledger/entry-hash.ts";
import { exampleBody } from "../testing/examples.ts";
import { balancesOf } from "./balance.ts";
import { projectPerson } from "./project-person.ts";

const chain = (...bodies: EntryBody[]): Entry[] =>
  bodies.map((body, index) => ({
    ...{
      ...body,
      practitionerId: "person-1",
      sequence: index + 1,
      postingId: "p",
      recordedAtMs: index,
      hash: `h${index + 1}`,
    },
  }));
const reversal = (of: EntryBody, sequence: number): EntryBody => ({
  ...of,
  kind: "reversal",
  reverses: sequence,
  hoursHundredths: of.hoursHundredths === null ? null : -of.hoursHundredths,
});

describe("projecting a person", () => {
  it("of nobody is nothing at the beginning of a chain", () => {
    expect(projectPerson([])).toEqual({ records: [], nameDigest: null, sequence: 0, head: GENESIS_HASH });
  });

  it("shows what is left of the postings, and the cut", () => {
    const first = exampleBody();
    const second = exampleBody({ hoursHundredths: 500 });
    const held = exampleBody({ slot: "b".repeat(32), state: "held", code: "identity_conflict" });
    const entries = chain(identityEntry("name-1", "x"), first, reversal(first, 2), second, held);
    const projection = projectPerson(entries);
    expect(projection).toMatchObject({ nameDigest: "name-1", sequence: 5, head: "h5" });
    expect(projection.records).toMatchObject([
      { slot: "", state: "registered", hoursHundredths: 500 },
      { slot: "b".repeat(32), state: "held", code: "identity_conflict" },
    ]);
    expect(projectPerson(entries.slice(0, 2)).records).toMatchObject([{ hoursHundredths: 800 }]);
    expect(projectPerson(entries.slice(0, 3)).records).toEqual([]);
  });

  it("takes back exactly the posting that a reversal names, not another one of the record", () => {
    const first = exampleBody();
    const second = exampleBody({ slot: "x" });
    expect(projectPerson(chain(first, second, reversal(first, 1))).records).toMatchObject([{ slot: "x" }]);
  });

  it("knows the newest name", () => {
    const entries = chain(identityEntry("name-1", "x"), identityEntry("name-2", "x"));
    expect(projectPerson(entries).nameDigest).toBe("name-2");
    expect(projectPerson(entries.slice(0, 1)).nameDigest).toBe("name-1");
  });

  it("knows that the person was erased, and by no name", () => {
    const entries = chain(identityEntry("name-1", "x"), exampleBody(), tombstoneEntry("x", "a basis"));
    expect(projectPerson(entries)).toMatchObject({ nameDigest: null, isErased: true });
    expect("isErased" in projectPerson(entries.slice(0, 2))).toBe(false);
  });
});

describe("balances", () => {
  it("sum what counts, by platform, rule set, year, subject and pathway", () => {
    const entries = chain(
      exampleBody(),
      exampleBody({ hoursHundredths: 50 }),
      exampleBody({ attributedYear: 2019 }),
      exampleBody({ subject: "general_common" }),
      exampleBody({ pathway: "online" }),
      exampleBody({ platform: "zj-industry" }),
      exampleBody({ recognition: "hangzhou" }),
      exampleBody({ state: "unclassified", subject: null }),
      exampleBody({ state: "withdrawn" }),
      identityEntry("name-1", "x"),
    );
    expect(balancesOf(entries).map(({ hoursHundredths }) => hoursHundredths)).toEqual([850, 800, 800, 800, 800, 800]);
  });

  it("keep a sum that came to zero, so that what was added before is taken away", () => {
    const body = exampleBody();
    expect(balancesOf(chain(body, reversal(body, 1)))).toMatchObject([{ hoursHundredths: 0 }]);
  });
});

test("the balances are the sums over what the projection says counts, whatever was posted and reversed", () => {
  const steps = fc.array(
    fc.record({
      undo: fc.boolean(),
      year: fc.constantFrom(2019, 2020),
      hours: fc.integer({ min: 1, max: 999 }),
      counts: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(steps, (list) => {
      const bodies: EntryBody[] = [];
      const standing = new Map<number, EntryBody>();
      for (const { undo, year, hours, counts } of list) {
        const [last] = [...standing].slice(-1);
        if (undo && last !== undefined) {
          standing.delete(last[0]);
          bodies.push(reversal(last[1], last[0]));
          continue;
        }
        const body = exampleBody({
          attributedYear: year,
          hoursHundredths: hours,
          state: counts ? "registered" : "held",
        });
        bodies.push(body);
        standing.set(bodies.length, body);
      }
      const entries = chain(...bodies);
      const counting = projectPerson(entries).records.filter(({ state }) => state === "registered");
      const sum = counting.reduce((total, { hoursHundredths }) => total + (hoursHundredths ?? 0), 0);
      expect(balancesOf(entries).reduce((total, { hoursHundredths }) => total + hoursHundredths, 0)).toBe(sum);
      expect(projectPerson(entries).records).toHaveLength(standing.size);
    }),
  );
});
