import type { ConsistencyProofResponse, proveConsistencyRoute } from "@xueshi/contracts";
import { readCheckpointOf, readTiles } from "@xueshi/database";
import { consistencyRanges, hashRanges, provesConsistency, tilesOfRanges } from "@xueshi/domain";
import { type Handler, HttpProblem } from "@xueshi/http";
import { sha256TreeHash } from "@xueshi/vault";
import type { QueryContext } from "../query-context.ts";
import { presentCheckpoint } from "./present-checkpoint.ts";
import { rootOfCheckpoint } from "./root-of-checkpoint.ts";

const DAMAGED = "the ledger does not agree with its checkpoints: run the verification";

/** That a later checkpoint begins with everything of an earlier one (RFC 9162, 2.1.4). What proves nothing is never answered. */
export function proveConsistency({ sql }: QueryContext): Handler<typeof proveConsistencyRoute> {
  return async ({ query }) => {
    const [earlier, later] = [Math.min(query.from, query.to), Math.max(query.from, query.to)];
    const [from, to] = await Promise.all([readCheckpointOf(sql, earlier), readCheckpointOf(sql, later)]);
    if (from === null || to === null) throw new HttpProblem("checkpoint_not_found");
    const ranges = consistencyRanges(from.size, to.size);
    const hashes = hashRanges(ranges, await readTiles(sql, tilesOfRanges(ranges)), sha256TreeHash);
    const proof = { earlierSize: from.size, size: to.size, path: hashes };
    const roots = { earlier: rootOfCheckpoint(from), later: rootOfCheckpoint(to) };
    if (!provesConsistency(proof, roots, sha256TreeHash)) throw new Error(DAMAGED);
    const answer: ConsistencyProofResponse = {
      from: presentCheckpoint(from),
      to: presentCheckpoint(to),
      path: hashes.map((hash) => Buffer.from(hash).toString("base64")),
    };
    return { status: 200, json: answer };
  };
}
