import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { Deployment } from './deployment.ts';
import { allowList, isLegalName, lookIntoStore, type SeenStore } from './keys.ts';
import { notesOf } from './notes.ts';
import { readSamples, type Uses, usesOfKeys } from './objects.ts';
import { startOld, whoAnswers, withOldKes } from './oldServer.ts';
import { sealTests } from './proofs.ts';
import { type MoveState, writeMove } from './state.ts';

/**
 * Everything that only the old server can still say, taken while it answers: a sealed data key of each key, an object of each
 * key read whole. Adds `list` in Vault. Throws `kesMoveNames`, `kesMoveNameUsed` where the new server could not reach a key.
 */
export async function prepare(
  access: StackAccess,
  begun: MoveState,
  deployment: Deployment,
  abandon: readonly string[],
  report: Report,
  signal: AbortSignal,
): Promise<MoveState> {
  let state = begun;
  if ((await whoAnswers(access, deployment)) === 'none') {
    report({ done: 0, note: say('kesMoveStartingOld') });
    state = await startOld(access, deployment, state, signal);
    await access.journal(say('kesMoveJournalOldStarted', { pid: state.old?.pid ?? 0 }));
  }
  report({ done: 1, note: say('kesMoveReadingKeys') });
  const store = await lookIntoStore(access, deployment);
  const withMinio = access.stack.minioClusters.length > 0;
  const uses = withMinio ? await usesOfKeys(access, signal) : undefined;
  await requireReachable(access, state, deployment, store, uses, abandon);
  const evidence: Evidence[] = [...(await listed(access, deployment, store))];

  report({ done: 2, note: say('kesMoveSealing') });
  const defaultKey = access.stack.minioClusters[0]?.defaultKey;
  const names = (store?.names ?? [defaultKey ?? '']).filter(isLegalName);
  const { tests, refused } = await withOldKes(access, deployment, (kes) => sealTests(kes, names));
  if (tests.length === 0) throw new AppError('kesMoveNothingToTry', { names: refused.join(', ').slice(0, 300) });
  evidence.push(
    seen(
      'kes',
      say('kesMoveSealedByOld', {
        count: tests.length,
        names: tests
          .map(({ key }) => key)
          .join(', ')
          .slice(0, 300),
      }),
      '200',
    ),
  );
  if (refused.length > 0) evidence.push(seen('kes', say('kesMoveNotOurs', { names: refused.join(', ').slice(0, 300) }), '403', 'info'));

  report({ done: 3, note: say('kesMoveReadingObjects') });
  const objects = uses === undefined ? [] : await readSamples(access, uses, signal);
  if (uses?.whole === false) evidence.push(seen('minio', say('kesMoveObjectsMore'), undefined, 'info'));
  evidence.push(
    ...objects.map(({ bucket, name, key, size, sha256 }) =>
      seen('minio', say('kesMoveObjectRead', { object: `${bucket}/${name}`, name: key, bytes: size }), `sha256 ${sha256}`),
    ),
  );
  return writeMove(access.folder, { ...state, phase: 'prepared', tests, objects, abandoned: [...abandon], evidence });
}

/** Found out now, while the old server still serves those keys: afterwards nobody does. */
async function requireReachable(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  store: SeenStore | undefined,
  uses: Uses | undefined,
  abandon: readonly string[],
): Promise<void> {
  const outside = (store?.names ?? []).filter((name) => !isLegalName(name));
  const left = outside.filter((name) => !abandon.includes(name));
  const used = outside.map((name) => ({ name, objects: uses?.byKey.get(name)?.objects ?? 0 })).filter(({ objects }) => objects > 0);
  const [first] = used;
  if (first !== undefined) {
    const [sample] = Object.values(uses?.byKey.get(first.name)?.samples ?? {});
    throw new AppError('kesMoveNameUsed', {
      name: first.name,
      count: first.objects,
      sample: sample ? `${sample.bucket}/${sample.entry.key}` : '-',
    });
  }
  if (left.length > 0) throw new AppError('kesMoveNames', { names: left.join(', ').slice(0, 500), count: left.length });
  if (outside.length > 0 && (uses === undefined || !uses.whole))
    throw new AppError('kesMoveNamesUncounted', { names: outside.join(', ').slice(0, 500) });
  const stops = (await notesOf(access, state, deployment, store)).filter(
    ({ level, text }) => level === 'stop' && text.code !== 'kesMoveNoteNames',
  );
  if (stops.length > 0) throw new AppError('kesMoveStopped', { count: stops.length, first: stops[0]?.text.code ?? '-' });
}

async function listed(access: StackAccess, deployment: Deployment, store: SeenStore | undefined): Promise<Evidence[]> {
  if (store === undefined) return [];
  const found = seen(
    store.engine === undefined ? 'disk' : 'vault',
    say('kesMoveKeysSeen', { count: store.names.length, path: store.place }),
    store.names.join(' ').slice(0, 500),
  );
  if (!(await allowList(access, store))) return [found];
  await access.journal(say('kesMoveJournalPolicy', { name: store.policy?.name ?? '-' }));
  // Asked of Vault as KES itself: what was written is not yet what counts.
  if ((await lookIntoStore(access, deployment))?.policy !== undefined)
    throw new AppError('kesMoveNoList', { name: store.policy?.name ?? '-' });
  return [found, seen('vault', say('kesMoveListAllowed', { policy: store.policy?.name ?? '-' }), 'capabilities-self: list')];
}
