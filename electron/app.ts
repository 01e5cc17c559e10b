import { platform, userInfo } from 'node:os';
import type { appProcedures } from '../shared/app.ts';
import { answersForSample, type Contract, procedures } from '../shared/contract.ts';
import type { fileProcedures } from '../shared/files.ts';
import type { JobSnapshot, jobProcedures } from '../shared/jobs.ts';
import type { Procedure } from '../shared/rpc/define.ts';
import { AppError, isAppError } from '../shared/rpc/errors.ts';
import type { ServerKind } from '../shared/stacks.ts';
import { type Language, say, type Text } from '../shared/text.ts';
import { identityFor, withKes } from './clients/kes/forStack.ts';
import { vaultFor, vaultTokenFor } from './clients/vault/forStack.ts';
import { clusterView } from './jobs/clusterView.ts';
import type { JobRunner } from './jobs/jobRunner.ts';
import type { DomainDeps, StackAccess } from './jobs/step.ts';
import { kesOf } from './jobs/ways.ts';
import type { FileStore } from './platform/files.ts';
import type { Log } from './platform/log.ts';
import { memoryLockOf } from './platform/memoryLock.ts';
import { createSealedStore } from './platform/sealedStore.ts';
import { selfcheck } from './platform/selfcheck.ts';
import type { AllHandlers, CallContext, DomainHandlers } from './rpc/connection.ts';
import type { EventHub } from './rpc/eventHub.ts';
import { createAudit } from './services/audit/handlers.ts';
import { createBuckets } from './services/buckets/handlers.ts';
import { createCertificateFiles } from './services/certificates/authority/handlers.ts';
import { createCertificateBoard } from './services/certificates/board/handlers.ts';
import { createCertificates } from './services/certificates/handlers.ts';
import { selfSigned } from './services/certificates/selfSigned.ts';
import { makeStranger } from './services/certificates/stranger.ts';
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
import { createSettings } from './services/settings/handlers.ts';
import { createStoreHandlers } from './services/settings/storeHandlers.ts';
import { createSetup } from './services/setup/handlers.ts';
import { placed, placeOf } from './services/setup/placeDocument.ts';
import { createStacks } from './services/stacks/handlers.ts';
import { createKeeping } from './services/stacks/keeping.ts';
import { createUploads } from './services/uploads/handlers.ts';
import { createVaultAccess } from './services/vault/access/handlers.ts';
import { createVaultCluster } from './services/vault/cluster/handlers.ts';
import { createVault } from './services/vault/handlers.ts';

export interface AppParts {
  dataFolder: string;
  files: FileStore;
  log: Log;
  hub: EventHub;
  jobs: JobRunner;
  /** What only the process itself can do. */
  hostPorts: {
    openWindow(port?: number): Promise<{ url: string }>;
    requestQuit(force: boolean, language: Language): Promise<void>;
    readonly version: string;
  };
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
  const kesConfig = createKesConfig(deps);
  const kesKeys = createKesKeys({ ...deps, dataFolder, selfSigned, vaultToken: vaultTokenFor, auditedKeys: (id) => audit.lastKeys(id) });
  const kesMove = createKesMove({ ...deps, others: () => ({ ...setup.handlers, ...connect.handlers }) });
  const keyStores = createKeyStores(deps);
  const minioCopies = createMinioCopies({ ...deps, dataFolder });
  const minioVariables = createMinioVariables({ ...deps, dataFolder, files, kesFromHere });
  const objects = createObjects({
    ...deps,
    dataFolder,
    files,
    journalOf: journal.linesOf,
    auditView: (stackId, at) => audit.seen(stackId, at),
    auditedCustomer: async (stackId) => auditedCustomerOf(await audit.lastCounts(stackId)),
    async keyWork(stackId) {
      const sent = await uploads.handlers['uploads.list']({ stackId }, fromHere);
      const { runs } = await inPlace.handlers['inPlace.list']({ stackId }, fromHere);
      return customerKeyWorkOf(sent.uploads, runs);
    },
  });
  const uploads = createUploads({ ...deps, dataFolder, files });
  const inPlace = createInPlace({ ...deps, dataFolder, auditRows: (stackId, id, filter) => audit.rowsOf(stackId, id, filter) });
  const proof = createProof({ ...deps, dataFolder, files, vaultToken: vaultTokenFor, isProtected: () => store.status().protected });
  const audit = createAudit({
    ...deps,
    dataFolder,
    files,
    isProtected: () => store.status().protected,
    journalOf: journal.linesOf,
    stackIds: async () => (await stacks.list()).map(({ id }) => id),
    sampleStack: async () =>
      (await stacks.list()).find(({ origin }) => origin === 'sample') ??
      stacks.create({ name: 'sample', id: 'sample', origin: 'sample', fill: (plain) => ({ ...plain, readOnly: true }) }),
  });
  const buckets = createBuckets({
    ...deps,
    auditCounts: audit.lastCounts,
    async kesRequests(access) {
      const nodes = kesOf(access.stack)?.nodes ?? [];
      const counted = nodes.map(({ id }) => withKes(access, 'operator', (one) => one.requestCount(), id));
      if (counted.length === 0) throw new AppError('kesUnknown', { stack: access.stack.name });
      return (await Promise.all(counted)).reduce((sum, count) => sum + count, 0);
    },
  });
  const setup = createSetup({
    ...deps,
    dataFolder,
    stacks,
    steps: [lab, certificates, vault, kes, minio, objects, proof].flatMap((domain) => domain.steps),
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
  /** What an engine that was killed could not say any more; said once the journal's seal can be read. */
  async function tellLost(): Promise<void> {
    for (const { id } of await stacks.list()) await minio.tellLost(id);
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
    stopServer: async (stackId, kind) => jobDone(stackId, (await lab.handlers['lab.stop']({ stackId, kind }, fromHere)).jobId),
    async startServer(stackId, kind) {
      await jobDone(stackId, (await lab.start(stackId, kind)).jobId);
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
    },
    changePlace: setup.changePlace,
    beginSetup: setup.begin,
    freePorts: setup.freePorts,
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

  /** Jobs of calls that may change servers: they would go on when their stack became read-only. */
  const changing = new Set<string>();
  function remember(answer: unknown): void {
    const running = new Set(jobs.running().map(({ id }) => id));
    for (const id of changing) if (!running.has(id)) changing.delete(id);
    const { jobId } = answer as { jobId?: unknown };
    if (typeof jobId === 'string') changing.add(jobId);
  }
  const readOnly: AllHandlers['stacks.readOnly'] = async (input, call) => {
    const busy = input.readOnly && jobs.running().some(({ id, stackId }) => stackId === input.id && changing.has(id));
    if (busy) throw new AppError('stackBusy', { name: (await stacks.get(input.id)).name });
    return stacks.handlers['stacks.readOnly'](input, call);
  };

  /** A sample refuses every call that wants servers, a read-only stack every one that may change them, whoever makes it. */
  function guarded(handlers: AllHandlers): AllHandlers {
    const guard = (name: keyof Contract): unknown => {
      const handler = handlers[name] as (input: never, call: CallContext) => Promise<unknown>;
      const changes = (procedures[name] as Procedure).changesServers === true;
      if (!changes && answersForSample(name)) return handler;
      return async (input: { stackId?: string; id?: string } & Record<string, never>, call: CallContext) => {
        const found = stacks.get(input.stackId ?? input.id ?? '');
        // What is wrong with a stack that cannot be read, a call that changes nothing says in its own way.
        const stack = await (changes ? found : found.catch(() => undefined));
        if (stack?.origin === 'sample' && !answersForSample(name)) throw new AppError('stackIsSample', { name: stack.name });
        if (changes && stack?.readOnly) throw new AppError('stackReadOnly', { name: stack.name });
        const answer = await handler(input as never, call);
        if (changes) remember(answer);
        return answer;
      };
    };
    const names = Object.keys(handlers) as (keyof Contract)[];
    return Object.fromEntries(names.map((name) => [name, guard(name)])) as unknown as AllHandlers;
  }

  const app: Omit<DomainHandlers<typeof appProcedures>, `settings.${string}` | `store.${string}`> = {
    async 'app.info'(_input, { host }) {
      const language = await settings.language();
      return {
        version: hostPorts.version,
        host,
        dataFolder,
        platform: platform(),
        language,
        user,
      };
    },
    'app.open': ({ port }) => hostPorts.openWindow(port),
    async 'app.quit'({ force }) {
      await hostPorts.requestQuit(force, await settings.language());
      return {};
    },
    async 'app.selfcheck'() {
      const checks = await selfcheck(await store.refresh());
      // Without a keychain there are other modes, so that alone is no failure.
      return { ok: checks.every((check) => check.ok || check.name === 'keychain'), checks };
    },
  };
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
    handlers: guarded({
      ...app,
      ...jobHandlers,
      ...fileHandlers,
      ...settings.handlers,
      ...storeKeeper.handlers,
      ...stacks.handlers,
      'stacks.readOnly': readOnly,
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
    }),
    async close() {
      storeKeeper.close();
      await Promise.all([audit.close(), inPlace.close(), uploads.close()]);
      for (const job of jobs.running()) jobs.cancel(job.id);
      await Promise.all(jobs.running().map((job) => jobs.wait(job.id)));
    },
  };
}
