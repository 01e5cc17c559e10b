import { vaultAudit } from './audit.ts';
import { vaultAppRole, vaultTokens, vaultUserpass } from './auth.ts';
import { vaultCeremonies } from './ceremonies.ts';
import { createVaultHttp, type VaultTarget } from './http.ts';
import { vaultKv } from './kv.ts';
import { vaultRaft } from './raft.ts';
import { vaultSecretIds } from './secretIds.ts';
import { vaultSys } from './sys.ts';
import { vaultTransit } from './transit.ts';

/**
 * Vault or OpenBao over verified TLS. Refusals are AppErrors: `vaultSealed`, `vaultNotInitialised`, `vaultPermissionDenied`,
 * `vaultStandby`, `vaultLoginRefused`, `vaultLoginLocked`, `vaultAnswer`. Nothing is retried here.
 */
export function createVaultClient(target: VaultTarget) {
  const http = createVaultHttp(target);
  return {
    url: target.url,
    host: http.host,
    /** One call whatever its status, for proofs that expect a refusal. `path` begins after `/v1/`. */
    attempt: http.attempt,
    ...vaultSys(http),
    ...vaultAppRole(http),
    ...vaultUserpass(http),
    ...vaultTokens(http),
    ...vaultKv(http),
    ...vaultSecretIds(http),
    ...vaultTransit(http),
    ...vaultAudit(http),
    ...vaultRaft(http),
    ...vaultCeremonies(http),
    close: http.close,
  };
}
export type VaultClient = ReturnType<typeof createVaultClient>;
