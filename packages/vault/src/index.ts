export { createVault, type Sealed, type Vault } from "./create-vault.ts";
export { sha256Hex, sha256Suite, sha256TreeHash } from "./digests.ts";
export { createNoteSigner, type NoteSigner, openNote } from "./signed-note.ts";
