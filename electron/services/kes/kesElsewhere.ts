import type { KesInput } from '../../../shared/kes.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { CommandLine, StepPlan } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { withKes } from '../../clients/kes/forStack.ts';
import { trustOf } from '../../clients/trust.ts';
import { type Handover, handoverFolder, hostPath, unitWord, waitForHost, writeHandover } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { otherStoreOfKes } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { kesEnvironment } from './commands.ts';
import { kesYaml, minioRules } from './kesConfig.ts';
import {
  clusterOf,
  configValues,
  environmentLines,
  environmentOf,
  handedFiles,
  hostFolderOf,
  keyStoreBehind,
  nodeUrl,
  previewOf,
  writesStore,
} from './kesValues.ts';

/** Where the configuration for the other host lies here. */
export const handedConfig = `${handoverFolder('kes')}/${handedFiles.config}`;

/** KES by API: what it must allow, as lines for the policy that its keeper writes. */
export function planForeign(context: StepContext, input: KesInput): StepPlan {
  const cluster = clusterOf(context);
  const minio = context.stack.identities.find(({ purpose }) => purpose === 'minio');
  const rules = minioRules(input.keyPrefix).map((rule) => `      - ${rule}`);
  const policy = ['policy:', `  ${input.policy}:`, '    allow:', ...rules, '    identities:', `      - "${minio?.hash ?? '…'}"`].join('\n');
  return {
    changes: [say('kesPlanForeign', { url: nodeUrl(cluster) })],
    warnings: [say('kesPlanCacheUnseen', { cache: input.cacheAny })],
    commands: [...kesEnvironment(context), { comment: say('kesCommandStatus'), line: 'kes status' }],
    files: [{ path: handedFiles.config, mode: '-', content: `${policy}\n`, why: say('kesForeignWhy') }],
    seconds: 2,
  };
}

/** KES for another host: which files are laid out, and what its keeper does with them. */
export async function planHandedOver(context: StepContext, input: KesInput): Promise<StepPlan> {
  const cluster = clusterOf(context);
  const folder = hostFolderOf(cluster) ?? '';
  const preview = await previewOf(context, input, await context.folder.read(handedConfig));
  const { write, why, warnings } = writesStore(context, input.policy, `${input.keyPrefix}*`);
  const here = (name: string): string => context.folder.path(`${handoverFolder('kes')}/${name}`);
  return {
    changes: [
      write,
      say('kesPlanHandOver', { here: context.folder.path(handoverFolder('kes')), folder }),
      say('kesPlanHandOverWait', { url: nodeUrl(cluster) }),
    ],
    warnings: [say('handoverWarnSecret', { folder: context.folder.path(handoverFolder('kes')) }), ...warnings],
    commands: commandsFor(folder, context),
    files: [
      { path: here(handedFiles.config), mode: '0600', content: preview, why },
      { path: here(handedFiles.key), mode: '0600', content: `\${KES_TLS_KEY}`, why: say('kesHandedKeyWhy') },
      { path: here(handedFiles.unit), mode: '0644', content: unitFor(folder, environmentOf(context)), why: say('kesHandedUnitWhy') },
    ],
    seconds: 60,
  };
}

/** Lays out the files for that host and waits until its KES lets the operator in. Can be run again at any time. */
export async function handOver(context: StepContext, input: KesInput): Promise<void> {
  if (await writeHandover(context, await handoverOf(context, input)))
    await context.journal(say('kesJournalHandedOver', { folder: context.folder.path(handoverFolder('kes')) }));
  await waitForHost(context, nodeUrl(clusterOf(context)), () => letsIn(context));
}

async function handoverOf(context: StepContext, input: KesInput): Promise<Handover> {
  const values = await configValues(context, input);
  const folder = hostFolderOf(clusterOf(context)) ?? '';
  const read = async (path: string): Promise<string> => {
    const content = await context.folder.read(path);
    if (content === undefined) throw new AppError('kesIdentityMissing', { identity: 'KES' });
    return content;
  };
  const { keyStore } = values;
  const other = otherStoreOfKes(context.stack);
  const trust = keyStore.caFile === undefined ? [] : await trustOf(context, other ? (other.ca ?? 'system') : keyStoreBehind(context).ca);
  const { why } = writesStore(context, input.policy, `${input.keyPrefix}*`);
  return {
    kind: 'kes',
    files: [
      { path: handedFiles.config, mode: 0o600, content: kesYaml(values, await context.folder.read(handedConfig)), why },
      { path: handedFiles.key, mode: 0o600, content: await read('certs/kes.key'), why: say('kesHandedKeyWhy') },
      { path: handedFiles.cert, mode: 0o644, content: await read('certs/kes.crt'), why: say('kesHandedCertWhy') },
      ...(trust.length === 0
        ? []
        : [
            {
              path: other ? handedFiles.storeCa : handedFiles.vaultCa,
              mode: 0o644,
              content: trust.join('\n'),
              why: say(other ? 'keyStoreCaWhy' : 'kesHandedCaWhy'),
            },
          ]),
      { path: handedFiles.unit, mode: 0o644, content: unitFor(folder, environmentOf(context)), why: say('kesHandedUnitWhy') },
    ],
    commands: commandsFor(folder, context),
  };
}

/** An older configuration may still run there: refused and unreachable are "not yet", a wrong certificate is not. */
async function letsIn(context: StepContext): Promise<boolean> {
  try {
    await withKes(context, 'operator', (kes) => kes.status());
    return true;
  } catch (error) {
    if (isAppError(error) && ['networkRefused', 'networkBroken', 'networkTimeout', 'kesNotAuthorised'].includes(error.code)) return false;
    throw error;
  }
}

function commandsFor(folder: string, context: StepContext): CommandLine[] {
  const config = hostPath(folder, handedFiles.config);
  if (config.includes('\\'))
    return [
      { comment: say('handoverCommandCopy', { folder }) },
      { comment: say('kesCommandStart'), line: `kes server --config "${config}"` },
    ];
  return [
    { comment: say('handoverCommandCopy', { folder }) },
    { comment: say('handoverCommandOwner', { user: 'kes' }), line: `chown -R kes: ${shellWord(folder)} && chmod 700 ${shellWord(folder)}` },
    {
      comment: say('handoverCommandUnit'),
      line: `cp ${shellWord(hostPath(folder, handedFiles.unit))} /etc/systemd/system/kes.service && systemctl daemon-reload && systemctl enable --now kes`,
    },
    { comment: say('handoverCommandAgain'), line: 'systemctl restart kes' },
    ...environmentLines(context),
    { comment: say('handoverCommandByHand'), line: `kes server --config ${shellWord(config)}` },
  ];
}

function unitFor(folder: string, environment: Readonly<Record<string, string>>): string {
  const around = Object.entries(environment).map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}\n`);
  return `[Unit]
Description=KES
Wants=network-online.target
After=network-online.target

[Service]
User=kes
Group=kes
${around.join('')}ExecStart=/usr/local/bin/kes server --config ${unitWord(hostPath(folder, handedFiles.config))}
ExecReload=/bin/kill --signal HUP $MAINPID
Restart=on-failure
RestartSec=5
AmbientCapabilities=CAP_IPC_LOCK
NoNewPrivileges=true
ProtectSystem=full
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`;
}
