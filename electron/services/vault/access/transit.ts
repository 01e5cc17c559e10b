import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding, TransitKey, TransitState } from '../../../../shared/vaultAccess.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import type { TransitKeyInfo } from '../../../clients/vault/transit.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { seen } from '../../../jobs/evidence.ts';
import { sharedFiles } from '../../../jobs/fileTurns.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { enableEngine } from './engines.ts';

const mostKeys = 100;
const configuration = z.looseObject({
  keystore: z.looseObject({ vault: z.looseObject({ transit: z.looseObject({ engine: z.string().optional(), key: z.string() }) }) }),
});

/** Transit engines with their keys, judged for KES: it knows ciphertexts of version 1 only (vault.md trap 9). */
export async function readTransit(access: StackAccess): Promise<TransitState> {
  return withVault(access, async (client) => {
    const mounts = Object.entries(await client.mounts()).flatMap(([path, { type }]) =>
      type === 'transit' ? [path.replace(/\/$/, '')] : [],
    );
    const inUse = await transitOfKes(access);
    return {
      mounts: await Promise.all(mounts.map((mount) => keysOf(client, mount))),
      ...(inUse === undefined ? {} : { inUse }),
      at: new Date().toISOString(),
    };
  });
}

async function keysOf(client: VaultClient, mount: string): Promise<TransitState['mounts'][number]> {
  try {
    const names = await client.transitKeys(mount);
    const keys = await eachOf(names.slice(0, mostKeys), 4, async (name) => {
      const info = await client.transitKey(mount, name);
      return info === undefined ? [] : [judged(name, info)];
    });
    return { mount, keys: keys.flat(), refused: false };
  } catch (error) {
    if (isAppError(error, 'vaultPermissionDenied')) return { mount, keys: [], refused: true };
    throw error;
  }
}

/** A key with what makes it unfit behind KES. Pure. */
export function judged(name: string, info: TransitKeyInfo): TransitKey {
  const findings: AccessFinding[] = [
    ...(info.latest_version > 1
      ? [{ level: 'fail', text: say('vaultTransitRotated', { name, version: info.latest_version }) } as const]
      : []),
    ...(info.auto_rotate_period > 0
      ? [{ level: 'fail', text: say('vaultTransitAutoRotates', { name, hours: Math.round(info.auto_rotate_period / 3600) }) } as const]
      : []),
    ...(info.min_decryption_version > 1
      ? [{ level: 'fail', text: say('vaultTransitOldClosed', { version: info.min_decryption_version }) } as const]
      : []),
    ...(info.deletion_allowed ? [{ level: 'warn', text: say('vaultTransitDeletable', { name }) } as const] : []),
    ...(info.exportable ? [{ level: 'warn', text: say('vaultTransitExportable', { name }) } as const] : []),
    ...(/^(?:aes|chacha20)/.test(info.type) ? [] : [{ level: 'fail', text: say('vaultTransitType', { type: info.type }) } as const]),
  ];
  return {
    name,
    type: info.type,
    latestVersion: info.latest_version,
    minDecryptionVersion: info.min_decryption_version,
    autoRotate: info.auto_rotate_period,
    deletionAllowed: info.deletion_allowed,
    exportable: info.exportable,
    findings: findings.length === 0 ? [{ level: 'ok', text: say('vaultTransitFits', { name }) }] : findings,
  };
}

/** What KES's configuration of this machine names. */
export async function transitOfKes(access: Pick<StackAccess, 'folder'>): Promise<{ mount: string; key: string } | undefined> {
  const text = await access.folder.read(sharedFiles.kes);
  if (text === undefined) return undefined;
  try {
    const { transit } = configuration.parse(parse(text, { version: '1.1' })).keystore.vault;
    return { mount: transit.engine ?? 'transit', key: transit.key };
  } catch {
    return undefined;
  }
}

/** Makes engine and key where they are missing and does with the key what KES does. Throws `vaultTransitUnfit` for a key that is there and would break KES. */
export async function makeTransitKey(access: StackAccess, mount: string, key: string): Promise<{ evidence: Evidence[]; lines: string[] }> {
  const engine = await enableEngine(access, mount, 'transit', 1);
  const evidence = await withVault(access, async (client) => {
    if ((await client.transitKey(mount, key)) === undefined) {
      await client.makeTransitKey(mount, key);
      await access.journal(say('vaultTransitDid', { key, mount }));
    }
    const found = await client.transitKey(mount, key);
    if (found === undefined) throw new AppError('vaultProofFailed', { what: 'read', path: `${mount}/keys/${key}`, reason: '404' });
    const unfit = judged(key, found).findings.find(({ level }) => level === 'fail');
    if (unfit !== undefined) throw new AppError('vaultTransitUnfit', { key, mount });
    const plain = randomBytes(32).toString('base64');
    const sealed = await client.transitEncrypt(mount, key, plain);
    const opened = await client.transitDecrypt(mount, key, sealed);
    if (opened !== plain || !sealed.startsWith('vault:v1:'))
      throw new AppError('vaultProofFailed', { what: 'read', path: `${mount}/decrypt/${key}`, reason: sealed.slice(0, 9) });
    return [
      seen('vault', say('vaultTransitSeen', { key, mount }), {
        type: found.type,
        latest_version: found.latest_version,
        auto_rotate_period: found.auto_rotate_period,
      }),
    ];
  });
  return { evidence: [...engine.evidence, ...evidence], lines: ['    transit:', `      engine: ${mount}`, `      key: ${key}`] };
}

/** Takes an automatic rotation off before it happens. What was rotated already stays rotated. */
export async function stopTransitRotation(access: StackAccess, mount: string, key: string): Promise<Evidence[]> {
  return withVault(access, async (client) => {
    await client.stopAutoRotation(mount, key);
    await access.journal(say('vaultTransitDidStop', { key, mount }));
    const found = await client.transitKey(mount, key);
    if (found === undefined || found.auto_rotate_period !== 0)
      throw new AppError('vaultProofFailed', {
        what: 'write',
        path: `${mount}/keys/${key}/config`,
        reason: String(found?.auto_rotate_period ?? 404),
      });
    return [seen('vault', say('vaultTransitSeenStopped', { key }), { auto_rotate_period: 0, latest_version: found.latest_version })];
  });
}
