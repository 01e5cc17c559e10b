import { setTimeout as pause } from 'node:timers/promises';
import { redact } from '../../../../shared/redact.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { wayOf } from '../../../../shared/servers.ts';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding, VaultAuditState } from '../../../../shared/vaultAccess.ts';
import { errorsOf } from '../../../clients/vault/answers.ts';
import type { AuditDevice } from '../../../clients/vault/audit.ts';
import { keyStoreOf, withVault } from '../../../clients/vault/forStack.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import { seen } from '../../../jobs/evidence.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import { processAt } from '../../../jobs/processAt.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { auditBlock, configPath } from '../configuration.ts';
import { freeBytesOf } from './auditLines.ts';

const ours = 'vault/audit.log';
const scarceBytes = 1_000_000_000;

/** Which devices write what is asked of Vault, and how one is turned on here. */
export async function readAudit(access: StackAccess): Promise<VaultAuditState> {
  const proposed = { name: 'sealdeck', file: access.folder.path(ours) };
  const way = wayTo(access);
  const there = await withVault(access, (client) => client.auditDevices()).catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  });
  const devices = Object.entries(there ?? {}).map(([path, device]) => deviceOf(path, device));
  const free = wayOf(access.stack, 'vault') === 'here' ? await freeBytesOf(access.folder.path('vault')) : undefined;
  return {
    devices,
    proposed,
    way,
    findings: [
      ...(there === undefined ? [{ level: 'warn' as const, text: say('vaultAuditHidden') }] : []),
      ...devices.filter(({ logRaw }) => logRaw).map(({ name }): AccessFinding => ({ level: 'fail', text: say('vaultAuditRaw', { name }) })),
      { level: 'warn', text: devices.length > 1 ? say('vaultAuditDiskSeveral') : say('vaultAuditDisk') },
      ...(free !== undefined && free < scarceBytes ? [{ level: 'fail' as const, text: say('vaultAuditScarce', { bytes: free }) }] : []),
    ],
    commands: await commandsOf(access, proposed),
    at: new Date().toISOString(),
  };
}

/** OpenBao takes audit devices from its configuration only, so where it runs elsewhere its keeper must write them. */
function wayTo(access: StackAccess): VaultAuditState['way'] {
  if (keyStoreOf(access).product === 'vault') return 'api';
  return wayOf(access.stack, 'vault') === 'here' ? 'configuration' : 'keeper';
}

function deviceOf(path: string, { type, options }: AuditDevice): VaultAuditState['devices'][number] {
  const file = options?.file_path;
  return { name: path.replace(/\/$/, ''), type, ...(file === undefined ? {} : { file }), logRaw: options?.log_raw === 'true' };
}

async function commandsOf(access: StackAccess, { name, file }: VaultAuditState['proposed']): Promise<CommandLine[]> {
  const program = programOf(access);
  const list = [...environmentLines(access), ...tokenLines(), { line: `${program} audit list -detailed` }];
  if (keyStoreOf(access).product === 'vault')
    return [...list, { line: `${program} audit enable -path=${name} file ${shellWord(`file_path=${file}`)} mode=0600` }];
  const [node] = keyStoreOf(access).nodes;
  const here = wayOf(access.stack, 'vault') === 'here';
  const pid = here ? (await access.servers.status('vault')).pid : undefined;
  const port = Number(new URL(node?.url ?? 'https://localhost:8200').port) || 443;
  return [
    ...list,
    commented(say('vaultAuditCommandBlock')),
    ...auditBlock(name, file)
      .trimEnd()
      .split('\n')
      .map((line) => ({ line })),
    commented(say('vaultAuditCommandReload'), `kill -HUP ${pid ?? processAt(port, here ? undefined : 'linux')}`),
  ];
}

/**
 * Turns a file device on: by API, or in the configuration of an OpenBao that runs here, which reads it again on SIGHUP.
 * The device is asked for afterwards. Throws `vaultAuditKeeper`, `vaultAuditRefused`, `vaultAuditNotThere`.
 */
export async function enableAudit(access: StackAccess, name: string, file: string): Promise<Evidence[]> {
  const way = wayTo(access);
  if (way === 'keeper') throw new AppError('vaultAuditKeeper', { name });
  const before = await withVault(access, (client) => client.auditDevices());
  if (before[`${name}/`] === undefined) {
    if (way === 'api') await byApi(access, name, file);
    else await inFileTurn(access.folder, 'vault', () => byConfiguration(access, name, file));
    await access.journal(say('vaultAuditDid', { name, file }));
  }
  const found = await appears(access, name);
  if (found === undefined) throw new AppError('vaultAuditNotThere', { name });
  return [seen('vault', say('vaultAuditSeen', { name, file: found.options?.file_path ?? '' }), found)];
}

/** The server reads its configuration in its own time. */
async function appears(access: StackAccess, name: string): Promise<AuditDevice | undefined> {
  return withVault(access, async (client) => {
    for (let tries = 0; tries < 60; tries += 1) {
      const found = (await client.auditDevices())[`${name}/`];
      if (found !== undefined) return found;
      await pause(50);
    }
    return undefined;
  });
}

async function byApi(access: StackAccess, name: string, file: string): Promise<void> {
  const answer = await withVault(access, (client) => client.enableAudit(name, file));
  if (answer.status > 299) throw new AppError('vaultAuditRefused', { name, reason: redact(errorsOf(answer).join('; ')).slice(0, 300) });
}

async function byConfiguration(access: StackAccess, name: string, file: string): Promise<void> {
  const { state } = await access.servers.status('vault');
  const found = await access.folder.read(configPath);
  if (state !== 'running' || found === undefined) throw new AppError('vaultAuditKeeper', { name });
  // A run that was killed may have written both already.
  const block = auditBlock(name, file);
  const content = found.replace(block, () => '');
  // The step "Vault" writes the same from the document: the two must agree, or it would restart the server.
  const remember = (own: { name: string; file: string }[]): Promise<void> =>
    access.update((stack) => ({
      ...stack,
      keyStores: stack.keyStores.map((store) =>
        store.id === keyStoreOf(access).id
          ? { ...store, audit: [...(store.audit ?? []).filter((device) => device.name !== name), ...own] }
          : store,
      ),
    }));
  // A copy of the stack has its own folder.
  const folder = access.folder.path('x').slice(0, -1);
  await remember([{ name, file: file.startsWith(folder) ? file.slice(folder.length) : file }]);
  await access.folder.write(configPath, `${content}${block}`, 0o644);
  await tell(access, 'vault');
  if ((await appears(access, name)) !== undefined) return;
  // With a device that cannot be opened the server would not start the next time.
  await access.folder.write(configPath, content, 0o644);
  await remember([]);
  await tell(access, 'vault');
  throw new AppError('vaultAuditNotThere', { name });
}
