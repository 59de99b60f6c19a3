import { expect, it } from "vitest";
import { decisionInForce, type KeptDecision } from "./decision-in-force.ts";

const decision = (decidedAtMs: number, changes: Partial<KeptDecision>): KeptDecision => ({
  ...{ decisionId: `d${decidedAtMs}`, decidedAtMs, topic: "all", subject: null, countsBesides: false, undoes: null },
  ...changes,
});
const subject = (at: number, said: KeptDecision["subject"]) => decision(at, { topic: "subject", subject: said });
const besides = (at: number) => decision(at, { topic: "duplicate", countsBesides: true });
const undo = (at: number, of: number) => decision(at, { undoes: `d${of}` });

it.each<[string, KeptDecision[], object]>([
  ["nothing", [], { subject: null, countsBesides: false, isDecided: false }],
  ["the newest of a topic", [subject(1, "elective"), subject(2, "professional")], { subject: "professional" }],
  ["each topic by itself", [subject(2, "elective"), besides(1)], { subject: "elective", countsBesides: true }],
  [
    "what was decided before one that is taken back",
    [subject(1, "elective"), subject(2, "professional"), besides(3), undo(4, 2)],
    { subject: "elective", countsBesides: true },
  ],
  [
    "the newer one where an older one is taken back",
    [subject(1, "elective"), subject(2, "professional"), undo(3, 1)],
    { subject: "professional" },
  ],
  [
    "nothing after all was taken back",
    [subject(1, "elective"), besides(2), decision(3, {})],
    { subject: null, countsBesides: false, isDecided: false, decidedAtMs: 3 },
  ],
  [
    "both where an older ledger said both",
    [decision(1, { subject: "elective", countsBesides: true }), subject(2, "professional")],
    { subject: "professional", countsBesides: true },
  ],
])("in force is %s", (_what, decisions, expected) => {
  expect(decisionInForce(decisions)).toMatchObject(expected);
  expect(decisionInForce(decisions.toReversed())).toEqual(decisionInForce(decisions));
});
