export {
  type Answer,
  type AnswerOptions,
  answer,
  answerer,
  type Declaration,
  type Gaps,
  type UnknownReason,
} from "./answer.ts";
export { loadFeeds, readJsonLines } from "./load-feeds.ts";
export { type Category, type Feeds, PLATFORMS, type Platform, type Push, type RawRow, readRows } from "./read-rows.ts";
export {
  type OperatorDecision,
  type RecordState,
  type Settled,
  type SettledRecord,
  type Summary,
  settle,
  standingRow,
  summary,
} from "./settle.ts";
