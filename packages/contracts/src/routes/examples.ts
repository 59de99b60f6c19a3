/** Bodies as the docs show them. The people are fictional: area code 330899 is assigned to no county. */
const PRACTITIONER = { idType: "resident-id", idNumber: "330899199001010036", name: "张三" } as const;

export const RECORDS_EXAMPLE = {
  records: [
    {
      recordId: "r-1",
      practitioner: PRACTITIONER,
      title: "工程测量新技术",
      provider: "某培训中心",
      hours: 8,
      subject: "professional",
      obtainedOn: "2020-03-02",
      attributedYear: 2020,
      pathway: "online",
      status: "final",
    },
  ],
} as const;

export const ERASURE_EXAMPLE = {
  practitioner: { idType: PRACTITIONER.idType, idNumber: PRACTITIONER.idNumber },
  reason: "consent_withdrawn",
  document: "删除申请 2026-12",
  basis: "《个人信息保护法》第四十七条第二款：台账分录只增不改，删除在技术上难以实现",
} as const;

export const CHECK_EXAMPLE = {
  practitioner: PRACTITIONER,
  declaration: {
    place: "quzhou",
    year: 2020,
    kind: "review",
    level: "intermediate",
    series: "economics",
    education: "bachelor",
  },
  asOf: "2020-07-31",
} as const;

export const CHECKS_EXAMPLE = { checks: [{ id: "D-1", ...CHECK_EXAMPLE }] } as const;

export const LOOKUP_EXAMPLE = { practitioner: PRACTITIONER } as const;

export const DECISION_EXAMPLE = {
  subject: "professional",
  reason: "课程大纲属于专业科目",
  document: "认定意见 2020-7",
} as const;

export const REVIEW_DECISIONS_EXAMPLE = {
  filter: { reason: "unclassified", platform: "quzhou-city", subjectCode: "999" },
  subject: "professional",
  reason: "该类课程均属专业科目",
  document: "认定意见 2020-8",
} as const;

export const ROW_DECISION_EXAMPLE = {
  kind: "correct",
  correction: { hours: 8 },
  reason: "学时误填为“八”",
  document: "结业证书 2020-31",
} as const;

export const ROW_DECISIONS_EXAMPLE = {
  kind: "accept",
  filter: { code: "identity_conflict", platform: "quzhou-city", likelySameName: true },
  reason: "繁简写法不同，经核对为同一人",
} as const;

export const MERGE_EXAMPLE = {
  from: { idType: "resident-id", idNumber: PRACTITIONER.idNumber },
  into: { idType: "resident-id", idNumber: "330899197312100005" },
  reason: "证件号码录入有误",
  document: "公安机关证明 2020-5",
} as const;

export const CORRECTION_EXAMPLE = {
  kind: "fraud_revocation",
  filter: { source: "demo-training", title: "工程测量新技术", obtainedFrom: "2020-03-01", obtainedUntil: "2020-03-31" },
  reason: "该期培训由他人代学",
  document: "处理决定 2021-3",
} as const;

export const DUPLICATE_DECISION_EXAMPLE = {
  kind: "same_achievement",
  recordSets: [["0f6b1f5e-8c5e-4d0a-9d57-3d2b0f6c1a11", "7a3e9c40-1f0b-4c55-8a0e-5f2d8e7b9c22"]],
  reason: "同一期培训，两个平台各报了一次",
  document: "情况说明 2021-7",
} as const;

export const READMISSION_EXAMPLE = {
  source: "quzhou-city",
  mode: "compare",
  from: "2020-07-01",
  until: "2020-07-31",
  reason: "学时取错了字段，7 月 31 日已改正",
} as const;
