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
export { type Category, type Feeds, PLATFORMS, type Platform, type Push, type RawRow } from "./read-rows.ts";
export { type RecordState, type Settled, type SettledRecord, type Summary, settle, summary } from "./settle.ts";
