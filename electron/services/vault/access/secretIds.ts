import { randomBytes } from 'node:crypto';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import type { SecretIdWish } from '../../../clients/vault/secretIds.ts';
import { commented, environmentLines, programOf } from '../../../clients/vault/vaultCommands.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { forgetSecretId, keepSecretId, keptSecretId } from './kept.ts';
import type { RoleName } from './roles.ts';

export interface MakeWish {
  wrapSeconds?: number | undefined;
  uses?: number | undefined;
  ttlSeconds?: number | undefined;
  cidrs?: readonly string[] | undefined;
  note?: string | undefined;
}

/** By whom and for what: it stands in Vault's audit log and in the tokens that log in with it. */
export function markedFor(
  access: StackAccess,
  by: 'sealdeck' | 'sealdeck-access',
  note?: string,
): { made: string; metadata: Record<string, string> } {
  const made = randomBytes(6).toString('hex');
  return { made, metadata: { by, stack: access.stack.id, made, ...(note === undefined || note === '' ? {} : { note }) } };
}

/** Makes one and seals it. Wrapped, only the wrapping token comes here, and whoever opens it first has the secret ID. */
export async function makeSecretId(access: StackAccess, { mount, role }: RoleName, wish: MakeWish): Promise<{ accessor: string }> {
  access.secrets.requireDurable('secret ID');
  const { made, metadata } = markedFor(access, 'sealdeck-access', wish.note);
  const asked: SecretIdWish = { metadata, uses: wish.uses, ttlSeconds: wish.ttlSeconds, cidrs: wish.cidrs };
  const at = new Date().toISOString();
  return withVault(access, async (client) => {
    if (wish.wrapSeconds === undefined) {
      const { secretId, accessor } = await client.makeSecretId(mount, role, asked);
      await keepSecretId(access, { mount, role, accessor, made, at, secretId: secretId.reveal() });
      await access.journal(say('vaultJournalSecretId', { role, accessor }));
      return { accessor };
    }
    const before = new Set(await client.secretIdAccessors(mount, role));
    const wrapped = await client.makeWrappedSecretId(mount, role, asked, wish.wrapSeconds);
    const accessor = wrapped.accessor ?? (await client.secretIdAccessors(mount, role)).find((one) => !before.has(one)) ?? '';
    const { token, path, expiresAt } = wrapped;
    await keepSecretId(access, { mount, role, accessor, made, at, wrapping: { token: token.reveal(), path, expiresAt } });
    await access.journal(say('vaultAccessDidWrap', { role, accessor }));
    return { accessor };
  });
}

/** Lays the wrapping token out for whoever opens it. The file holds nothing that opens twice. Throws `vaultSecretIdUnknown`. */
export async function saveWrapped(
  access: StackAccess,
  { mount, role }: RoleName,
  accessor: string,
): Promise<{ file: string; expiresAt: string; commands: CommandLine[] }> {
  const kept = keptSecretId(access, accessor);
  if (kept?.wrapping === undefined) throw new AppError('vaultSecretIdUnknown', { accessor });
  const relative = `handover/approle/${role}-${kept.made}.token`;
  await access.folder.makeFolder('handover/approle', 0o700);
  await access.folder.write(relative, kept.wrapping.token, 0o600);
  await access.journal(say('vaultAccessDidSaveWrapped', { role, file: relative }));
  const file = access.folder.path(relative);
  const program = programOf(access);
  return {
    file,
    expiresAt: kept.wrapping.expiresAt,
    commands: [
      ...environmentLines(access),
      commented(
        say('vaultAccessCommandWrapLook', { path: expectedPath({ mount, role }) }),
        `${program} write sys/wrapping/lookup token=@${shellWord(file)}`,
      ),
      commented(
        say('vaultAccessCommandUnwrap'),
        `(umask 077; VAULT_TOKEN="$(cat ${shellWord(file)})" ${program} unwrap -format=json > "$SEALED_FILE")`,
      ),
    ],
  };
}

function expectedPath({ mount, role }: RoleName): string {
  return `auth/${mount}/role/${role}/secret-id`;
}

/**
 * Opens a wrapping token after a look at where it was made: one of another path is somebody's trick. When it is open already,
 * somebody else has the secret ID, so that is destroyed where its accessor is known. Throws `vaultWrapPathDiffers`, `vaultWrapOpened`.
 */
export async function unwrapSecretId(
  access: StackAccess,
  name: RoleName,
  from: { accessor?: string | undefined; token?: Secret | undefined },
): Promise<{ accessor: string; evidence: Evidence[] }> {
  access.secrets.requireDurable('secret ID');
  const { mount, role } = name;
  const kept = from.accessor === undefined ? undefined : keptSecretId(access, from.accessor);
  const token = from.token ?? (kept?.wrapping && new Secret(kept.wrapping.token));
  if (token === undefined) throw new AppError('vaultSecretIdUnknown', { accessor: from.accessor ?? '-' });
  return withVault(access, async (client) => {
    const origin = await client.wrappingOf(token);
    if (origin !== undefined && origin.path !== expectedPath(name))
      throw new AppError('vaultWrapPathDiffers', { found: origin.path, expected: expectedPath(name) });
    const opened = origin && (await client.unwrapSecretId(token));
    if (opened === undefined) return lost(access, name, kept);
    const { made, at } = kept ?? { made: '', at: new Date().toISOString() };
    await keepSecretId(access, { mount, role, accessor: opened.accessor, made, at, secretId: opened.secretId.reveal() });
    await access.journal(say('vaultAccessDidUnwrap', { role, accessor: opened.accessor }));
    return {
      accessor: opened.accessor,
      evidence: [
        seen('vault', say('vaultAccessSeenWrapPath', { path: expectedPath(name) }), `sys/wrapping/lookup -> ${expectedPath(name)}`),
        seen('vault', say('vaultAccessSeenUnwrapped', { role }), 'sys/wrapping/unwrap -> HTTP 200'),
      ],
    };
  });
}

/** Its time may simply have passed: then nobody opened it, and it is told so. */
async function lost(access: StackAccess, { mount, role }: RoleName, kept: ReturnType<typeof keptSecretId>): Promise<never> {
  const accessor = kept?.accessor ?? '';
  if (kept === undefined || accessor === '') throw new AppError('vaultWrapUnknown', { role });
  const late = Date.parse(kept.wrapping?.expiresAt ?? '') < Date.now();
  await withVault(access, (client) => client.destroySecretId(mount, role, accessor));
  await forgetSecretId(access, accessor);
  await access.journal(say('vaultJournalSecretIdGone', { role, accessor }));
  throw late ? new AppError('vaultWrapLate', { role, accessor }) : new AppError('vaultWrapOpened', { role, accessor });
}
