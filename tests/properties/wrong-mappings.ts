import { createSourceRegistry, type Platform, PUSH_SOURCES, SOURCES, type SourceRegistry } from "@xueshi/platforms";

type Mend = (platform: Platform) => Platform;

const mapped = (platform: Platform, mapping: Partial<Platform["mapping"]>): Platform => ({
  ...platform,
  mapping: { ...platform.mapping, ...mapping },
});
const fields = (platform: Platform, changes: Partial<Platform["mapping"]["fields"]>): Platform =>
  mapped(platform, { fields: { ...platform.mapping.fields, ...changes } });

/** Mistakes that a person makes when a platform is described, by what is wrong; each concerns one platform. */
export const MISTAKES: Readonly<Record<string, { readonly platform: string; readonly make: Mend }>> = {
  "hours of another field": { platform: "quzhou-city", make: (one) => fields(one, { hours: "CategoryId" }) },
  "no such field of hours": { platform: "quzhou-city", make: (one) => fields(one, { hours: "Hours" }) },
  "names of another field": { platform: "quzhou-city", make: (one) => fields(one, { name: "OrgName" }) },
  "titles of another field": { platform: "quzhou-city", make: (one) => fields(one, { title: "TaskName" }) },
  "obtained when it was updated": { platform: "quzhou-city", make: (one) => fields(one, { obtainedOn: "UpdateTime" }) },
  "update times read as numbers": {
    platform: "quzhou-city",
    make: (one) => mapped(one, { updateTimeForm: "epoch_ms" }),
  },
  "the hours as the update time": {
    platform: "quzhou-city",
    make: (one) => fields(mapped(one, { updateTimeForm: "epoch_ms" }), { updateTime: "Credit" }),
  },
  "drafts taken as final": {
    platform: "quzhou-city",
    make: (one) => mapped(one, { statuses: { "1": "final", "2": "final", "3": "pending", "9": "withdrawn" } }),
  },
  "a status forgotten": {
    platform: "quzhou-city",
    make: (one) => mapped(one, { statuses: { "1": "pending", "2": "pending", "3": "final" } }),
  },
  "ids of another field": { platform: "quzhou-city", make: (one) => fields(one, { idNumber: "OrgName" }) },
  "records called by their title": { platform: "quzhou-city", make: (one) => fields(one, { recordId: "Name" }) },
  "records called by their person": { platform: "quzhou-city", make: (one) => fields(one, { recordId: "IdCard" }) },
  "categories of another field": { platform: "quzhou-city", make: (one) => fields(one, { subjectCode: "Status" }) },
  "withdrawals not looked at": { platform: "zj-industry", make: (one) => mapped(one, { withdrawnFlag: null }) },
  "totals taken as records": { platform: "zj-industry", make: (one) => mapped(one, { totalRow: null }) },
  "records taken as totals": {
    platform: "zj-industry",
    make: (one) => mapped(one, { totalRow: { field: "type", values: ["0", "1"] } }),
  },
  "years not looked at": { platform: "zj-industry", make: (one) => fields(one, { attributedYear: null }) },
  "codes of another platform": {
    platform: "zj-industry",
    make: (one) => ({
      ...one,
      subjects: { ...one.subjects, codes: { "1": "general_common", "2": "industry_common", "3": "professional" } },
    }),
  },
  "the beginning as the end": {
    platform: "zj-natural-resources",
    make: (one) => fields(one, { obtainedOn: "开始日期", studiedUntil: "开始日期" }),
  },
  "the unit as the name": { platform: "zj-natural-resources", make: (one) => fields(one, { name: "单位" }) },
};

/** Mistakes by what they make of a row: each kind is mended in a way of its own. */
export const MISTAKES_BY_KIND: Readonly<Record<string, readonly string[]>> = {
  names: ["names of another field", "the unit as the name"],
  people: ["ids of another field"],
  records: ["records called by their title", "records called by their person"],
  times: ["update times read as numbers", "the hours as the update time"],
  refusals: ["no such field of hours", "a status forgotten", "totals taken as records", "records taken as totals"],
  values: [
    ...["hours of another field", "titles of another field", "obtained when it was updated", "drafts taken as final"],
    ...["categories of another field", "withdrawals not looked at", "years not looked at"],
    ...["codes of another platform", "the beginning as the end"],
  ],
};

/** The sources as they are, but for one mistake. */
export function registryWith(mistake: string): SourceRegistry {
  const wrong = MISTAKES[mistake];
  if (wrong === undefined) throw new Error("no such mistake");
  const platforms = SOURCES.platforms.map((one) => (one.name === wrong.platform ? wrong.make(one) : one));
  return createSourceRegistry(platforms, PUSH_SOURCES);
}
