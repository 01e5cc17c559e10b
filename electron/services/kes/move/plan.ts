import { type MoveKey, type MovePlan, movePlan } from '../../../../shared/kesMove.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { CommandLine } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import { sharedFiles } from '../../../jobs/fileTurns.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { changesOf } from './changes.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { oldLine, rereadLine, stopLine } from './handed.ts';
import { hasNoLogin, isLegalName, lookIntoStore, type SeenStore } from './keys.ts';
import { nextConfig, previewOf } from './next.ts';
import { notesOf } from './notes.ts';
import { usesOfKeys } from './objects.ts';
import { type MoveState, requireMove } from './state.ts';
import { moveVariables } from './variables.ts';

const planFile = 'kes-move/plan.json';

/** Reads, asks and compares; changes nothing. Throws what the files and the key store refuse, `kesConfigRefused` for a file that would not work. */
export async function planMove(access: StackAccess): Promise<MovePlan> {
  const state = await requireMove(access.folder);
  const kept = state.phase === 'moved' ? await access.folder.read(planFile) : undefined;
  return kept === undefined ? planOf(access, state) : movePlan.parse(JSON.parse(kept));
}

/** What was moved stays to be seen when the old files are in the archive. */
export async function keepPlan(access: StackAccess, state: MoveState): Promise<void> {
  await access.folder.write(planFile, `${JSON.stringify(await planOf(access, state))}\n`, 0o600);
}

async function planOf(access: StackAccess, state: MoveState): Promise<MovePlan> {
  const deployment = await readDeployment(state.source);
  const next = await nextConfig(access, deployment);
  const preview = previewOf(next, deployment);
  let store: SeenStore | undefined;
  const notes: MovePlan['notes'] = [];
  try {
    store = await lookIntoStore(access, deployment);
  } catch (error) {
    if (!hasNoLogin(error)) throw error;
    notes.push({ level: 'stop', text: say('kesMoveNoteNoVault') });
  }
  notes.push(...(await notesOf(access, state, deployment, store)));
  const port = Number(new URL((await kesAddress(access)).url).port) || 7373;
  return {
    at: new Date().toISOString(),
    old: {
      file: deployment.configFile,
      content: deployment.reading.shown,
      command: deployment.start.line,
      dialect: deployment.reading.dialect,
    },
    now: { file: access.folder.path(sharedFiles.kes), content: preview },
    changes: changesOf(deployment, next, preview),
    notes,
    keys: await keysOf(access, store?.names ?? []),
    ...(store?.policy === undefined ? {} : { policy: store.policy }),
    variables: moveVariables(deployment.minio, { names: deployment.serverNames, port, folder: deployment.base }),
    line: [say('kesMoveLineWrites'), say('kesMoveLineOld'), say('kesMoveLineSide')],
    commands: commandsOf(access, state, deployment, store),
  };
}

/** A plan looks at so many pages of a thousand objects; the move itself looks at more. */
const lookedAtPages = 20;

/** The names, and for those that today's servers refuse the objects that would be lost with them. */
async function keysOf(access: StackAccess, names: readonly string[]): Promise<MoveKey[]> {
  const outside = names.some((name) => !isLegalName(name)) && access.stack.minioClusters.length > 0;
  const uses = outside ? await usesOfKeys(access, undefined, lookedAtPages).catch(appErrorIsUnknown) : undefined;
  return names.map((name): MoveKey => {
    if (isLegalName(name)) return { name, legal: true };
    const use = uses?.byKey.get(name);
    const [sample] = Object.values(use?.samples ?? {});
    const known = uses !== undefined && (uses.whole || use !== undefined);
    return {
      name,
      legal: false,
      ...(known ? { objects: use?.objects ?? 0 } : {}),
      ...(sample ? { sample: `${sample.bucket}/${sample.entry.key}` } : {}),
    };
  });
}

/** MinIO may not be reachable, or not let us list: then nothing is said, and the move itself insists. */
export function appErrorIsUnknown(error: unknown): undefined {
  if (!isAppError(error)) throw error;
  return undefined;
}

/** What the move does, as the tools would be called. */
function commandsOf(access: StackAccess, state: MoveState, deployment: Deployment, store: SeenStore | undefined): CommandLine[] {
  const file = state.source.way === 'here' ? access.folder.path(sharedFiles.kes) : '/etc/kes/kes.yaml';
  const back = oldLine(deployment);
  return [
    ...(store === undefined
      ? []
      : [
          {
            comment: say('kesMoveCommandKeys'),
            line: store.engine === undefined ? `ls ${shellWord(store.place)}` : `vault kv list ${shellWord(store.place)}`,
          },
        ]),
    ...(store?.policy === undefined
      ? []
      : [{ comment: say('kesMoveCommandPolicy'), line: `vault policy write ${shellWord(store.policy.name)} ./policy-with-list.hcl` }]),
    ...outsideLines(access, store),
    stopLine(deployment),
    { comment: say('kesMoveCommandStart'), line: `kes server --config ${shellWord(file)}` },
    { comment: say('kesMoveCommandBack'), ...(back === undefined ? {} : { line: back }) },
    { comment: say('kesMoveCommandCross'), line: rereadLine(deployment) },
  ];
}

/** For each key that would be lost: its objects get another one, through the old server. */
function outsideLines(access: StackAccess, store: SeenStore | undefined): CommandLine[] {
  const key = access.stack.minioClusters[0]?.defaultKey ?? 'KEY';
  const outside = (store?.names ?? []).filter((name) => !isLegalName(name));
  return outside.map((name) => ({
    comment: say('kesMoveCommandCopy', { name }),
    line: `mc cp --enc-kms ${shellWord(`ALIAS/BUCKET=${key}`)} ALIAS/BUCKET/OBJECT ALIAS/BUCKET/OBJECT`,
  }));
}
