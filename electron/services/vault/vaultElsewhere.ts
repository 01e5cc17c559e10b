import { AppError } from '../../../shared/rpc/errors.ts';
import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine, StepPlan } from '../../../shared/setup.ts';
import { vaultStorage } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { VaultInput } from '../../../shared/vault.ts';
import { keyStoreOf, vaultFor } from '../../clients/vault/forStack.ts';
import { commented, environmentLines, programOf } from '../../clients/vault/vaultCommands.ts';
import { type Handover, handoverFolder, hostPath, unitWord, waitForHost, writeHandover } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { configurationOf, handedFiles } from './configuration.ts';
import { notYet } from './waiting.ts';

/** Vault by API or for another host: what is looked at, or which files are written for whom. */
export async function planElsewhere(context: StepContext, input: VaultInput): Promise<StepPlan> {
  const { product, storage, nodes } = keyStoreOf(context);
  const url = nodes[0]?.url ?? '';
  const looks: CommandLine[] = [...environmentLines(context), commented(say('vaultCommandStatus'), `${programOf(context)} status`)];
  if (nodes[0]?.way === 'api') return { changes: [say('vaultPlanByApi', { url })], warnings: [], commands: looks, files: [], seconds: 1 };
  const { content, memory } = configurationOf(context, input, 'elsewhere');
  const folder = nodes[0]?.hostFolder ?? '';
  const base = context.folder.path(handoverFolder('vault'));
  const unit = unitName(product);
  return {
    changes: [say('vaultPlanHandOver', { here: base, folder }), say('vaultPlanHandOverWait', { url }), memory],
    warnings: [
      say('handoverWarnSecret', { folder: base }),
      ...(storage === 'file' ? [say('vaultPlanFileStorage')] : []),
      ...(product === 'vault' ? [say('vaultPlanLicence')] : []),
    ],
    commands: [...commandsFor(product, folder), ...looks],
    files: [
      { path: `${base}/${handedFiles.config}`, mode: '0644', content, why: say('vaultWhyConfig') },
      { path: `${base}/${handedFiles.key}`, mode: '0600', content: '$' + '{VAULT_TLS_KEY}\n', why: say('vaultWhyKey') },
      { path: `${base}/${unit}`, mode: '0644', content: unitFor(product, folder), why: say('vaultWhyUnit') },
    ],
    seconds: 60,
  };
}

/** By API: takes over what the server says it is. For another host: lays its files out and waits until it answers. */
export async function applyElsewhere(context: StepContext, input: VaultInput): Promise<void> {
  const { nodes } = keyStoreOf(context);
  const byApi = nodes[0]?.way === 'api';
  if (!byApi && (await writeHandover(context, await handoverOf(context, input))))
    await context.journal(say('vaultJournalHandedOver', { folder: context.folder.path(handoverFolder('vault')) }));
  const client = await vaultFor(context);
  try {
    if (byApi) return await learn(context, client);
    await waitForHost(context, client.url, async () => {
      try {
        await client.sealStatus(context.signal);
        return true;
      } catch (error) {
        if (notYet(error)) return false;
        throw error;
      }
    });
  } finally {
    await client.close();
  }
}

/** A server that others chose is what it is: its product and storage go into the document. */
async function learn(context: StepContext, client: Awaited<ReturnType<typeof vaultFor>>): Promise<void> {
  const store = keyStoreOf(context);
  const { storage_type } = await client.sealStatus(context.signal);
  const { product } = await client.health(context.signal);
  const storage = vaultStorage.safeParse(storage_type);
  const found = { product: product === 'unknown' ? store.product : product, storage: storage.success ? storage.data : store.storage };
  if (found.product === store.product && found.storage === store.storage) return;
  await context.update((stack) => ({
    ...stack,
    keyStores: stack.keyStores.map((one) => (one.id === store.id ? { ...one, ...found } : one)),
  }));
}

async function handoverOf(context: StepContext, input: VaultInput): Promise<Handover> {
  const { product, nodes, ca } = keyStoreOf(context);
  const folder = nodes[0]?.hostFolder ?? '';
  const read = async (file: string): Promise<string> => {
    const content = await context.folder.read(file);
    if (content === undefined) throw new AppError('certificateMissing', { file });
    return content;
  };
  const caFile = caFileOf(context.stack, ca);
  const unit = { path: unitName(product), mode: 0o644, content: unitFor(product, folder), why: say('vaultWhyUnit') };
  return {
    kind: 'vault',
    files: [
      { path: handedFiles.config, mode: 0o644, content: configurationOf(context, input, 'elsewhere').content, why: say('vaultWhyConfig') },
      { path: handedFiles.cert, mode: 0o644, content: await read('certs/vault.crt'), why: say('vaultWhyCertificate') },
      { path: handedFiles.key, mode: 0o600, content: await read('certs/vault.key'), why: say('vaultWhyKey') },
      ...(caFile === undefined ? [] : [{ path: handedFiles.ca, mode: 0o644, content: await read(caFile), why: say('vaultWhyCa') }]),
      ...(isWindows(folder) ? [] : [unit]),
    ],
    commands: commandsFor(product, folder),
  };
}

/** The vendors' packages name unit and user after the product, and the binary as its command. */
function unitName(product: 'openbao' | 'vault'): string {
  return `${product}.service`;
}

function commandsFor(product: 'openbao' | 'vault', folder: string): CommandLine[] {
  const program = product === 'openbao' ? 'bao' : 'vault';
  const at = (name: string): string => hostPath(folder, name);
  const copy = commented(say('handoverCommandCopy', { folder }));
  if (isWindows(folder))
    return [
      copy,
      commented(say('vaultCommandDataFolder'), `mkdir "${at(handedFiles.data)}"`),
      commented(say('handoverCommandByHand'), `${program} server -config="${at(handedFiles.config)}"`),
    ];
  const word = shellWord(folder);
  return [
    copy,
    commented(say('vaultCommandDataFolder'), `install -d -m 0700 ${shellWord(at(handedFiles.data))}`),
    commented(say('handoverCommandOwner', { user: product }), `chown -R ${product}: ${word} && chmod 700 ${word}`),
    commented(
      say('handoverCommandUnit'),
      `cp ${shellWord(at(unitName(product)))} /etc/systemd/system/${unitName(product)} && systemctl daemon-reload && systemctl enable --now ${product}`,
    ),
    commented(say('vaultCommandReload'), `systemctl reload ${product}`),
    commented(say('handoverCommandByHand'), `${program} server -config=${shellWord(at(handedFiles.config))}`),
  ];
}

/** After the vendors' units (vault.md 3.8): a reload reads new certificates, a stop seals. */
function unitFor(product: 'openbao' | 'vault', folder: string): string {
  const program = product === 'openbao' ? 'bao' : 'vault';
  const lock =
    product === 'openbao'
      ? ['CapabilityBoundingSet=CAP_SYSLOG', 'MemorySwapMax=0']
      : ['AmbientCapabilities=CAP_IPC_LOCK', 'LimitMEMLOCK=infinity'];
  return `${[
    '[Unit]',
    `Description=${product === 'openbao' ? 'OpenBao' : 'HashiCorp Vault'}`,
    'Wants=network-online.target',
    'After=network-online.target',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=3',
    '',
    '[Service]',
    'Type=notify',
    `User=${product}`,
    `Group=${product}`,
    `ExecStart=/usr/bin/${program} server -config=${unitWord(hostPath(folder, handedFiles.config))}`,
    'ExecReload=/bin/kill --signal HUP $MAINPID',
    'KillMode=process',
    'KillSignal=SIGINT',
    'TimeoutStopSec=30',
    'Restart=on-failure',
    'RestartSec=5',
    'LimitNOFILE=65536',
    'LimitCORE=0',
    ...lock,
    'NoNewPrivileges=true',
    'ProtectSystem=full',
    'PrivateTmp=true',
    'PrivateDevices=true',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')}\n`;
}

function isWindows(folder: string): boolean {
  return hostPath(folder, 'x').includes('\\');
}
