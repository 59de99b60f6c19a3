import { feedQuery, feedResponseSchema } from "../schemas/feed.ts";
import { pageQuery } from "../schemas/paging.ts";
import {
  checkpointsResponseSchema,
  consistencyProofSchema,
  consistencyQuery,
  entryParams,
  entryProofQuery,
  entryProofSchema,
  signedCheckpointSchema,
} from "../schemas/proof.ts";
import { defineRoute } from "./route.ts";

export const signCheckpointRoute = defineRoute({
  method: "post",
  path: "/v1/checkpoints",
  operationId: "signCheckpoint",
  tag: "proofs",
  summary: {
    "zh-CN": "立即签署账本的检查点；其后未有入账的，返回最近一份。",
    en: "Sign how the ledger stands now; the newest one again where nothing was posted since.",
  },
  scope: "checkpoints:write",
  responses: {
    200: {
      description: { "zh-CN": "检查点及公钥。", en: "The checkpoint and the public key." },
      name: "SignedCheckpoint",
      schema: signedCheckpointSchema,
    },
  },
  problems: ["checkpoints_not_signed"],
});

export const listCheckpointsRoute = defineRoute({
  method: "get",
  path: "/v1/checkpoints",
  operationId: "listCheckpoints",
  tag: "proofs",
  summary: { "zh-CN": "历次检查点，新的在前。", en: "Checkpoints, newest first." },
  scope: "checkpoints:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "检查点。", en: "The checkpoints." },
      name: "CheckpointsResponse",
      schema: checkpointsResponseSchema,
    },
  },
  problems: [],
});

export const proveConsistencyRoute = defineRoute({
  method: "get",
  path: "/v1/checkpoints/consistency",
  operationId: "proveConsistency",
  tag: "proofs",
  summary: {
    "zh-CN": "证明较晚的检查点包含较早者的全部分录且次序不变。",
    en: "Prove that a later checkpoint begins with everything of an earlier one.",
  },
  scope: "checkpoints:read",
  query: consistencyQuery,
  responses: {
    200: {
      description: { "zh-CN": "证明。", en: "The proof." },
      name: "ConsistencyProof",
      schema: consistencyProofSchema,
    },
  },
  problems: ["checkpoint_not_found"],
});

export const readFeedRoute = defineRoute({
  method: "get",
  path: "/v1/feed",
  operationId: "readFeed",
  tag: "proofs",
  summary: {
    "zh-CN":
      "全账流水：每条分录有不变的序号；只见本来源的，或曾保存其结论的人员的。Accept: text/event-stream 时持续推送，以 Last-Event-ID 续接。",
    en: "The feed: every entry at a position that never changes, of the own source, or of people with a kept verdict; with Accept: text/event-stream as it grows, resumed by Last-Event-ID.",
  },
  scope: "feed:read",
  query: feedQuery,
  events: true,
  responses: {
    200: {
      description: { "zh-CN": "分录，按序号。", en: "Entries in order of position." },
      name: "FeedResponse",
      schema: feedResponseSchema,
      otherTypes: ["text/event-stream"],
    },
  },
  problems: ["feed_position_expired", "feed_streams_too_many"],
});

export const proveEntryRoute = defineRoute({
  method: "get",
  path: "/v1/practitioners/{practitionerId}/entries/{sequence}/proof",
  operationId: "proveEntry",
  tag: "proofs",
  summary: {
    "zh-CN": "证明一条分录在检查点之内；凭公钥即可离线核验。",
    en: "Prove that a checkpoint covers an entry; the public key alone verifies it offline.",
  },
  scope: "practitioners:read",
  params: entryParams,
  query: entryProofQuery,
  responses: {
    200: {
      description: { "zh-CN": "证明。", en: "The proof." },
      name: "EntryProof",
      schema: entryProofSchema,
    },
  },
  problems: ["entry_not_found", "checkpoint_not_found", "entry_not_covered"],
});
