import type { kesConfigProcedures } from '../../../../shared/kesConfig.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { handoverFolder } from '../../../jobs/handover.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { handedFiles } from '../kesValues.ts';
import { applyConfig } from './apply.ts';
import { checkConfig, tryRights } from './check.ts';
import { createDrafts } from './drafts.ts';
import { identityOf } from './identityOf.ts';
import { knownIdentities, nodeOf } from './place.ts';
import { commandsFor, planConfig, readNow, secretsFor, variablesOf, writtenFor } from './plan.ts';
import { rightsOf } from './rights.ts';
import { readForStudio } from './studio.ts';

export interface KesConfigStudio {
  handlers: DomainHandlers<typeof kesConfigProcedures>;
}

/** The configuration of a stack's KES: read, planned, put to work and checked; and who may do what by it. */
export function createKesConfig({ open, jobs }: DomainDeps): KesConfigStudio {
  const drafts = createDrafts();

  return {
    handlers: {
      'kes.readConfig': async ({ stackId, cluster, from }) => readForStudio(await open(stackId, cluster), drafts, from),
      'kes.planConfig': async ({ stackId, cluster, draft, config }) => {
        const access = await open(stackId, cluster);
        return planConfig(access, drafts.get(draft, access), config);
      },
      'kes.keepConfigSecret': async ({ stackId, cluster, draft, name, value }) => {
        const access = await open(stackId, cluster);
        const kept = drafts.get(draft, access);
        kept.secrets.set(name, value);
        const held = secretsFor(kept, await readNow(access));
        return { secrets: [...new Set([...variablesOf(kept.reading.config), name])].map((one) => ({ name: one, held: held.has(one) })) };
      },
      'kes.applyConfig': async ({ stackId, cluster, draft, config }) => {
        const access = await open(stackId, cluster);
        const kept = drafts.get(draft, access);
        if (jobs.running().some((job) => job.stackId === stackId && job.title.code === 'kesConfigJob')) throw new AppError('kesConfigBusy');
        return jobs.start({
          title: say('kesConfigJob'),
          stackId,
          run: (report, signal) => applyConfig(access, kept, config, report, signal),
        });
      },
      'kes.handOverConfig': async ({ stackId, cluster, draft, config }) => {
        const access = await open(stackId, cluster);
        const kept = drafts.get(draft, access);
        const path = `${handoverFolder('kes')}/${handedFiles.config}`;
        const { way } = nodeOf(access);
        // A host that was handed files over reads its secrets from them; a foreign one has its own environment.
        const now = await readNow(access);
        const secrets = way === 'handedOver' ? secretsFor(kept, now) : undefined;
        await access.folder.makeFolder(handoverFolder('kes'), 0o700);
        await access.folder.write(path, writtenFor(kept, now, config, secrets), 0o600);
        await access.journal(say('kesConfigJournalLaidOut', { path: access.folder.path(path) }));
        const open_ = variablesOf(config).filter((name) => !secrets?.has(name));
        return { path: access.folder.path(path), commands: await commandsFor(access, 'handOver', open_) };
      },
      'kes.checkConfig': async ({ stackId, cluster, draft, config }) => {
        const access = await open(stackId, cluster);
        drafts.get(draft, access);
        return { evidence: await checkConfig(access, config) };
      },
      'kes.rights': async ({ stackId, cluster }) => rightsOf(await open(stackId, cluster)),
      'kes.tryRights': async ({ stackId, cluster, key }) => {
        const access = await open(stackId, cluster);
        const { model } = await rightsOf(access);
        return { tried: await tryRights(access, model, key), at: new Date().toISOString() };
      },
      'kes.identityOf': async ({ stackId, cluster, given }) => {
        const hash = identityOf(given);
        if (hash === undefined) throw new AppError('kesIdentityNone');
        const [known] = (await knownIdentities(await open(stackId, cluster), [hash])).filter((one) => one.hash === hash);
        return { hash, ...(known ? { known } : {}) };
      },
    },
  };
}
