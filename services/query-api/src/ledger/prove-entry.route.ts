import type { EntryProofResponse, proveEntryRoute } from "@xueshi/contracts";
import { placeInRow, readCheckpointOf, readEntryPage, readFeedRowOf, readTiles } from "@xueshi/database";
import { encodeEntry, GENESIS_HASH, hashRanges, inclusionRanges, provesInclusion, tilesOfRanges } from "@xueshi/domain";
import { type Handler, HttpProblem } from "@xueshi/http";
import { sha256TreeHash } from "@xueshi/vault";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import { presentCheckpoint } from "./present-checkpoint.ts";
import { rootOfCheckpoint } from "./root-of-checkpoint.ts";

const DAMAGED = "the ledger does not agree with its checkpoint: run the verification";

/**
 * That a signed checkpoint covers an entry (RFC 9162, 2.1.3): all that is needed to verify it offline, and nothing of
 * other entries. What proves nothing is never answered.
 */
export function proveEntry(context: QueryContext): Handler<typeof proveEntryRoute> {
  return async ({ params, query }, call) => {
    const { practitionerId, sequence } = params;
    const { sql } = context;
    const noted = noteAccess(context, call, practitionerId, "entry proof");
    const afterSequence = Math.max(0, sequence - 2);
    const page = { practitionerId, afterSequence, untilSequence: sequence, asOf: null, limit: 2 };
    const [entries, checkpoint] = await Promise.all([
      readEntryPage(sql, page),
      readCheckpointOf(sql, query.size ?? null),
    ]);
    await noted;
    const entry = entries.find((one) => one.sequence === sequence);
    if (entry === undefined) throw new HttpProblem("entry_not_found");
    if (checkpoint === null) throw new HttpProblem("checkpoint_not_found");
    const row = await readFeedRowOf(sql, entry);
    const leafIndex = row === null ? null : row.position + (placeInRow(row, entry) ?? 0);
    if (leafIndex === null || leafIndex >= checkpoint.size) throw new HttpProblem("entry_not_covered");
    const ranges = inclusionRanges(leafIndex, checkpoint.size);
    const hashes = hashRanges(ranges, await readTiles(sql, tilesOfRanges(ranges)), sha256TreeHash);
    const { size } = checkpoint;
    const leafHash = sha256TreeHash.leaf(Buffer.from(entry.hash, "hex"));
    const proof = { leafIndex, size, leafHash, path: hashes };
    if (!provesInclusion(proof, rootOfCheckpoint(checkpoint), sha256TreeHash)) throw new Error(DAMAGED);
    const answer: EntryProofResponse = {
      fields: encodeEntry(entry),
      previousHash: entries.find((one) => one.sequence === sequence - 1)?.hash ?? GENESIS_HASH,
      hash: entry.hash,
      leafIndex,
      path: hashes.map((hash) => Buffer.from(hash).toString("base64")),
      checkpoint: presentCheckpoint(checkpoint),
    };
    return { status: 200, json: answer };
  };
}
