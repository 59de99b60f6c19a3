import {
  type Activity,
  applyRecognitionCaps,
  type Conversion,
  convertActivities,
  type RecognisedActivity,
  type RecognitionCap,
  type RecognitionRuleSet,
  settleSameAchievements,
} from "@xueshi/domain";

/** What is wrong, and the rule set in which it is. */
export type Fault = readonly [name: string, faulty: RecognitionRuleSet];
type ConversionFault = readonly [name: string, faulty: Conversion];
type Recognise = (ruleSet: RecognitionRuleSet, activities: readonly Activity[]) => readonly RecognisedActivity[];

/** A hundredth of an hour: what a number is off by. */
const LITTLE = [1, -1] as const;

/** Every single number of a rule set changed a little, and every conversion, cap and pathway of a cap left out. */
export function faultsOf(ruleSet: RecognitionRuleSet): Fault[] {
  const { id, conversions, caps } = ruleSet;
  return [
    ...conversions.flatMap((conversion): Fault[] => {
      const put = (faulty: readonly Conversion[]): RecognitionRuleSet => ({
        ...ruleSet,
        conversions: conversions.flatMap((each) => (each === conversion ? faulty : [each])),
      });
      const changed = conversionFaults(conversion).map(
        ([name, faulty]): Fault => [`${id} ${conversion.code}: ${name}`, put([faulty])],
      );
      return [[`${id}: no ${conversion.code}`, put([])], ...changed];
    }),
    ...caps.flatMap((cap) =>
      capFaults(cap).map(([name, faulty]): Fault => {
        return [
          `${id} ${cap.id}: ${name}`,
          { ...ruleSet, caps: caps.flatMap((each) => (each === cap ? faulty : [each])) },
        ];
      }),
    ),
    ...yearFaults(ruleSet),
  ];
}

function conversionFaults(conversion: Conversion): ConversionFault[] {
  const { subject } = conversion;
  return [
    ...hoursFaults(conversion),
    ...rankFaults(conversion),
    ...(subject === null ? [] : [["the subject is as claimed", { ...conversion, subject: null }] as const]),
  ];
}

function hoursFaults(conversion: Conversion): ConversionFault[] {
  const { hours } = conversion;
  if (hours.kind === "as_stated") return [];
  if (hours.kind === "by_level") {
    return levelFaults(hours.levels).map(([name, levels]) => [name, { ...conversion, hours: { ...hours, levels } }]);
  }
  const { givesHundredths, forUnits } = hours;
  return [
    ...LITTLE.map((shift): ConversionFault => {
      const shifted = { ...hours, givesHundredths: givesHundredths + shift };
      return [`${shift} hundredth off`, { ...conversion, hours: shifted }];
    }),
    ...LITTLE.filter((shift) => forUnits + shift > 0).map((shift): ConversionFault => {
      return [`for ${shift} unit more`, { ...conversion, hours: { ...hours, forUnits: forUnits + shift } }];
    }),
  ];
}

type Levels = Extract<Conversion["hours"], { kind: "by_level" }>["levels"];

function levelFaults(levels: Levels): (readonly [string, Levels])[] {
  return levels.flatMap((level) => [
    [`no level ${level.level}`, levels.filter((each) => each !== level)] as const,
    ...LITTLE.map((shift) => {
      const shifted = { ...level, givesHundredths: level.givesHundredths + shift };
      return [
        `${level.level} ${shift} hundredth off`,
        levels.map((each) => (each === level ? shifted : each)),
      ] as const;
    }),
  ]);
}

function rankFaults(conversion: Conversion): ConversionFault[] {
  const { rank } = conversion;
  if (rank === null) return [];
  const ignored: ConversionFault = ["the rank is ignored", { ...conversion, rank: null }];
  if (rank.kind === "first_author_extra") {
    const extras = levelFaults(rank.levels).map(
      ([name, levels]): ConversionFault => [`extra: ${name}`, { ...conversion, rank: { ...rank, levels } }],
    );
    return [ignored, ...extras];
  }
  const shares = rank.shares.flatMap((share) =>
    shareFaults(share).map(([name, faulty]): ConversionFault => {
      const changed = rank.shares.map((each) => (each === share ? faulty : each));
      return [`share from ${share.fromRank}: ${name}`, { ...conversion, rank: { ...rank, shares: changed } }];
    }),
  );
  return [ignored, ...shares];
}

type Share = Extract<NonNullable<Conversion["rank"]>, { kind: "share" }>["shares"][number];

function shareFaults(share: Share): (readonly [string, Share])[] {
  const { fromRank, untilRank, numerator, denominator } = share;
  return [
    ["a rank later", { ...share, fromRank: fromRank + 1 }],
    ...(untilRank === null
      ? [["only that rank", { ...share, untilRank: fromRank }] as const]
      : LITTLE.map((shift) => [`until ${shift} rank off`, { ...share, untilRank: untilRank + shift }] as const)),
    ...LITTLE.map((shift) => {
      const shifted = { ...share, numerator: numerator * 100 + shift, denominator: denominator * 100 };
      return [`a hundredth part ${shift} off`, shifted] as const;
    }),
  ];
}

function capFaults(cap: RecognitionCap): (readonly [string, readonly RecognitionCap[]])[] {
  const { pathways = [], conversions = [] } = cap;
  const others = (words: readonly string[], word: string) => words.filter((each) => each !== word);
  return [
    ["no such cap", []],
    ...LITTLE.map((shift) => {
      return [`${shift} hundredth off`, [{ ...cap, mostHundredths: cap.mostHundredths + shift }]] as const;
    }),
    ...pathways.map((word) => [`not for ${word}`, [{ ...cap, pathways: others(pathways, word) }]] as const),
    ...conversions.map((word) => [`not for ${word}`, [{ ...cap, conversions: others(conversions, word) }]] as const),
    ...(["item", "year", "pathway-year"] as const)
      .filter((per) => per !== cap.per)
      .map((per) => [`per ${per}`, [{ ...cap, per }]] as const),
  ];
}

function yearFaults(ruleSet: RecognitionRuleSet): Fault[] {
  const { id, years } = ruleSet;
  if (years === null) return [[`${id}: only for 2026`, { ...ruleSet, years: { from: 2026, until: 2026 } }]];
  const { from, until } = years;
  return [
    { from: from - 1, until },
    { from: from + 1, until },
    { from, until: until - 1 },
    { from, until: until + 1 },
  ].map((changed): Fault => {
    return [`${id}: for ${changed.from} until ${changed.until}`, { ...ruleSet, years: changed }];
  });
}

/** The steps of recognition put together wrongly. */
export const WRONG_ORDERS: readonly (readonly [string, Recognise])[] = [
  [
    "caps before duplicates",
    (ruleSet, activities) =>
      settleSameAchievements(ruleSet, applyRecognitionCaps(ruleSet, convertActivities(ruleSet, activities))),
  ],
  [
    "duplicates are not looked for",
    (ruleSet, activities) => applyRecognitionCaps(ruleSet, convertActivities(ruleSet, activities)),
  ],
  [
    "caps are not applied",
    (ruleSet, activities) => settleSameAchievements(ruleSet, convertActivities(ruleSet, activities)),
  ],
  [
    "caps of a year before those of a pathway",
    (ruleSet, activities) => {
      const converted = settleSameAchievements(ruleSet, convertActivities(ruleSet, activities));
      const ofYear = { ...ruleSet, caps: ruleSet.caps.filter(({ per }) => per === "year") };
      const others = { ...ruleSet, caps: ruleSet.caps.filter(({ per }) => per !== "year") };
      return applyRecognitionCaps(others, applyRecognitionCaps(ofYear, converted));
    },
  ],
  [
    "the latest activity uses up a cap first",
    (ruleSet, activities) => {
      const converted = settleSameAchievements(ruleSet, convertActivities(ruleSet, activities));
      return applyRecognitionCaps(ruleSet, converted.map(mirrored)).map(mirrored);
    },
  ],
];

/** The same with a date by which the latest is the earliest. */
function mirrored(each: RecognisedActivity): RecognisedActivity {
  const { completedOn } = each.activity;
  const digits = completedOn.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));
  return { ...each, activity: { ...each.activity, completedOn: digits as Activity["completedOn"] } };
}
