import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { kesInput } from '../../../shared/kes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { StepPlan } from '../../../shared/setup.ts';
import type { KesCluster, KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { readAppRole } from '../../clients/vault/forStack.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { checkAccess } from './access.ts';
import { kesEnvironment } from './commands.ts';
import { type KesConfigValues, kesYaml } from './kesConfig.ts';
import { startKes } from './start.ts';

const file = 'kes/kes.yaml';

export interface KesStepDeps {
  /** A client certificate that no server knows, made in memory. */
  makeStranger(): Promise<{ cert: string; key: Secret }>;
}

export function kesStep({ makeStranger }: KesStepDeps): Step<'kes'> {
  return {
    id: 'kes',

    async propose(context) {
      const { key } = context.inputs.place;
      const standard = kesInput.parse({});
      // The default key must be among the keys that MinIO may use.
      const keyPrefix = key.startsWith(standard.keyPrefix) ? standard.keyPrefix : (/^[A-Za-z0-9_]+-/.exec(key)?.[0] ?? key).slice(0, 41);
      return { ...standard, keyPrefix };
    },

    async plan(context, input): Promise<StepPlan> {
      const { cluster, keyStore } = edges(context);
      const pattern = `${input.keyPrefix}*`;
      const url = nodeUrl(cluster);
      const secrets = { roleId: '$' + '{KES_APPROLE_ID}', secretId: '$' + '{KES_APPROLE_SECRET}' };
      const preview = kesYaml(await configValues(context, input, { roleId: 'KES_APPROLE_ID', secretId: 'KES_APPROLE_SECRET' }))
        .replace('"KES_APPROLE_ID"', `"${secrets.roleId}"`)
        .replace('"KES_APPROLE_SECRET"', `"${secrets.secretId}"`);
      const { mount, prefix, version } = keyStore.engine;
      const write = say('kesPlanWrite', { policy: input.policy, pattern, mount, prefix, version });
      const same = context.secrets.has('kes.approle') && (await context.folder.read(file)) === kesYaml(await configValues(context, input));
      const running = (await context.servers.status('kes')).state === 'running';
      return {
        changes: [
          same ? say('kesPlanKeep') : write,
          ...(running && !same ? [say('kesPlanRestart')] : []),
          ...(running ? [] : [say('kesPlanStart', { url })]),
        ],
        warnings: running && !same ? [say('kesPlanRestartWarning')] : [],
        commands: [
          { comment: say('kesCommandStart'), line: `kes server --config ${shellWord(context.folder.path(file))}` },
          { comment: say('kesCommandIdentity'), line: `kes identity of ${shellWord(context.folder.path('certs/minio-client.crt'))}` },
          ...kesEnvironment(context),
          { comment: say('kesCommandStatus'), line: 'kes status' },
        ],
        files: [{ path: context.folder.path(file), mode: '0600', content: preview, why: say('kesFileWhy') }],
        seconds: 5,
      };
    },

    async apply(context, input) {
      const { cluster } = edges(context);
      const pattern = `${input.keyPrefix}*`;
      const yaml = kesYaml(await configValues(context, input));
      if ((await context.folder.read(file)) !== yaml) {
        // Stopped before the file changes: after a kill in between, a KES that runs always runs with the file on disk.
        await context.servers.stop('kes');
        await context.folder.makeFolder('kes', 0o700);
        await context.folder.write(file, yaml, 0o600);
        await context.journal(say('kesJournalConfig', { policy: input.policy, pattern }));
      }
      const policy = { name: input.policy, pattern };
      const cache = { any: input.cacheAny, unused: input.cacheUnused };
      if (JSON.stringify([cluster.policy, cluster.cache]) !== JSON.stringify([policy, cache]))
        await context.update((stack) => ({
          ...stack,
          kesClusters: stack.kesClusters.map((one) => (one.id === cluster.id ? { ...one, policy, cache } : one)),
        }));
      const { started } = await startKes(context);
      if (started) await context.journal(say('kesJournalStarted', { url: nodeUrl(cluster) }));
    },

    async check(context, input) {
      const mode = await context.folder.mode(file);
      const evidence = await checkAccess(context, {
        prefix: input.keyPrefix,
        key: context.inputs.place.key,
        makeStranger,
      });
      // A KES that is logged in works on for a while with credentials that Vault has destroyed meanwhile.
      if ((await context.folder.read(file)) !== kesYaml(await configValues(context, input)))
        throw new AppError('kesConfigDiffers', { path: context.folder.path(file) });
      return mode === 0o600 ? [...evidence, seen('disk', say('kesFileMode'), '0600')] : evidence;
    },
  };
}

function edges(context: Pick<StepContext, 'stack'>): { cluster: KesCluster; keyStore: KeyStore } {
  const cluster = context.stack.kesClusters[0];
  const keyStore = context.stack.keyStores.find((store) => store.id === cluster?.keyStore);
  if (!cluster || !keyStore) throw new AppError('kesUnknown', { stack: context.stack.name });
  return { cluster, keyStore };
}

function nodeUrl(cluster: KesCluster): string {
  return cluster.nodes[0]?.url ?? '';
}

async function configValues(context: StepContext, input: KesConfigValues['input'], login = appRoleOf(context)): Promise<KesConfigValues> {
  const { keyStore } = edges(context);
  const { hosts, ports, key } = context.inputs.place;
  if (!key.startsWith(input.keyPrefix))
    throw new AppError('kesKeyOutside', { name: key, pattern: `${input.keyPrefix}*`, prefix: input.keyPrefix });
  const ip = hosts.find((host) => isIP(host) !== 0) ?? '127.0.0.1';
  const { path, read } = context.folder;
  return {
    input,
    address: `${isIP(ip) === 6 ? `[${ip}]` : ip}:${ports.kes}`,
    keyFile: path('certs/kes.key'),
    certFile: path('certs/kes.crt'),
    certificates: createHash('sha256')
      .update(`${await read('certs/kes.crt')}${await read('certs/ca.crt')}`)
      .digest('hex'),
    identities: { minio: hashOf(context, 'minio'), operator: hashOf(context, 'operator') },
    vault: {
      url: keyStore.nodes[0]?.url ?? '',
      caFile: path('certs/ca.crt'),
      mount: keyStore.engine.mount,
      version: keyStore.engine.version,
      prefix: keyStore.engine.prefix,
      appRoleMount: keyStore.appRole.mount,
      ...login,
    },
  };
}

function hashOf(context: StepContext, purpose: 'minio' | 'operator'): string {
  const identity = context.stack.identities.find((one) => one.purpose === purpose);
  if (!identity) throw new AppError('kesIdentityMissing', { identity: purpose });
  return identity.hash;
}

function appRoleOf(context: StepContext): { roleId: string; secretId: string } {
  const kept = readAppRole(context);
  if (!kept) throw new AppError('kesCredentialMissing');
  return { roleId: kept.roleId, secretId: kept.secretId };
}
