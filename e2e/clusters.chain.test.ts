import { execFile, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopProcess, waitUntil } from '../electron/clients/kes/kes.testSupport.ts';
import { freePort } from '../electron/platform/ports.ts';
import { ensureServers } from '../servers/get.ts';
import type { Stack, StackNode } from '../shared/stacks.ts';
import { call, sealdeck } from './cli.ts';
import { mc, mcWith, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

const run = promisify(execFile);

/** Two MinIO on one Vault of three nodes: the first with one KES, the second, added by the command line, with two. */
describe('two MinIO clusters, each with its own KES, on one Vault', () => {
  let own: OwnLab;
  let data: string[];
  let openbao: string;
  let first: SeenLab;
  let second: SeenLab;
  let rounds = 0;
  const vaults: Record<string, { url: string; start(): Promise<void>; stop(): Promise<void> }> = {};
  const on = (name: string, input: object = {}) => call(data, name, { stackId: 'lab', ...input });
  const document = () => call(data, 'stacks.get', { id: 'lab' }) as unknown as Promise<Stack>;

  beforeAll(async () => {
    own = await startOwnLab();
    data = ['--data', join(own.dir, '.sealdeck')];
    ({ openbao } = await ensureServers(['openbao', 'mc']));
    for (const name of ['vault-2', 'vault-3']) await addVault(name);
    await allOpen();
    const added = await sealdeck(['cluster', 'add', '--dir', own.dir, '--kes-nodes', '2', '--json']);
    expect(added.code, added.stderr).toBe(0);
    first = await openPracticeLab(own.dir, join(own.dir, '.sealdeck'), 'lab');
    second = await openPracticeLab(own.dir, join(own.dir, '.sealdeck'), 'lab', 'minio-2');
  });
  afterAll(async () => {
    for (const { stop } of Object.values(vaults)) await stop();
    await own.end();
  });

  /** Another node as its keeper starts it, taken on, joined and opened by Sealdeck. */
  async function addVault(name: string): Promise<void> {
    const [port, clusterPort] = [await freePort(), await freePort()];
    const [folder, url] = [join(own.folder, name), `https://127.0.0.1:${port}`];
    mkdirSync(join(folder, 'raft'), { recursive: true });
    const config = `storage "raft" {
  path = ${JSON.stringify(join(folder, 'raft'))}
  node_id = "${name}"
}
disable_mlock = true
api_addr = "${url}"
cluster_addr = "https://127.0.0.1:${clusterPort}"
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${clusterPort}"
  tls_cert_file = ${JSON.stringify(join(own.dir, 'certs/vault.crt'))}
  tls_key_file = ${JSON.stringify(join(own.dir, 'certs/vault.key'))}
}
`;
    writeFileSync(join(folder, 'vault.hcl'), config);
    let child: ReturnType<typeof spawn> | undefined;
    const unseal = (): Promise<unknown> => on('vault.unsealKept', { node: name });
    vaults[name] = {
      url,
      async start() {
        const log = openSync(join(folder, 'vault.log'), 'a');
        child = spawn(openbao, ['server', `-config=${join(folder, 'vault.hcl')}`], { cwd: folder, stdio: ['ignore', log, log] });
        await waitUntil(async () => (await bao(['status'], url).catch(({ code }: { code: number }) => String(code))) !== '1');
        if (name in vaults) await unseal().catch(() => undefined);
      },
      async stop() {
        if (child !== undefined && child.exitCode === null && child.signalCode === null) await stopProcess(child);
      },
    };
    await vaults[name]?.start();
    await on('vault.addNode', { url, id: name });
    await on('vault.join', { node: name, voter: true });
    await unseal();
  }

  /** OpenBao's own command line, towards the first node unless told otherwise. */
  async function bao(
    args: string[],
    address = own.lab.stack.keyStores[0]?.nodes[0]?.url ?? '',
    token?: string,
    input = '',
  ): Promise<string> {
    const env = { PATH: process.env.PATH ?? '', HOME: own.folder, BAO_ADDR: address, BAO_CACERT: join(own.dir, 'certs/ca.crt') };
    const pending = run(openbao, args, { env: { ...env, ...(token ? { BAO_TOKEN: token } : {}) } });
    pending.child.stdin?.end(input);
    return (await pending).stdout;
  }

  const nodesOf = (lab: SeenLab): StackNode[] => lab.stack.kesClusters[0]?.nodes ?? [];
  const put = (lab: SeenLab, name: string): Promise<string> => mcWith(lab, name, 'pipe', `lab/first-bucket/${name}`);

  /** curl as the MinIO of this cluster, with the status as last line. */
  async function curl(lab: SeenLab, { url }: StackNode, path: string): Promise<string> {
    const [minio] = lab.stack.minioClusters;
    const own_ = minio?.id === 'minio' ? own.dir : join(own.dir, 'clusters', minio?.id ?? '');
    const as = ['--cert', join(own_, 'certs/minio-client.crt'), '--key', join(own_, 'certs/minio-client.key')];
    const args = ['--silent', '--write-out', '\n%{http_code}', '--cacert', join(own.dir, 'certs/ca.crt'), ...as, `${url}${path}`];
    return (await run('curl', args)).stdout;
  }

  /** Requests that all nodes of this cluster's KES have answered, as they count them. */
  async function kesCalls(lab: SeenLab): Promise<number> {
    let sum = 0;
    for (const node of nodesOf(lab))
      for (const [, count] of (await curl(lab, node, '/v1/metrics')).matchAll(
        /^kes_http_request_(?:success|error|failure)\{[^}]*\} (\S+)$/gm,
      ))
        sum += Number(count);
    return sum;
  }

  /** mc writes one object after the other in each cluster until it is ended. */
  function writeOn(labs: readonly SeenLab[]) {
    let ended = false;
    const failed: string[] = [];
    const loops = labs.map(async (lab) => {
      const names: string[] = [];
      while (!ended) {
        const name = `during-${rounds++}`;
        await put(lab, name).then(
          () => names.push(name),
          (error: Error) => failed.push(`${lab.stack.minioClusters[0]?.id}: ${error.message}`),
        );
      }
      return names;
    });
    return {
      async end() {
        ended = true;
        const written = await Promise.all(loops);
        return { failed, written: labs.map((lab, at) => ({ lab, names: written[at] ?? [] })) };
      },
    };
  }

  /** All in one go: each object holds its own name. */
  async function readAgain(written: readonly { lab: SeenLab; names: readonly string[] }[]): Promise<void> {
    for (const { lab, names } of written)
      expect(await mc(lab, 'cat', ...names.map((name) => `lab/first-bucket/${name}`))).toBe(names.join(''));
  }

  async function stopHere(kind: 'vault' | 'kes', node: string): Promise<void> {
    await on('lab.stop', { kind, node });
    await waitUntil(async () => {
      const { servers } = (await on('lab.status')) as { servers: { node: string; state: string }[] };
      return servers.find((one) => one.node === node)?.state === 'stopped';
    }, 20_000);
  }

  const allOpen = (): Promise<void> =>
    waitUntil(async () => {
      const { raft } = (await on('vault.cluster')) as { raft?: { peers: { voter: boolean; healthy?: boolean }[] } };
      return raft?.peers.filter(({ voter, healthy }) => voter && healthy).length === 3;
    }, 30_000);

  it('stand in one document: each with an identity, a role and a prefix of its own, each KES at the Vault node of its number', async () => {
    const { keyStores, kesClusters, minioClusters, identities } = await document();
    expect(minioClusters.map(({ id }) => id)).toEqual(['minio', 'minio-2']);
    expect(new Set(identities.filter(({ purpose }) => purpose === 'minio').map(({ hash }) => hash)).size).toBe(2);
    expect(kesClusters.map(({ nodes }) => nodes.map(({ id }) => id))).toEqual([['kes-1'], ['kes-2', 'kes-3']]);
    const endpoints = ['kes/kes.yaml', 'clusters/minio-2/kes/kes.yaml', 'clusters/minio-2/kes/kes-3.yaml'].map(
      (path) => /endpoint: (\S+)/.exec(readFileSync(join(own.dir, path), 'utf8'))?.[1],
    );
    expect(endpoints).toEqual(keyStores[0]?.nodes.map(({ url }) => url));
  });

  it('are refused in each other’s prefix: bao, logged in with the role of each KES', async () => {
    for (const [lab, mine, others] of [
      [first, 'minio/minio-default', 'minio-2/minio-2-default'],
      [second, 'minio-2/minio-2-default', 'minio/minio-default'],
    ] as const) {
      const login = await bao(
        ['write', '-format=json', 'auth/approle/login', '-'],
        undefined,
        undefined,
        JSON.stringify(lab.secrets.appRole),
      );
      const { auth } = JSON.parse(login) as { auth: { client_token: string } };
      const path = (name: string): string => `kv/data/${name}`;
      expect(await bao(['read', '-format=json', path(mine)], undefined, auth.client_token)).toContain('"data"');
      await expect(bao(['read', path(others)], undefined, auth.client_token)).rejects.toThrow(/Code: 403[\s\S]*permission denied/);
      expect((await bao(['token', 'capabilities', path(others)], undefined, auth.client_token)).trim()).toBe('deny');
      await expect(bao(['write', path(others), '-'], undefined, auth.client_token, '{"data":{}}')).rejects.toThrow(/Code: 403/);
    }
  });

  it('count their own calls only: curl at each KES', async () => {
    for (const [writer, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const before = [await kesCalls(writer), await kesCalls(other)];
      for (let at = 0; at < 8; at += 1) await put(writer, `counted-${at}`);
      const after = [await kesCalls(writer), await kesCalls(other)];
      expect((after[0] ?? 0) - (before[0] ?? 0)).toBeGreaterThanOrEqual(8);
      // MinIO itself asks for its default key every ten seconds.
      expect((after[1] ?? 0) - (before[1] ?? 0)).toBeLessThan(8);
    }
    // The identity of one is nobody at the KES of the other.
    expect(await curl(second, nodesOf(first)[0] as StackNode, '/v1/metrics')).toContain('403');
  });

  it('write on while one KES and its Vault node are stopped, and everything that was written is read again', async () => {
    const writing = writeOn([first, second]);
    await stopHere('kes', 'kes-2');
    await vaults['vault-2']?.stop();
    await wait(6_000);
    const { failed, written } = await writing.end();
    expect(failed).toEqual([]);
    expect(written.map(({ names }) => names.length > 10)).toEqual([true, true]);
    await readAgain(written);
    await vaults['vault-2']?.start();
    await allOpen();
  });

  it('the one with two KES writes on while one of them and the leader of Vault are stopped', async () => {
    const writing = writeOn([second]);
    await stopHere('vault', 'vault-1');
    await wait(10_000);
    const { failed, written } = await writing.end();
    expect(failed).toEqual([]);
    await readAgain(written);
  });
});
