import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyNote, kesKeysProcedures, PlayRun } from '../../../../shared/kesKeys.ts';
import { playSandbox } from '../../../../shared/publicIdentities.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import type { KesKeysDeps } from '../keys/deps.ts';
import { createPlayNotes, type PlayNote } from './notes.ts';
import { cleanPlay, type Live, publicKeyPair, tryPlay } from './run.ts';

type PlayHandlers = Pick<DomainHandlers<typeof kesKeysProcedures>, 'kes.playState' | 'kes.playStart' | 'kes.playClean'>;

/** Tries on the public sandbox, or on a KES here with the same public identity. Whatever ends the engine, their servers end with it. */
export function createPlay(deps: KesKeysDeps): { handlers: PlayHandlers } {
  const { open, jobs } = deps;
  const { sandbox = { url: playSandbox.url } } = deps;
  const { url } = sandbox;
  const notes = createPlayNotes(deps.dataFolder);
  const live = new Map<string, { note: PlayNote; live: Live }>();
  // What an engine left that was killed: its servers ended with it, a key on a public KES did not.
  const swept = sweep().catch((error: unknown) => deps.log.error('play.left', { error }));

  async function sweep(): Promise<void> {
    for (const note of await notes.all()) {
      note.run.state = 'left';
      await notes.save(note);
      await remove(note, { servers: [] }).catch((error: unknown) => {
        // It stays listed, with its button.
        if (!isAppError(error)) throw error;
      });
    }
  }

  async function remove(note: PlayNote, own: Live) {
    const evidence = await cleanPlay(note.run, own, { folder: note.folder, sandbox, selfSigned: deps.selfSigned });
    await notes.remove(note.run.id);
    live.delete(note.run.id);
    return evidence;
  }

  async function begin(access: StackAccess, where: PlayRun['where']): Promise<PlayNote> {
    const id = randomBytes(6).toString('hex');
    const name = `sealdeck-try-${id}`;
    const run: PlayRun = {
      id,
      stackId: access.stack.id,
      where,
      endpoint: where === 'public' ? url : 'https://127.0.0.1',
      identity: publicKeyPair().hash,
      key: name,
      bucket: name,
      object: 'try.txt',
      startedAt: new Date().toISOString(),
      state: 'running',
      evidence: [],
    };
    const note = { run, folder: join(tmpdir(), `sealdeck-play-${id}`) };
    // First of all: what a kill leaves is found by it.
    await notes.save(note);
    await mkdir(note.folder, { mode: 0o700 });
    return note;
  }

  /** The stack's own programs. Throws `serverMissing`. */
  const binariesOf = async ({ servers }: StackAccess) => ({ kes: await servers.binary('kes'), minio: await servers.binary('minio') });

  return {
    handlers: {
      async 'kes.playState'({ stackId }) {
        await swept;
        const access = await open(stackId);
        const all = await notes.all();
        const runs = all.map(({ run }) => live.get(run.id)?.note.run ?? run).filter((run) => run.stackId === stackId);
        const noLocal = await noLocalOf(access);
        return {
          url,
          identity: publicKeyPair().hash,
          says: says(),
          runs: runs.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
          ...(noLocal === undefined ? {} : { noLocal }),
        };
      },

      async 'kes.playStart'({ stackId, where }) {
        await swept;
        const access = await open(stackId);
        const noLocal = await noLocalOf(access);
        if (noLocal !== undefined) throw new AppError('kesPlayImpossible', { reason: `@${noLocal.code}` });
        if ([...live.values()].some(({ note }) => note.run.stackId === stackId)) throw new AppError('kesPlayBusy');
        const binaries = await binariesOf(access);
        const note = await begin(access, where);
        const own: Live = { servers: [] };
        live.set(note.run.id, { note, live: own });
        return jobs.start({
          title: say('kesJobPlay'),
          stackId,
          async run(report, signal) {
            const { run, folder } = note;
            try {
              await tryPlay(
                run,
                own,
                {
                  folder,
                  sandbox,
                  binaries,
                  selfSigned: deps.selfSigned,
                  async tell(evidence) {
                    run.evidence.push(evidence);
                    report({ done: run.evidence.length, total: 6, note: evidence.text });
                    await notes.save(note);
                  },
                },
                signal,
              );
              run.state = 'ready';
              await notes.save(note);
              return { id: run.id };
            } catch (error) {
              await giveUp(note, own, error);
              throw error;
            }
          },
        });
      },

      async 'kes.playClean'({ stackId, id }) {
        await swept;
        await open(stackId);
        const held = live.get(id);
        const note = held?.note ?? (await notes.all()).find(({ run }) => run.id === id && run.stackId === stackId);
        if (!note) throw new AppError('kesPlayUnknown', { id });
        if (note.run.state === 'running') throw new AppError('kesPlayBusy');
        return jobs.start({
          title: say('kesJobPlayClean'),
          stackId,
          run: async () => ({ evidence: await remove(note, held?.live ?? { servers: [] }) }),
        });
      },
    },
  };

  /** A try that failed leaves nothing behind, but for a key that could not be removed: that one stays listed. */
  async function giveUp(note: PlayNote, own: Live, error: unknown): Promise<void> {
    note.run.state = 'failed';
    if (isAppError(error)) note.run.error = error.frame;
    try {
      await remove(note, own);
    } catch (failure) {
      if (!isAppError(failure)) throw failure;
      live.delete(note.run.id);
      await notes.save(note);
    }
  }
}

function says(): KeyNote[] {
  return [
    { level: 'fail', text: say('kesPlayEverybody') },
    { level: 'warn', text: say('kesPlayExpired', { at: playSandbox.certificateEnded.slice(0, 10) }) },
    { level: 'info', text: say('kesPlayOnlyThis') },
  ];
}

async function noLocalOf({ servers }: StackAccess): Promise<Text | undefined> {
  if (process.platform === 'win32') return say('kesPlayNoShell');
  try {
    await Promise.all([servers.binary('kes'), servers.binary('minio')]);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return say('kesPlayNoProgram');
    throw error;
  }
}
