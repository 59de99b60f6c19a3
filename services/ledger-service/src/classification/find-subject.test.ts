import { SOURCES } from "@xueshi/platforms";
import { expect, test } from "vitest";
import { lookUpSubjects } from "./find-subject.ts";

const lookUp = lookUpSubjects(
  [{ platform: "quzhou-city", entries: [{ CategoryId: 103, CategoryName: "学术会议", ClassTypeId: 3 }] }],
  SOURCES,
);

test("a subject's own name is read as one only where the source said it by name", () => {
  expect(lookUp("zj-industry", "professional", "code").subject).toBeNull();
  expect(lookUp("quzhou-city", "general_common", "code").subject).toBeNull();
  expect(lookUp("quzhou-city", "professional", "name")).toEqual({
    subject: "professional",
    trace: "name:professional",
  });
});

test("codes are looked up in the source's own tables, whose codes collide in meaning", () => {
  expect(lookUp("quzhou-city", "103", "code")).toEqual({
    subject: "professional",
    trace: "catalogue:103=3=professional",
  });
  expect(lookUp("quzhou-city", "999", "code").subject).toBeNull();
  expect(lookUp("zj-industry", "2", "code").subject).toBe("general_common");
  expect(lookUp("demo-training", "2", "code").subject).toBe("industry_common");
});
