import { isDeepStrictEqual } from 'node:util';
import type { ConfigPlan } from '../../../../shared/kesConfig.ts';
import { verdictOf } from '../../../../shared/kesRules.ts';
import { lineDiff } from '../../../../shared/lineDiff.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { CommandLine } from '../../../../shared/setup.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { certificatesOf, headingOf, withoutHeading } from '../../../clients/kes/configHeading.ts';
import { kesHere } from '../../../clients/kes/nodeFiles.ts';
import { hostPath } from '../../../jobs/handover.ts';
import { processAt } from '../../../jobs/processAt.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { serverLog } from '../../../jobs/ways.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { defaultKeyOf, modelOf } from './check.ts';
import type { Draft } from './drafts.ts';
import type { KesConfig, KesReading } from './model.ts';
import { configFile, nodeOf, roleNames, serves } from './place.ts';
import { readKesConfig } from './read.ts';
import { referenceOf } from './reader.ts';
import { isRefusal, writeKesConfig } from './write.ts';

export interface Now {
  /** Of the file that the server has. Undefined: there is none here, or it cannot be read. */
  reading: KesReading | undefined;
  text: string | undefined;
}

/** What the server has now. A file that is no YAML any more counts as none. */
export async function readNow(access: Pick<StackAccess, 'stack' | 'folder'>): Promise<Now> {
  const file = configFile(access);
  const text = file && (await access.folder.read(file));
  if (text === undefined) return { reading: undefined, text };
  try {
    return { reading: readKesConfig(text, { secretsBelong: true }), text };
  } catch (error) {
    if (isAppError(error)) return { reading: undefined, text };
    throw error;
  }
}

/** Secrets by their variables: what the draft brings wins over what the server has. */
export function secretsFor(draft: Draft, now: Now): Map<string, Secret> {
  return new Map([...(now.reading?.secrets ?? []), ...draft.secrets]);
}

/** The variables of a configuration. */
export function variablesOf(config: KesConfig): string[] {
  const { tls, keyStore, admin, policies, address, cache, log, keys } = config;
  const words = [
    ...[address, admin, tls.key, tls.cert, tls.password, tls.ca, cache.any, cache.unused, cache.offline, log.error, log.audit],
    ...keys,
    ...Object.values(keyStore?.values ?? {}),
    ...policies.flatMap(({ identities }) => identities),
  ];
  return [...new Set(words.flatMap((word) => (word === undefined ? [] : (referenceOf(word) ?? []))))];
}

/** Today's form of a configuration, for the eye: without secrets. */
export function writtenFor(draft: Draft, now: Now, config: KesConfig, secrets?: ReadonlyMap<string, Secret>): string {
  return writeKesConfig(config, {
    commentsOf: withoutHeading(draft.reading.shown),
    ...headingFor(draft, now),
    ...(secrets && { secrets }),
  });
}

/** Step KES restarts KES when the certificates in this line are not the ones it has made. */
function headingFor(draft: Draft, now: Now): { heading?: string } {
  const certificates = certificatesOf(now.text ?? draft.reading.shown);
  return certificates === undefined ? {} : { heading: headingOf(certificates, true) };
}

/** Reload reads everything again but the address; a new key store is started anew, so that nothing of the old one is left. */
export function howFor(now: Now, config: KesConfig, secretsDiffer: boolean): 'reload' | 'restart' {
  const before = now.reading?.config;
  if (before === undefined) return 'restart';
  if (before.address !== config.address || !isDeepStrictEqual(before.keyStore, config.keyStore) || secretsDiffer) return 'restart';
  return process.platform === 'win32' ? 'restart' : 'reload';
}

export function secretsDiffer(draft: Draft, now: Now, config: KesConfig): boolean {
  return variablesOf(config).some((name) => {
    const [fresh, old] = [draft.secrets.get(name), now.reading?.secrets.get(name)];
    return fresh !== undefined && fresh.reveal() !== old?.reveal();
  });
}

export async function planConfig(access: StackAccess, draft: Draft, config: KesConfig): Promise<ConfigPlan> {
  const now = await readNow(access);
  const { way, url } = nodeOf(access);
  const { path } = draft;
  // A text from elsewhere is compared with what is there now; one that was read from the server, with what was there then.
  if (path === undefined || path !== access.folder.path(configFile(access) ?? '.')) draft.base = now.text ?? '';
  const held = secretsFor(draft, now);
  const secrets = variablesOf(config).map((name) => ({ name, held: held.has(name) }));
  const base = now.reading?.shown ?? draft.reading.shown;
  let text: string;
  try {
    text = writtenFor(draft, now, config);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refused: error.frame, findings: [], diff: [], how: 'nothing', changes: [], warnings: [], commands: [], secrets };
  }
  const differ = secretsDiffer(draft, now, config);
  // The first line tells who wrote it last; that alone is no change.
  const same = now.text !== undefined && withoutHeading(base) === withoutHeading(text) && !differ;
  if (same) text = base;
  const how = way !== 'here' ? 'handOver' : same ? 'nothing' : howFor(now, config, differ);
  const lost = way === 'here' && !serves(config.address, url);
  return {
    text,
    ...(isStale(draft, now) ? { refused: new AppError('kesConfigChanged', { path: path ?? '-' }).frame } : {}),
    ...(lost ? { refused: new AppError('kesConfigAddress', { address: config.address, url }).frame } : {}),
    findings: readKesConfig(text, { matching: 'prefix' }).findings,
    diff: lineDiff(base, text),
    how,
    changes: await changesOf(access, config, how, differ),
    warnings: warningsOf(access, now, config, how),
    commands: await commandsFor(access, how, way === 'here' ? [] : secrets.map(({ name }) => name)),
    secrets,
  };
}

/** Somebody wrote the file since: applied, this draft would take that back without a word. Its first line alone is nobody's change. */
export function isStale({ base }: Draft, { text }: Now): boolean {
  return base !== undefined && withoutHeading(base) !== withoutHeading(text ?? '');
}

async function changesOf(access: StackAccess, config: KesConfig, how: ConfigPlan['how'], differ: boolean): Promise<Text[]> {
  if (how === 'nothing') return [say('kesConfigPlanNothing')];
  const path = access.folder.path(configFile(access) ?? 'handover/kes/kes.yaml');
  const running = (await access.servers.status('kes').catch(() => undefined))?.state === 'running';
  return [
    ...(how === 'handOver' ? [say('kesConfigPlanLayOut', { path })] : [say('kesConfigPlanTry'), say('kesConfigPlanWrite', { path })]),
    ...(differ ? [say('kesConfigPlanSecret')] : []),
    ...(how === 'reload' ? [say('kesConfigPlanReload')] : []),
    ...(how === 'restart' ? [say(running ? 'kesConfigPlanRestart' : 'kesConfigPlanStart')] : []),
    ...(config.keys.length > 0 && how !== 'handOver' ? [say('kesConfigPlanKeys', { names: config.keys.join(', ') })] : []),
    ...(how === 'handOver' ? [] : [say('kesConfigPlanCheck')]),
  ];
}

function warningsOf(access: StackAccess, now: Now, config: KesConfig, how: ConfigPlan['how']): Text[] {
  const warnings: Text[] = [];
  if (how === 'restart') warnings.push(say('kesPlanRestartWarning'));
  const before = now.reading?.config;
  if (before && !isDeepStrictEqual(storePlace(before), storePlace(config))) warnings.push(say('kesConfigWarnStore'));
  for (const { name } of before?.policies ?? [])
    if (!config.policies.some((policy) => policy.name === name)) warnings.push(say('kesConfigWarnPolicy', { policy: name }));
  const model = modelOf(config);
  const key = defaultKeyOf(access);
  for (const { purpose, hash } of access.stack.identities) {
    const may = (verb: string): boolean => verdictOf(model, hash, `/v1/key/${verb}/${key ?? 'minio-default'}`).allowed;
    if (purpose === 'minio' && !(may('generate') && may('decrypt'))) warnings.push(say('kesConfigWarnMinio', { key: key ?? '-' }));
    if (purpose === 'operator' && !verdictOf(model, hash, '/v1/status').allowed)
      warnings.push(say('kesConfigWarnSelf', { who: roleNames.operator }));
  }
  return warnings;
}

/** Where keys lie: all that is no login. */
function storePlace({ keyStore }: KesConfig): unknown {
  const place = Object.entries(keyStore?.values ?? {}).filter(([path]) => !/^(?:approle|kubernetes|credentials|tls|status)\./.test(path));
  return [keyStore?.kind, Object.fromEntries(place)];
}

/** The same by hand. */
export async function commandsFor(access: StackAccess, how: ConfigPlan['how'], variables: readonly string[]): Promise<CommandLine[]> {
  const file = access.folder.path(configFile(access) ?? 'handover/kes/kes.yaml');
  if (how === 'handOver') {
    const folder = nodeOf(access).hostFolder;
    const there = folder === undefined ? '/etc/kes/kes.yaml' : hostPath(folder, 'kes.yaml');
    return [
      { comment: say('kesConfigCommandCopy'), line: `scp ${shellWord(file)} "$KES_HOST":${shellWord(`${there}.new`)}` },
      ...variables.map((name) => ({ comment: say('kesConfigCommandVariable', { name }) })),
      {
        comment: say('kesConfigCommandMove'),
        line: `chmod 600 ${shellWord(`${there}.new`)} && mv ${shellWord(`${there}.new`)} ${shellWord(there)}`,
      },
      { comment: say('kesConfigCommandReload'), line: 'systemctl kill --signal=HUP kes && journalctl -u kes -n 3' },
      { comment: say('kesConfigCommandRestart'), line: 'systemctl restart kes' },
    ];
  }
  const nodes = kesHere(access.stack);
  if (how === 'restart')
    return nodes.map((one, at) => ({
      ...(at === 0 ? { comment: say('kesCommandStart') } : {}),
      line: `kes server --config ${shellWord(access.folder.path(one.file))}`,
    }));
  if (how !== 'reload') return [];
  const running = await Promise.all(nodes.map(({ node }) => access.servers.status('kes', node.id)));
  return running.flatMap(({ node, pid }, at) => [
    {
      ...(at === 0 ? { comment: say('kesConfigCommandReload') } : {}),
      line: `kill -HUP ${pid ?? processAt(Number(new URL(nodes[at]?.node.url ?? nodeOf(access).url).port) || 443)}`,
    },
    { line: `tail -n 3 ${shellWord(access.folder.path(serverLog('kes', node)))}` },
  ]);
}
