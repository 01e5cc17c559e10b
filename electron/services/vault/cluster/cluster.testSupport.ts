import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ServerName } from '../../../../servers/catalogue.ts';
import { ensureServers } from '../../../../servers/get.ts';
import { Secret } from '../../../../shared/secret.ts';
import { type ConfigInput, type ConfigStorage, configInput } from '../../../../shared/vaultConfig.ts';
import { makeTestIdentity, stopProcess, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { createVaultClient } from '../../../clients/vault/vaultClient.ts';
import { freePort } from '../../../platform/ports.ts';
import { makeVaultStack, type VaultStack } from '../vault.testSupport.ts';
import { writeConfig } from './config/write.ts';
import { createVaultCluster } from './handlers.ts';

export const call = { signal: new AbortController().signal, host: 'cli' } as const;
export const id = { stackId: 'test' } as const;

export interface TestNode {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly config: string;
  start(): Promise<void>;
  /** Without waiting for its answer. */
  launch(): ChildProcess;
  stop(): Promise<void>;
  log(): Promise<string>;
}

/** For tests: real servers on free ports with the configurations that Sealdeck writes, and one certificate for all of them. */
export async function makeServers(server: ServerName & ('openbao' | 'vault' | 'vault-full')) {
  const product = server === 'openbao' ? 'openbao' : 'vault';
  const binary = process.env[`SEALDECK_TEST_${server.toUpperCase().replace('-', '_')}`] ?? (await ensureServers([server]))[server];
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-cluster-'));
  const { cert, key } = await makeTestIdentity('server');
  await writeFile(join(root, 'server.crt'), cert);
  await writeFile(join(root, 'server.key'), key.reveal(), { mode: 0o600 });
  const nodes: TestNode[] = [];

  /** A node with its own folder; `more` changes what is written for it. Not started. */
  async function node(
    name: string,
    storage: (folder: string) => ConfigStorage,
    more: Partial<ConfigInput> = {},
    env: Record<string, string> = {},
  ): Promise<TestNode> {
    const folder = join(root, name);
    await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 });
    const [port, clusterPort] = [await freePort(), await freePort()];
    const url = `https://127.0.0.1:${port}`;
    const written = writeConfig(
      configInput.parse({
        product,
        storage: storage(join(folder, 'data')),
        apiAddr: url,
        clusterAddr: `https://127.0.0.1:${clusterPort}`,
        listen: `127.0.0.1:${port}`,
        cert: join(root, 'server.crt'),
        key: join(root, 'server.key'),
        configFolder: folder,
        binary,
        ...more,
      }),
    );
    const config = join(folder, `server.${more.form ?? 'hcl'}`);
    await writeFile(config, written.files[0]?.content ?? '');
    return runner({ name, url, port, folder, config }, ['server', `-config=${config}`], env);
  }

  function runner(facts: Omit<TestNode, 'start' | 'launch' | 'stop' | 'log'>, args: string[], env: Record<string, string>): TestNode {
    let child: ChildProcess | undefined;
    const logFile = join(facts.folder, 'server.log');
    function launch(): ChildProcess {
      appendFileSync(logFile, '');
      child = spawn(binary, args, { cwd: facts.folder, env: { PATH: process.env.PATH ?? '', HOME: facts.folder, ...env } });
      const log = createWriteStream(logFile, { flags: 'a' });
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      return child;
    }
    const made: TestNode = {
      ...facts,
      async start() {
        const started = launch();
        let fail: () => void = () => undefined;
        const ended = new Promise<never>((_, reject) => {
          // Its last lines are written a moment later.
          fail = () =>
            void setTimeout(50)
              .then(() => readFile(logFile, 'utf8'))
              .then((text) => reject(new Error(`${facts.name} ended: ${text}`)));
        });
        started.once('exit', fail);
        const client = createVaultClient({ url: facts.url, ca: [cert] });
        try {
          await Promise.race([ended, waitUntil(async () => (await client.sealStatus()).type !== '')]);
        } finally {
          started.off('exit', fail);
          await client.close();
        }
      },
      launch,
      async stop() {
        if (child !== undefined && child.exitCode === null && child.signalCode === null) await stopProcess(child);
        child = undefined;
      },
      log: () => readFile(logFile, 'utf8').catch(() => ''),
    };
    nodes.push(made);
    return made;
  }

  return {
    root,
    cert,
    key,
    binary,
    product,
    node,
    runner,
    client: (of: Pick<TestNode, 'url'>, token?: string) =>
      createVaultClient({ url: of.url, ca: [cert], ...(token === undefined ? {} : { token: new Secret(token) }) }),
    /** A stack that has these nodes by API, and the handlers of both parts of the domain. */
    async stack(...members: TestNode[]) {
      const url = members[0]?.url ?? '';
      const stack = await makeVaultStack({
        product,
        kvVersion: 2,
        servers: { vault: { way: 'api', url }, kes: { way: 'none' }, minio: { way: 'none' } },
      });
      await stack.context.folder.write('connect/vault-ca.pem', cert, 0o644);
      await stack.context.update((document) => ({
        ...document,
        cas: [{ id: 'vault', kind: 'file', subject: '', fingerprint: '', file: 'connect/vault-ca.pem' }],
        keyStores: document.keyStores.map((store) =>
          store.kind === 'vault'
            ? { ...store, ca: 'vault', nodes: members.map(({ name, url: at }) => ({ id: name, url: at, way: 'api' as const })) }
            : store,
        ),
      }));
      return stack;
    },
    async stop() {
      await Promise.all(nodes.map((each) => each.stop()));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type TestServers = Awaited<ReturnType<typeof makeServers>>;

/** A raft node, not started yet, that looks for nodes that have earned their vote every second, not every ten. */
export async function raftNode(
  servers: TestServers,
  name: string,
  more: Partial<ConfigInput> = {},
  env: Record<string, string> = {},
): Promise<TestNode> {
  const node = await servers.node(name, (path) => ({ kind: 'raft', path, nodeId: name, peers: [] }), more, env);
  const quick = '$&\n  autopilot_update_interval = "500ms"\n  autopilot_reconcile_interval = "1s"';
  await writeFile(node.config, (await readFile(node.config, 'utf8')).replace('storage "raft" {', quick));
  return node;
}

/** The cluster's handlers on a test's stack. */
export const clusterOn = (stack: VaultStack) => createVaultCluster(stack.deps).handlers;

/** Initialises and opens a node, and keeps the answer as the app does. Returns root token and shares. */
export async function initialise(servers: TestServers, stack: VaultStack, node: TestNode, shares = 3, threshold = 2) {
  const client = servers.client(node);
  try {
    const { keys_base64, root_token, recovery } = await client.init(shares, threshold);
    const init = { keys_base64, root_token, shares, threshold, ...(recovery ? { recovery } : {}) };
    stack.kept.set('vault.init', new Secret(JSON.stringify(init)));
    for (const key of keys_base64.slice(0, threshold)) await client.unseal(new Secret(key));
    await waitUntil(async () => (await client.health()).state === 'active');
    return { keys: keys_base64, root: root_token };
  } finally {
    await client.close();
  }
}
