import { join } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Stack, stackProcedures } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { runBackup } from './backup.ts';
import { planOf, workOf } from './backupPlan.ts';
import type { KeepingDeps } from './keepingDeps.ts';
import { bury, finishRemovals, kindsOf, partsThatStay, removalFacts, requireOwnFolder, runningHere } from './removal.ts';
import { runRestore } from './restore.ts';
import { readStackFile, writeStackFile } from './stackFile.ts';

type Names =
  | 'stacks.rename'
  | 'stacks.removal'
  | 'stacks.remove'
  | 'stacks.export'
  | 'stacks.import'
  | 'stacks.backupPlan'
  | 'stacks.backup'
  | 'stacks.restore';

const minPassphrase = 8;

/** Renaming, removing, handing on, saving and bringing back stacks. */
export function createKeeping(deps: KeepingDeps): {
  handlers: DomainHandlers<Pick<typeof stackProcedures, Names>>;
  resume(): Promise<void>;
} {
  const root = join(deps.dataFolder, 'stacks');
  const removals = createSerialQueue();

  /** Ends what a killed engine had begun to remove. Secrets can only be forgotten while the store is open; without a store there are none. */
  const resume = (only?: string): Promise<void> =>
    removals(async () => {
      const { state } = deps.store.status();
      if (state === 'locked') return;
      const act = {
        forget: async (id: string) => (state === 'open' ? deps.store.deleteAll(`stack:${id}`) : undefined),
        async removed(id: string, { name, folder, files }: { name: string; folder: string; files: 'keep' | 'delete' }) {
          await deps.journal(
            id,
            files === 'delete' ? say('stacksJournalDeleted', { name, folder }) : say('stacksJournalRemoved', { name, folder }),
          );
          deps.publish('stacks.changed', { id });
        },
      };
      await finishRemovals(root, act, only);
    });

  function requireIdle(stack: Stack): void {
    if (deps.jobs.running().some((job) => job.stackId === stack.id)) throw new AppError('stackBusy', { name: stack.name });
  }

  async function remove(stack: Stack, servers: 'keep' | 'end', files: 'keep' | 'delete', report: Report): Promise<unknown> {
    const access = await deps.open(stack.id);
    const running = await runningHere(access);
    if (servers === 'end') {
      for (const { kind, node } of running.toReversed()) {
        report({ note: say('stacksNoteEnd', { server: kind }) });
        await access.servers.stop(kind, node);
      }
    }
    report({ note: say('stacksNoteRemove') });
    // A job that began while servers were being ended would write into a folder that is gone.
    requireIdle(stack);
    await deps.closeAudits(stack.id);
    await bury(root, stack, files);
    await resume(stack.id);
    const kinds = kindsOf(running);
    return { ended: servers === 'end' ? kinds : [], kept: servers === 'end' ? [] : kinds };
  }

  return {
    resume,
    handlers: {
      async 'stacks.rename'({ id, name }) {
        const { name: before } = await deps.stacks.get(id);
        if (name === before) return {};
        await deps.stacks.update(id, (stack) => ({ ...stack, name }));
        await deps.changePlace(id, (place) => ({ ...place, name }));
        await deps.journal(id, say('stacksJournalRenamed', { from: before, to: name }));
        return {};
      },

      async 'stacks.removal'({ id }) {
        const [facts, audits, parts] = await Promise.all([deps.open(id).then(removalFacts), deps.auditsOf(id), deps.unfinishedUploads(id)]);
        const lost = audits > 0 ? [...facts.lost, say('stacksLostAudits', { count: audits })] : facts.lost;
        return { ...facts, lost, stays: partsThatStay(parts) };
      },

      async 'stacks.remove'({ id, name, servers, files }) {
        const stack = await deps.stacks.get(id);
        if (name !== stack.name) throw new AppError('stackNameDiffers', { name: stack.name });
        // Its secrets go too, and they can only be taken out of an open store.
        if (deps.store.status().state === 'locked') throw new AppError('storeLocked');
        requireIdle(stack);
        if (files === 'delete') {
          await requireOwnFolder(stack);
          const running = await runningHere(await deps.open(id));
          if (servers === 'keep' && running.length > 0)
            throw new AppError('stackFilesInUse', { name: stack.name, servers: kindsOf(running).join(', ') });
        }
        return deps.jobs.start({ title: say('stacksJobRemove', { name }), run: (report) => remove(stack, servers, files, report) });
      },

      async 'stacks.export'({ id }) {
        return { name: `${id}.sealdeck.json`, content: await writeStackFile(await deps.open(id)) };
      },

      async 'stacks.import'({ content }) {
        const { stack, certificates } = readStackFile(content);
        const made = await deps.stacks.create({
          name: stack.name,
          origin: 'connected',
          fill: (plain) => ({ ...stack, id: plain.id, createdAt: plain.createdAt, folder: plain.folder }),
          async before(document) {
            for (const [path, pem] of certificates) await writeFileAtomic(join(document.folder, path), pem, 0o600);
            await deps.beginSetup(document);
          },
        });
        await deps.journal(made.id, say('stacksJournalImported', { name: made.name }));
        return { stackId: made.id };
      },

      async 'stacks.backupPlan'({ id, objects }) {
        const access = await deps.open(id);
        const plan = planOf(access, await workOf(access, objects, deps), { objects });
        const audits = await deps.auditsOf(id);
        return audits > 0 ? { ...plan, warnings: [...plan.warnings, say('backupWarnAudits', { count: audits })] } : plan;
      },

      async 'stacks.backup'({ id, objects, folder, passphrase }) {
        const stack = await deps.stacks.get(id);
        if ([...passphrase.reveal()].length < minPassphrase) throw new AppError('passphraseShort', { min: minPassphrase });
        requireIdle(stack);
        const access = await deps.open(id);
        return deps.jobs.start({
          title: say('stacksJobBackup', { name: stack.name }),
          stackId: id,
          unit: 'bytes',
          run: (report, signal) => runBackup(access, { objects, folder, passphrase }, deps, report, signal),
        });
      },

      'stacks.restore': async ({ file, passphrase, folder }) =>
        deps.jobs.start({
          title: say('stacksJobRestore', { file }),
          run: (report, signal) => runRestore({ file, folder, passphrase }, deps, report, signal),
        }),
    },
  };
}
