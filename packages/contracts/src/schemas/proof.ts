import { z } from "zod";
import { nextCursor } from "./paging.ts";
import { instantOut, note, queryInteger, uuid } from "./primitives.ts";

const SEQUENCE_MAX = 2 ** 53 - 1;
const size = z.int().min(0).meta(note("全账分录数", "entries in the feed"));
const base64 = z.string();
const path = z.array(base64).meta(note("base64，离叶最近的在前", "base64, nearest to the leaf first"));

/** A signed note in the form of C2SP tlog-checkpoint. */
export const checkpointSchema = z.strictObject({
  size,
  signedAt: instantOut,
  note: z.string().meta(note("签名文本，原样保存", "signed note; keep it as it is")),
});
export type CheckpointResponse = z.output<typeof checkpointSchema>;

export const checkpointsResponseSchema = z.strictObject({ checkpoints: z.array(checkpointSchema), nextCursor });
export type CheckpointsResponse = z.output<typeof checkpointsResponseSchema>;

export const signedCheckpointSchema = z.strictObject({
  checkpoint: checkpointSchema,
  verifierKey: z.string().meta(note("核验所用的公钥", "the public key to verify it with")),
});
export type SignedCheckpointResponse = z.output<typeof signedCheckpointSchema>;

export const entryParams = z.strictObject({ practitionerId: uuid, sequence: queryInteger(1, SEQUENCE_MAX) });

export const entryProofQuery = z.strictObject({
  size: queryInteger(1, SEQUENCE_MAX)
    .optional()
    .meta(note("某一检查点的 size；默认最新", "size of a checkpoint; default the newest")),
});

export const entryProofSchema = z.strictObject({
  fields: z
    .string()
    .meta(note("分录的规范编码（JSON 数组文本）", "the entry in its canonical encoding: the text of a JSON array")),
  previousHash: z.string().meta(note("十六进制", "hex")),
  hash: z.string().meta(note("SHA-256(previousHash ‖ SHA-256(fields))", "SHA-256(previousHash ‖ SHA-256(fields))")),
  leafIndex: z.int().min(0),
  path,
  checkpoint: checkpointSchema,
});
export type EntryProofResponse = z.output<typeof entryProofSchema>;

export const consistencyQuery = z.strictObject({
  from: queryInteger(0, SEQUENCE_MAX).meta(note("较早检查点的 size", "size of the earlier checkpoint")),
  to: queryInteger(0, SEQUENCE_MAX).meta(note("较晚检查点的 size", "size of the later checkpoint")),
});

export const consistencyProofSchema = z.strictObject({ from: checkpointSchema, to: checkpointSchema, path });
export type ConsistencyProofResponse = z.output<typeof consistencyProofSchema>;
