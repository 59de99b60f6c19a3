export { createVault, type Sealed, type Vault, type VaultFingerprint } from "./create-vault.ts";
export { CRYPTO_SUITES, type CryptoSuiteName } from "./crypto-suite.ts";
export { sha256Hex, sha256Latin1, sha256Suite, sha256TreeHash } from "./digests.ts";
export { createNoteSigner, type NoteSigner, openNote } from "./signed-note.ts";
