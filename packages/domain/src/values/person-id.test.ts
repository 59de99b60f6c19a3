import { describe, expect, it } from "vitest";
import { type IdType, numberOf, parsePersonId } from "./person-id.ts";
import { residentIdCheckCharacter } from "./resident-id.ts";

const withCheck = (first17: string) => first17 + residentIdCheckCharacter(first17);
const RESIDENT = withCheck("33089919800307001");
const PERMIT = withCheck("81000019900101001");
const CARD = withCheck("91300019850615003");

describe("parsePersonId", () => {
  it.each<[IdType, string, string]>([
    ["resident-id", ` ${RESIDENT} `, RESIDENT],
    ["passport", "e12345678", "passport:E12345678"],
    ["passport", " Ｅ１２３４５６７８", "passport:E12345678"],
    ["hk-macao-taiwan-residence-permit", PERMIT, PERMIT],
    ["hk-macao-taiwan-residence-permit", withCheck("83000019791231002").toLowerCase(), withCheck("83000019791231002")],
    ["foreign-permanent-resident-card", "usa330019850615", "foreign-permanent-resident-card:USA330019850615"],
    ["foreign-permanent-resident-card", CARD, CARD],
  ])("takes a %s", (type, input, expected) => {
    expect(parsePersonId(type, input)).toBe(expected);
    expect(parsePersonId("detect", input)).toBe(expected);
  });

  it.each<[IdType, string]>([
    ["resident-id", "E12345678"],
    ["passport", RESIDENT],
    ["passport", "张三"],
    ["passport", "ABCDE"],
    ["passport", "1234"],
    ["hk-macao-taiwan-residence-permit", RESIDENT],
    ["hk-macao-taiwan-residence-permit", `${PERMIT.slice(0, 17)}${PERMIT.endsWith("1") ? "2" : "1"}`],
    ["hk-macao-taiwan-residence-permit", withCheck("84000019900101001")],
    ["foreign-permanent-resident-card", RESIDENT],
    ["foreign-permanent-resident-card", "US3300198506150"],
    ["foreign-permanent-resident-card", "USA33001985061"],
  ])("refuses a %s of another form: %s", (type, input) => expect(parsePersonId(type, input)).toBeNull());

  it("takes nothing of an unknown kind", () => expect(parsePersonId("unknown", RESIDENT)).toBeNull());

  it("takes a number of 18 characters for one person, whichever kind it came under", () => {
    expect(parsePersonId("hk-macao-taiwan-residence-permit", PERMIT)).toBe(parsePersonId("resident-id", PERMIT));
  });
});

it("a number is shown without its kind", () => {
  const ids = [parsePersonId("passport", "E12345678"), parsePersonId("resident-id", RESIDENT)];
  expect(ids.map((id) => (id === null ? null : numberOf(id)))).toEqual(["E12345678", RESIDENT]);
});
