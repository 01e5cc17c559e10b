import type { KesConfigOutcome } from '../../../../shared/kesConfig.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { withoutHeading } from '../../../clients/kes/configHeading.ts';
import { configFor, kesHere } from '../../../clients/kes/nodeFiles.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { kesOf } from '../../../jobs/ways.ts';
import { type MoveState, readMove } from '../move/state.ts';
import { checkConfig, defaultKeyOf, makeKeys } from './check.ts';
import type { Draft } from './drafts.ts';
import type { KesConfig } from './model.ts';
import { beforeFile, configFile, nodeOf, serves, unfinishedFile } from './place.ts';
import { howFor, isStale, readNow, secretsDiffer, secretsFor, variablesOf, writtenFor } from './plan.ts';
import { reloadKes, restartKes } from './reload.ts';
import { tryConfig } from './trial.ts';

/** In between, the time machine writes this file from the old one, and would not know of another change. */
const settled: ReadonlySet<MoveState['phase']> = new Set(['planned', 'prepared', 'moved']);

/**
 * Puts a configuration to work on the KES that runs here: tried on a second one, written whole, reloaded or restarted, each node
 * of the cluster after the other, then asked as each identity that is held. What fails after the file was written puts the old
 * file back and works again with it. Can be run again after a kill anywhere.
 */
export async function applyConfig(
  access: StackAccess,
  draft: Draft,
  config: KesConfig,
  report: Report,
  signal: AbortSignal,
): Promise<KesConfigOutcome> {
  return inFileTurn(access.folder, 'kes', () => applyInTurn(access, draft, config, report, signal));
}

async function applyInTurn(
  access: StackAccess,
  draft: Draft,
  config: KesConfig,
  report: Report,
  signal: AbortSignal,
): Promise<KesConfigOutcome> {
  const file = configFile(access);
  const node = nodeOf(access);
  if (node.way !== 'here' || file === undefined) throw new AppError('kesConfigElsewhere', { url: node.url });
  if (!serves(config.address, node.url)) throw new AppError('kesConfigAddress', { address: config.address, url: node.url });
  signal.throwIfAborted();
  const move = await readMove(access.folder);
  if (move !== undefined && !settled.has(move.phase)) throw new AppError('kesConfigMoving');
  const now = await readNow(access);
  if (isStale(draft, now)) throw new AppError('kesConfigChanged', { path: access.folder.path(file) });
  const secrets = secretsFor(draft, now);
  const missing = variablesOf(config).filter((name) => !secrets.has(name));
  if (missing.length > 0) throw new AppError('kesConfigSecretMissing', { names: missing.join(', ') });
  const text = writtenFor(draft, now, config, secrets);
  const running = { ...access, stack: access.stack, report, signal };
  const unfinished = (await access.folder.read(unfinishedFile)) !== undefined;
  const nodes = kesHere(access.stack);
  const states = await Promise.all(nodes.map((one) => access.servers.status('kes', one.node.id)));
  const stopped = states.some(({ state }) => state !== 'running');
  const how =
    stopped || unfinished
      ? 'restart'
      : withoutHeading(text) === withoutHeading(now.text ?? '')
        ? 'nothing'
        : howFor(now, config, secretsDiffer(draft, now, config));

  if (how !== 'nothing') {
    report({ note: say('kesConfigTrying') });
    await tryConfig(access, { text, kind: config.keyStore?.kind, key: defaultKeyOf(access) }, signal);
  }
  const put = async (first: string, work: typeof reloadKes, by = running): Promise<void> => {
    for (const one of nodes) {
      await access.folder.write(one.file, configFor(access.stack, one.node, first), 0o600);
      await work(by, one);
    }
  };
  if (how !== 'nothing' && now.text !== undefined && !unfinished) await access.folder.write(beforeFile, now.text, 0o600);
  try {
    if (how !== 'nothing') {
      await access.folder.write(unfinishedFile, `${new Date().toISOString()}\n`, 0o600);
      await put(text, how === 'reload' ? reloadKes : restartKes);
    }
    report({ note: say('kesConfigChecking') });
    const made = await makeKeys(access, config);
    const evidence = await checkConfig(access, config);
    await remember(access, config);
    await access.folder.remove(unfinishedFile);
    if (how !== 'nothing') draft.base = text;
    if (how !== 'nothing') await access.journal(say('kesConfigJournal', { how: `@kesConfigHow.${how}` }));
    for (const name of made) await access.journal(say('keyJournalCreated', { name }));
    return { applied: true, how, evidence };
  } catch (error) {
    const before = await access.folder.read(beforeFile);
    if (how === 'nothing' || before === undefined) throw error;
    report({ note: say('kesConfigPuttingBack') });
    // Its own signal: a job that was cancelled puts back what was, too.
    await put(before, restartKes, { ...running, signal: AbortSignal.timeout(60_000) });
    await access.folder.remove(unfinishedFile);
    await access.journal(say('kesConfigJournalBack'));
    if (!isAppError(error)) throw error;
    return { applied: false, error: error.frame, evidence: [] };
  }
}

/** What proofs and steps know of it: how long keys are kept, and MinIO's policy. */
export async function remember(access: StackAccess, { cache, policies }: KesConfig): Promise<void> {
  const cluster = kesOf(access.stack);
  const minio = access.stack.identities.find(({ purpose }) => purpose === 'minio')?.hash;
  const own = policies.find(({ identities }) => minio !== undefined && identities.includes(minio));
  const pattern = own?.allow.find((rule) => rule.startsWith('/v1/key/generate/'))?.slice('/v1/key/generate/'.length);
  await access.update((stack) => ({
    ...stack,
    kesClusters: stack.kesClusters.map((one) =>
      one.id === cluster?.id
        ? {
            ...one,
            cache: { any: cache.any, unused: cache.unused },
            ...(own && pattern !== undefined ? { policy: { name: own.name, pattern } } : {}),
          }
        : one,
    ),
  }));
}
