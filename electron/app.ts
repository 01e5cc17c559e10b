import { userInfo } from 'node:os';
import type { fileProcedures } from '../shared/files.ts';
import type { JobSnapshot, jobProcedures } from '../shared/jobs.ts';
import { AppError, isAppError } from '../shared/rpc/errors.ts';
import type { ServerKind } from '../shared/stacks.ts';
import { say, type Text } from '../shared/text.ts';
import { identityFor, withKes } from './clients/kes/forStack.ts';
import { vaultFor, vaultTokenFor } from './clients/vault/forStack.ts';
import { clusterIdsOf, clusterView, openCluster } from './jobs/clusterView.ts';
import type { JobRunner } from './jobs/jobRunner.ts';
import type { DomainDeps, StackAccess } from './jobs/step.ts';
import { kesOf } from './jobs/ways.ts';
import type { FileStore } from './platform/files.ts';
import type { Log } from './platform/log.ts';
import { memoryLockOf } from './platform/memoryLock.ts';
import { createSealedStore } from './platform/sealedStore.ts';
import type { AllHandlers, CallContext, DomainHandlers } from './rpc/connection.ts';
import type { EventHub } from './rpc/eventHub.ts';
import { guarded } from './rpc/guarded.ts';
import { createAudit } from './services/audit/handlers.ts';
import { createBuckets } from './services/buckets/handlers.ts';
import { createCertificateFiles } from './services/certificates/authority/handlers.ts';
import { createCertificateBoard } from './services/certificates/board/handlers.ts';
import { furtherCertificates } from './services/certificates/further.ts';
import { createCertificates } from './services/certificates/handlers.ts';
import { selfSigned } from './services/certificates/selfSigned.ts';
import { makeStranger } from './services/certificates/stranger.ts';
import { createClusters } from './services/clusters/handlers.ts';
import { statusesOf } from './services/clusters/picture.ts';
import { workOf } from './services/clusters/work.ts';
import { createConnect } from './services/connect/handlers.ts';
import { createInPlace } from './services/inPlace/handlers.ts';
import { createJournal } from './services/journal/handlers.ts';
import { createKesConfig } from './services/kes/config/handlers.ts';
import { createKes } from './services/kes/handlers.ts';
import { createKesKeys } from './services/kes/keys/handlers.ts';
import { createKesMove } from './services/kes/move/handlers.ts';
import { replaceSecretId } from './services/kes/secretId.ts';
import { createKeyStores } from './services/kes/stores/handlers.ts';
import { createLab } from './services/lab/handlers.ts';
import { createMinioCopies } from './services/minio/copy/handlers.ts';
import { createMinio } from './services/minio/handlers.ts';
import { createMinioVariables } from './services/minio/variables/handlers.ts';
import { auditedCustomerOf, customerKeyWorkOf } from './services/objects/customerKeyWork.ts';
import { createObjects } from './services/objects/handlers.ts';
import { createProof } from './services/proof/handlers.ts';
import { appHandlers, type HostPorts } from './services/settings/appHandlers.ts';
import { createSettings } from './services/settings/handlers.ts';
import { createStoreHandlers } from './services/settings/storeHandlers.ts';
import { createSetup } from './services/setup/handlers.ts';
import { placed, placeOf } from './services/setup/placeDocument.ts';
import { nextFree } from './services/setup/ports.ts';
import { createStacks } from './services/stacks/handlers.ts';
import { createKeeping } from './services/stacks/keeping.ts';
import { createUploads } from './services/uploads/handlers.ts';
import { createVaultAccess } from './services/vault/access/handlers.ts';
import { createVaultCluster } from './services/vault/cluster/handlers.ts';
import { ensureFurtherRights, planFurtherRights, revokeMade, rootOf } from './services/vault/furtherRights.ts';
import { createVault } from './services/vault/handlers.ts';

export interface AppParts {
  dataFolder: string;
  files: FileStore;
  log: Log;
  hub: EventHub;
  jobs: JobRunner;
  hostPorts: HostPorts;
}

export interface App {
  handlers: AllHandlers;
  close(): Promise<void>;
}

/** Builds every service from its ports and joins their handlers. Domains meet here and nowhere else. */
export async function createApp({ dataFolder, files, log, hub, jobs, hostPorts }: AppParts): Promise<App> {
  const { publish } = hub;
  const user = userInfo().username;
  const store = createSealedStore({ folder: dataFolder, log });
  await store.openIfPossible();
  const journal = createJournal({ dataFolder, store, publish, actor: user });
  const stacks = createStacks({ dataFolder, store, publish, log, journal: (stackId, action) => journal.append(stackId, action) });
  const settings = createSettings({ dataFolder, publish, log });

  /** One stack with its files, secrets and servers. `stack` is always the document as last saved through this access. */
  async function open(stackId: string, cluster?: string): Promise<StackAccess> {
    let stack = await stacks.get(stackId);
    const folder = stacks.folderOf(stack);
    const access: StackAccess = {
      get stack() {
        return stack;
      },
      async update(change) {
        stack = await stacks.update(stackId, change);
      },
      secrets: stacks.secretsOf(stackId),
      folder,
      servers: lab.serversOf(stackId, folder),
      journal: (action) => journal.append(stackId, action),
    };
    return cluster === undefined ? access : clusterView(access, cluster);
  }
  const deps: DomainDeps = { open, publish, jobs, log };
  const ofCluster: DomainDeps = { ...deps, open: openCluster(open) };
  const fromHere: CallContext = { signal: new AbortController().signal, host: 'cli' };

  /** Why a server cannot be started yet: KES logs in to Vault before it listens, MinIO asks KES for a key. */
  async function gate(kind: ServerKind, stackId: string): Promise<Text | undefined> {
    const access = await open(stackId);
    if (kind === 'vault' || access.stack.keyStores.length === 0) return undefined;
    const client = await vaultFor(access);
    try {
      return (await client.sealStatus()).sealed ? say('appWaitsForUnseal') : undefined;
    } catch (error) {
      if (isAppError(error)) return say('appWaitsForVault');
      throw error;
    } finally {
      await client.close();
    }
  }

  async function kesKeyExists(access: StackAccess, name: string): Promise<boolean> {
    return withKes(access, 'operator', (kes) => kes.hasKey(name));
  }

  async function kesFromHere(access: StackAccess, key: string): Promise<'minio' | 'operator'> {
    const who = (await identityFor(access, 'minio')) === undefined ? 'operator' : 'minio';
    await withKes(access, who, (kes) => kes.generate(key));
    return who;
  }

  async function kesWorks(access: StackAccess): Promise<boolean> {
    return kes.proveWorks(access).then(
      () => true,
      (error: unknown) => {
        if (isAppError(error)) return false;
        throw error;
      },
    );
  }

  const lab = createLab({
    ...deps,
    dataFolder,
    pickedOf: (stackId) => setup.picked(stackId),
    gate,
    endOthers: (stackId) => kesMove.endOldServer(stackId),
  });
  const certificates = createCertificates(deps);
  const kes = createKes({ ...deps, makeStranger, vaultToken: vaultTokenFor });
  const vault = createVault({ ...deps, proveKes: kes.proveWorks, memoryLock: (binary) => memoryLockOf(binary, 'vault') });
  const minio = createMinio({ ...deps, dataFolder, kesKeyExists, kesWorks, kesFromHere });
  const certificateFiles = createCertificateFiles({ ...deps, placedHosts: (stackId) => setup.hosts(stackId) });
  const certificateBoard = createCertificateBoard({
    ...deps,
    hosts: (stackId) => setup.hosts(stackId),
    language: () => settings.language(),
    restart: async (stackId, kind) => jobDone(stackId, (await lab.handlers['lab.restart']({ stackId, kind }, fromHere)).jobId),
  });
  const vaultCluster = createVaultCluster(deps);
  const vaultAccess = createVaultAccess({ ...deps, kes: { replaceSecretId, proveKes: kes.proveWorks } });
  const kesConfig = createKesConfig(ofCluster);
  const kesKeys = createKesKeys({
    ...ofCluster,
    dataFolder,
    selfSigned,
    vaultToken: vaultTokenFor,
    auditedKeys: (...of) => audit.lastKeys(...of),
  });
  const kesMove = createKesMove({ ...deps, others: () => ({ ...setup.handlers, ...connect.handlers }) });
  const keyStores = createKeyStores(deps);
  const minioCopies = createMinioCopies({ ...ofCluster, dataFolder });
  const minioVariables = createMinioVariables({ ...ofCluster, dataFolder, files, kesFromHere });
  const objects = createObjects({
    ...ofCluster,
    dataFolder,
    files,
    journalOf: journal.linesAbout,
    auditView: (stackId, at, cluster) => audit.seen(stackId, at, cluster),
    auditedCustomer: async (stackId, cluster) => auditedCustomerOf(await audit.lastCounts(stackId, cluster)),
    async keyWork(stackId, cluster) {
      const sent = await uploads.handlers['uploads.list']({ stackId, cluster }, fromHere);
      const { runs } = await inPlace.handlers['inPlace.list']({ stackId, cluster }, fromHere);
      return customerKeyWorkOf(sent.uploads, runs);
    },
  });
  const uploads = createUploads({ ...ofCluster, dataFolder, files });
  const inPlace = createInPlace({ ...ofCluster, dataFolder, auditRows: (...of) => audit.rowsOf(...of) });
  const proof = createProof({ ...ofCluster, dataFolder, files, vaultToken: vaultTokenFor, isProtected: () => store.status().protected });
  const audit = createAudit({
    ...ofCluster,
    dataFolder,
    files,
    isProtected: () => store.status().protected,
    journalOf: journal.linesAbout,
    stackIds: () => stackIds(),
    sampleStack: async () =>
      (await stacks.list()).find(({ origin }) => origin === 'sample') ??
      stacks.create({ name: 'sample', id: 'sample', origin: 'sample', fill: (plain) => ({ ...plain, readOnly: true }) }),
  });
  const buckets = createBuckets({
    ...ofCluster,
    auditCounts: audit.lastCounts,
    async kesRequests(access) {
      const nodes = kesOf(access.stack)?.nodes ?? [];
      const counted = nodes.map(({ id }) => withKes(access, 'operator', (one) => one.requestCount(), id));
      if (counted.length === 0) throw new AppError('kesUnknown', { stack: access.stack.name });
      return (await Promise.all(counted)).reduce((sum, count) => sum + count, 0);
    },
  });
  const steps = [lab, certificates, vault, kes, minio, objects, proof].flatMap((domain) => domain.steps);
  const stackIds = async (): Promise<string[]> => (await stacks.list()).map(({ id }) => id);
  const setup = createSetup({
    ...deps,
    dataFolder,
    stacks,
    steps,
    portsOfClusters: () => clusters.portsInUse(),
    startAll: async (stackId) => jobDone(stackId, (await lab.start(stackId)).jobId),
    servers: () => lab.servers(),
    memoryLock: lab.memoryLock,
    journal: (stackId, action, outcome) => journal.append(stackId, action, outcome),
    requireDurable: (what) => store.requireDurable(what),
  });
  const connect = createConnect({
    ...deps,
    files,
    placed: (stack, kind, server) => {
      const place = placeOf(stack);
      return placed(stack, { ...place, servers: { ...place.servers, [kind]: server } });
    },
    forgetPlace: setup.forgetServer,
    selfSigned: (key, commonName) => selfSigned('client', key, commonName),
  });
  const clusters = createClusters({
    ...deps,
    dataFolder,
    stackIds,
    work: workOf(steps, {
      certificates: furtherCertificates,
      rights: {
        plan: planFurtherRights,
        ensure: (context, mark) => ensureFurtherRights(context, rootOf(vaultCluster.handlers, fromHere), mark),
        revoke: (stackId) => revokeMade(stackId, rootOf(vaultCluster.handlers, fromHere)),
      },
    }),
    contextOf: setup.contextOf,
    ports: { reserved: setup.reservedPorts, nextFree },
    statuses: statusesOf({ ...vault.handlers, ...kes.handlers, ...minio.handlers }, fromHere),
  });
  /** What an engine that was killed could not say any more; said once the journal's seal can be read. */
  async function tellLost(): Promise<void> {
    for (const { id } of await stacks.list()) for (const cluster of clusterIdsOf(await stacks.get(id))) await minio.tellLost(id, cluster);
  }
  const tellWhenOpen = (state: string): void => {
    if (state === 'open') void tellLost().catch((error: unknown) => log.error('restart.lost', { error }));
  };
  tellWhenOpen(store.status().state);
  store.onChange(({ state }) => tellWhenOpen(state));
  // After a restart the last share brings the rest of a lab back.
  vault.onUnsealed(async (stackId) => {
    await lab.start(stackId);
  });

  async function jobDone(stackId: string, jobId: string): Promise<void> {
    const job = await jobs.wait(jobId);
    if (job.state !== 'succeeded') throw AppError.of(job.error ?? { code: 'cancelled', details: { stackId } });
  }
  const keeping = createKeeping({
    ...deps,
    dataFolder,
    stacks,
    store,
    journal: (stackId, action) => journal.append(stackId, action),
    journalOf: journal.linesOf,
    vaultToken: vaultTokenFor,
    stopServer: async (stackId, kind, node) => jobDone(stackId, (await lab.handlers['lab.stop']({ stackId, kind, node }, fromHere)).jobId),
    async startServer(stackId, kind, node) {
      await jobDone(stackId, (await lab.handlers['lab.start']({ stackId, kind, node }, fromHere)).jobId);
      if (kind === 'vault') await vault.openKept(stackId);
    },
    async setUp(stackId, signal, tell) {
      const { jobId } = await setup.handlers['setup.express']({ stackId, inputs: {} }, fromHere);
      const cancel = (): void => jobs.cancel(jobId);
      signal.addEventListener('abort', cancel, { once: true });
      const off = hub.subscribe((name, payload) => {
        if (name === 'jobs.changed' && (payload as JobSnapshot).id === jobId) tell((payload as JobSnapshot).note);
      });
      await jobDone(stackId, jobId).finally(() => {
        off();
        signal.removeEventListener('abort', cancel);
      });
      const further = await clusters.again(stackId);
      if (further) await jobDone(stackId, further.jobId);
    },
    changePlace: setup.changePlace,
    beginSetup: setup.begin,
    freePorts: setup.freePorts,
    freePort: async (wanted, taken) => nextFree(wanted, new Set([...taken, ...(await setup.reservedPorts())])),
    binary: lab.binary,
    auditsOf: audit.count,
    unfinishedUploads: uploads.unfinished,
    closeAudits: async (stackId) => void (await Promise.all([audit.release(stackId), uploads.release(stackId)])),
  });
  const finishRemovals = (): void => void keeping.resume().catch((error: unknown) => log.error('stacks.removal', { error }));
  store.onChange(finishRemovals);
  finishRemovals();
  const storeKeeper = createStoreHandlers({
    store,
    publish,
    journal: (action) => journal.append(undefined, action),
    autoLockMinutes: async () => (await settings.read()).autoLockMinutes,
    busy: () => jobs.running().length > 0,
    failed: (error) => log.error('store.autoLock', { error }),
  });

  const app = appHandlers({ dataFolder, user, language: settings.language, store, hostPorts });
  const jobHandlers: DomainHandlers<typeof jobProcedures> = {
    'jobs.list': async () => ({ jobs: jobs.list() }),
    async 'jobs.cancel'({ id }) {
      jobs.cancel(id);
      return {};
    },
  };
  const fileHandlers: DomainHandlers<typeof fileProcedures> = {
    'files.announce': async (file) => files.announce(file),
  };

  return {
    handlers: guarded(
      {
        ...app,
        ...jobHandlers,
        ...fileHandlers,
        ...settings.handlers,
        ...storeKeeper.handlers,
        ...stacks.handlers,
        ...keeping.handlers,
        ...journal.handlers,
        ...lab.handlers,
        ...certificates.handlers,
        ...vault.handlers,
        ...kes.handlers,
        ...certificateFiles.handlers,
        ...certificateBoard.handlers,
        ...vaultCluster.handlers,
        ...vaultAccess.handlers,
        ...kesConfig.handlers,
        ...kesKeys.handlers,
        ...kesMove.handlers,
        ...keyStores.handlers,
        ...minioCopies.handlers,
        ...minioVariables.handlers,
        ...minio.handlers,
        ...objects.handlers,
        ...uploads.handlers,
        ...buckets.handlers,
        ...inPlace.handlers,
        ...proof.handlers,
        ...audit.handlers,
        ...setup.handlers,
        ...connect.handlers,
        ...clusters.handlers,
      },
      jobs,
      stacks.get,
    ),
    async close() {
      storeKeeper.close();
      await Promise.all([audit.close(), inPlace.close(), uploads.close()]);
      for (const job of jobs.running()) jobs.cancel(job.id);
      await Promise.all(jobs.running().map((job) => jobs.wait(job.id)));
    },
  };
}
