import { setTimeout as pause } from 'node:timers/promises';
import { keyName } from '../../../../shared/kes.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { AccessFinding, KeyNames, VaultEngine } from '../../../../shared/vaultAccess.ts';
import { keyStoreOf, withVault } from '../../../clients/vault/forStack.ts';
import type { KvVersion } from '../../../clients/vault/kv.ts';
import type { Mount } from '../../../clients/vault/sys.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';

const shownNames = 500;

/** What is mounted, and whether KES's place fits: KES itself cannot find the version out (vault.md trap 7). */
export async function readEngines(access: StackAccess) {
  const store = keyStoreOf(access);
  const { mount, version, prefix } = store.engine;
  return withVault(access, async (client) => {
    const [mounts, auth] = await Promise.all([client.mounts(), client.authMounts()]);
    const program = programOf(access);
    return {
      engines: Object.entries(mounts)
        .filter(([, { type }]) => !['system', 'cubbyhole', 'identity', 'ns_system', 'ns_cubbyhole', 'ns_identity'].includes(type))
        .map(([path, found]) => engineOf(path, found)),
      appRoles: Object.entries(auth)
        .filter(([, { type }]) => type === 'approle')
        .map(([path, { accessor }]) => ({ mount: path.replace(/\/$/, ''), accessor })),
      place: { mount, version, prefix },
      findings: placeFindings(mounts[`${mount}/`], mount, version),
      commands: [
        ...environmentLines(access),
        ...tokenLines(),
        commented(say('vaultAccessCommandEngines'), `${program} secrets list -detailed`),
        // Both tools find the version out and add `metadata/` themselves.
        { line: `${program} kv list ${[mount, prefix].filter((part) => part !== '').join('/')}` },
      ],
      at: new Date().toISOString(),
    };
  });
}

function engineOf(path: string, { type, options, description }: Mount & { description?: unknown }): VaultEngine {
  const kv = type === 'kv' || type === 'generic';
  return {
    mount: path.replace(/\/$/, ''),
    type,
    ...(kv ? { version: versionOf(options) } : {}),
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
  };
}

/** `null`, `{}` and "1" all mean version 1 (trap 7). */
export function versionOf(options: Record<string, string> | null | undefined): KvVersion {
  return options?.version === '2' ? 2 : 1;
}

function placeFindings(found: Mount | undefined, mount: string, version: KvVersion): AccessFinding[] {
  if (found === undefined) return [{ level: 'fail', text: say('vaultAccessEngineAbsent', { mount }) }];
  if (found.type !== 'kv' && found.type !== 'generic')
    return [{ level: 'fail', text: say('vaultAccessEngineOther', { mount, type: found.type }) }];
  const actual = versionOf(found.options);
  if (actual === version) return [{ level: 'ok', text: say('vaultAccessEngineFits', { mount, version }) }];
  return [
    {
      level: 'fail',
      text: actual === 2 ? say('vaultAccessEngineV1OnV2', { mount }) : say('vaultAccessEngineV2OnV1', { mount }),
    },
  ];
}

export interface Place {
  mount: string;
  version: KvVersion;
  prefix: string;
}

/**
 * Names below KES's prefix. An empty folder is told from a missing right by asking Vault itself: both are 502 for whoever
 * asks KES (kes.md trap 17).
 */
export async function readKeyNames(access: StackAccess, asked: Partial<Place>): Promise<KeyNames> {
  const { engine } = keyStoreOf(access);
  const mount = asked.mount ?? engine.mount;
  const prefix = asked.prefix ?? (asked.mount === undefined || asked.mount === engine.mount ? engine.prefix : '');
  const at = new Date().toISOString();
  return withVault(access, async (client) => {
    const version = asked.version ?? (await versionThere(client, mount)) ?? engine.version;
    const path = `${mount}/${version === 2 ? 'metadata/' : ''}${prefix}`.replace(/\/$/, '');
    const base = { path, names: [], total: 0, at };
    try {
      const names = await client.kvList(mount, version, prefix);
      if (names.length === 0)
        return { ...base, state: 'empty' as const, findings: [{ level: 'info', text: say('vaultAccessEmpty', { path }) }] };
      const shown = names.slice(0, shownNames).map((name) => named(name, prefix));
      const wrong = names.filter((name) => !name.endsWith('/') && !keyName.safeParse(name).success).length;
      return {
        ...base,
        state: 'keys' as const,
        names: shown,
        total: names.length,
        findings: [
          ...(wrong > 0 ? [{ level: 'warn' as const, text: say('vaultAccessForbiddenNames', { count: wrong }) }] : []),
          ...(names.length > 1024 ? [{ level: 'warn' as const, text: say('vaultAccessManyNames', { count: names.length }) }] : []),
        ],
      };
    } catch (error) {
      if (isAppError(error, 'vaultPermissionDenied'))
        return { ...base, state: 'refused' as const, findings: [{ level: 'warn', text: say('vaultAccessListRefused', { path }) }] };
      if (isAppError(error, 'vaultAnswer') && error.details.status === 404)
        return { ...base, state: 'absent' as const, findings: [{ level: 'fail', text: say('vaultAccessEngineAbsent', { mount }) }] };
      throw error;
    }
  });
}

async function versionThere(client: VaultClient, mount: string): Promise<KvVersion | undefined> {
  const found = await client.mountSeen(mount);
  return found === undefined ? undefined : versionOf(found.options);
}

function named(name: string, prefix: string): KeyNames['names'][number] {
  const folder = name.endsWith('/');
  const forbidden = forbiddenName(name, folder, prefix);
  return { name, folder, ...(forbidden === undefined ? {} : { forbidden }) };
}

/** Why today's KES cannot address an entry (kes.md 2.5). */
function forbiddenName(name: string, folder: boolean, prefix: string): Text | undefined {
  if (folder) return prefix === '' ? say('vaultAccessNameFolderRoot') : say('vaultAccessNameFolder');
  if (keyName.safeParse(name).success) return undefined;
  if (name.length > 80) return say('vaultAccessNameLong', { length: name.length });
  return /^[A-Za-z0-9_-]+$/.test(name) ? say('vaultAccessNameEdge') : say('vaultAccessNameSigns');
}

/** Enables an engine where its path is free, and waits until it answers. Run again it finds its own. Throws `vaultMountTaken`, `kvVersionDiffers`. */
export async function enableEngine(access: StackAccess, mount: string, type: 'kv' | 'transit', version: KvVersion) {
  return withVault(access, async (client) => {
    const before = (await client.mounts())[`${mount}/`];
    if (before === undefined) {
      await client.enableEngine(mount, type, type === 'kv' ? { version: String(version) } : undefined);
      await access.journal(type === 'kv' ? say('vaultJournalEngine', { mount, version }) : say('vaultAccessDidTransit', { mount }));
    }
    const found = before ?? (await appears(client, mount));
    if (found.type !== type && !(type === 'kv' && found.type === 'generic'))
      throw new AppError('vaultMountTaken', { mount, type: found.type });
    const actual = versionOf(found.options);
    if (type === 'kv' && actual !== version) throw new AppError('kvVersionDiffers', { mount, expected: version, actual });
    const told = type === 'kv' ? say('vaultSeenEngine', { mount, version }) : say('vaultAccessSeenTransit', { mount });
    const evidence: Evidence[] = [seen('vault', told, { type: found.type, options: found.options })];
    return { engine: engineOf(mount, found), evidence };
  });
}

/** A standby of OpenBao answers reads itself and may be a moment behind. */
async function appears(client: VaultClient, mount: string): Promise<Mount> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = (await client.mounts())[`${mount}/`];
    if (found !== undefined) return found;
    await pause(50);
  }
  throw new AppError('vaultProofFailed', { what: 'read', path: `sys/mounts/${mount}`, reason: '404' });
}
