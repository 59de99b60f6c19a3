export { createVault, type Sealed, type Vault } from "./create-vault.ts";
export { sha256Hex, sha256Suite } from "./digests.ts";
