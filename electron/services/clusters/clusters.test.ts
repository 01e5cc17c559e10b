import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ClusterInput, clusterInput } from '../../../shared/clusters.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { withCluster, withoutCluster } from './document.ts';
import { besideTheFirst } from './plan.ts';
import { provable } from './proof.ts';
import { proposeCluster } from './propose.ts';
import { createClusterRecords } from './records.ts';
import { breaksOff, freshNames, refuseFolder, refuseNames, refusePorts } from './refuse.ts';

const node = (id: string, port: number) => [{ id, url: `https://127.0.0.1:${port}`, way: 'here' as const }];
const first = {
  keyStores: [
    {
      id: 'vault',
      kind: 'vault',
      nodes: node('vault-1', 8200),
      engine: { mount: 'kv', version: 2, prefix: 'minio' },
      appRole: { mount: 'approle', role: 'kes-role', policy: 'minio-key-policy' },
    },
  ],
  identities: [{ id: 'minio', hash: 'a', purpose: 'minio', certFile: 'certs/minio-client.crt' }],
  kesClusters: [{ id: 'kes', nodes: node('kes-1', 7373), keyStore: 'vault', cache: { any: '5s', unused: '5s' } }],
  minioClusters: [{ id: 'minio', nodes: node('minio-1', 9000), kes: 'kes', identity: 'minio', defaultKey: 'minio-default' }],
} as unknown as Stack;
const ports = {
  reserved: async () => [7383],
  nextFree: async (from: number, taken: ReadonlySet<number>) => (taken.has(from) ? from + 1 : from),
};
const proposed = (stack = first, known: string[] = []): Promise<ClusterInput> => proposeCluster(stack, known, ports);
const refused = (input: ClusterInput, stack = first): string => {
  try {
    refuseNames(stack, input);
    return 'taken';
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, string> };
    return `${code} ${details.owner ?? details.store ?? details.missing ?? ''}`.trim();
  }
};

it('proposes names and ports that nobody has, the next time others', async () => {
  const second = await proposed();
  expect(second).toMatchObject({ id: 'minio-2', prefix: 'minio-2', role: 'kes-minio-2', keyPrefix: 'minio-2-', key: 'minio-2-default' });
  expect(second.ports).toEqual({ kes: 7384, kesSecond: 7385, minio: 9010, minioConsole: 9011 });
  expect(refused(second)).toBe('taken');
  expect((await proposed(withCluster(first, second, '127.0.0.1'))).id).toBe('minio-3');
  expect((await proposed(first, ['minio-2'])).id).toBe('minio-3');
});

it.each([
  ['minio', 'clusterTaken minio'],
  ['minio/two', 'clusterNested minio'],
  ['minio-2', 'taken'],
  ['other/minio', 'taken'],
])('reads the prefix %s as %s', async (prefix, answer) => {
  expect(refused({ ...(await proposed()), prefix })).toBe(answer);
});

it('refuses a prefix above another’s, and every one beside the whole engine', async () => {
  const deep = withCluster(first, { ...(await proposed()), prefix: 'team/one' }, '127.0.0.1');
  const third = await proposed(deep);
  expect(refused({ ...third, prefix: 'team' }, deep)).toBe('clusterNested minio-2');
  expect(refused({ ...third, prefix: 'team/two' }, deep)).toBe('taken');
  const [store] = first.keyStores;
  const whole = { ...first, keyStores: [{ ...store, engine: { mount: 'kv', version: 1, prefix: '' } }] } as unknown as Stack;
  expect(refused(await proposed(), whole)).toBe('clusterNested minio');
});

it('refuses names of another cluster, a key outside its prefix, and key stores without folders', async () => {
  const input = await proposed();
  expect(refused({ ...input, role: 'kes-role' })).toBe('clusterTaken minio');
  expect(refused({ ...input, policy: 'minio-key-policy' })).toBe('clusterTaken minio');
  expect(refused({ ...input, id: 'minio' })).toBe('clusterTaken minio');
  expect(refused({ ...input, key: 'elsewhere' })).toBe('clusterKeyOutside');
  const [kes] = first.kesClusters;
  const files = { ...first, kesClusters: [{ ...kes, keyStore: 'keyStore' }], otherKeyStores: [{ id: 'keyStore', kind: 'fs', values: {} }] };
  expect(refused(input, files as unknown as Stack)).toBe('clusterStoreNotVault KES files');
  expect(refused(input, { ...first, minioClusters: [] })).toBe('clusterNoFirst @clusters.missing.minio');
});

it('refuses a port that is another server’s or stands there twice', async () => {
  const input = await proposed();
  await expect(refusePorts(input, [input.ports.minioConsole])).rejects.toMatchObject({ code: 'clusterPort' });
  const twice = { ...input, ports: { ...input.ports, minio: input.ports.kes } };
  await expect(refusePorts(twice, [])).rejects.toMatchObject({ details: { owner: '@clusters.itself' } });
});

it('gives each server a node of its own, and takes all of it out again', async () => {
  const two = withCluster(first, { ...(await proposed()), kesNodes: 2 }, '::1');
  expect(two.kesClusters[1]?.nodes.map(({ id, url }) => `${id} ${url}`)).toEqual(['kes-2 https://[::1]:7384', 'kes-3 https://[::1]:7385']);
  expect(two.minioClusters[1]).toMatchObject({ id: 'minio-2', kes: 'kes-minio-2', identity: 'minio-2' });
  expect(withCluster(two, await proposed(), '::1')).toBe(two);
  expect(withoutCluster(two, 'minio-2')).toEqual(first);
  expect(clusterInput.safeParse({ ...(await proposed()), id: '../x' }).success).toBe(false);
});

it('does not take the id of an identity or of a KES for a cluster', async () => {
  const input = await proposed();
  const operator = { id: 'operator', hash: 'b', purpose: 'operator' as const, certFile: 'certs/operator.crt' };
  const stack = { ...first, identities: [...first.identities, operator] } as Stack;
  expect(refused({ ...input, id: 'operator' }, stack)).toBe('clusterTaken operator');
  expect(refused({ ...input, id: 'kes' }, stack)).toBe('clusterTaken kes');
  expect(refused({ ...input, id: 'two' }, stack)).toBe('taken');
});

it('counts as its own in Vault only what the addition that was given up was to have', async () => {
  const former = await proposed();
  expect(freshNames(former)).toEqual(['prefix', 'role', 'policy']);
  expect(freshNames(former, former)).toEqual([]);
  expect(freshNames({ ...former, policy: 'sealdeck-operator', prefix: 'others' }, former)).toEqual(['prefix', 'policy']);
});

it('writes into no folder that is somebody’s, and through no link', async () => {
  const root = await folderOfItsOwn();
  const path = (relative: string): string => join(root, relative);
  const input = await proposed();
  const answer = (former?: ClusterInput): Promise<string> =>
    refuseFolder({ path }, input, former).then(
      () => 'taken',
      (error: { details: Record<string, string> }) => `refused ${error.details.value}`,
    );
  expect(await answer()).toBe('taken');
  await mkdir(path('clusters/minio-2'), { recursive: true });
  expect(await answer()).toBe('taken');
  await writeFile(path('clusters/minio-2/notes.txt'), 'a stranger’s');
  expect([await answer(), await answer(input)]).toEqual(['refused clusters/minio-2', 'taken']);
  await rm(path('clusters/minio-2'), { recursive: true });
  await mkdir(path('elsewhere'));
  await symlink(path('elsewhere'), path('clusters/minio-2'));
  expect([await answer(), await answer(input)]).toEqual(['refused clusters/minio-2', 'refused clusters/minio-2']);
  await rm(path('clusters'), { recursive: true });
  await symlink(path('elsewhere'), path('clusters'));
  expect(await answer()).toBe('refused clusters');
});

it('lets a record that cannot be read, or is another’s, stop only what is about it', async () => {
  const root = await folderOfItsOwn();
  const records = createClusterRecords(root);
  const input = await proposed();
  const record = { version: 1 as const, input, step: 'kes' as const, startedAt: '2026-11-22T12:00:00Z' };
  await records.write('lab', record);
  await writeFile(join(root, 'stacks/lab/clusters/broken.json'), '{');
  await writeFile(join(root, 'stacks/lab/clusters/copied.json'), JSON.stringify(record));
  expect(await records.readable('lab')).toEqual([record]);
  expect(await records.names('lab')).toEqual(['broken', 'copied', 'minio-2']);
  for (const name of ['broken', 'copied']) await expect(records.read('lab', name)).rejects.toMatchObject({ code: 'fileDamaged' });
});

it('begins nothing while a set-up, a backup or a stop of all servers runs, and minds no audit', () => {
  const titles = [
    say('setup.job.express', { name: 'lab' }),
    say('stacksJobBackup', { name: 'lab' }),
    say('labStop', { kinds: 'KES' }),
    say('labStart', { kinds: 'KES' }),
    say('clusters.jobProve'),
    say('vaultRotateJob'),
  ];
  expect(titles.map(breaksOff)).toEqual([true, true, true, false, false, false]);
});

it('proves what is whole, whatever addition stands still beside it', async () => {
  const two = withCluster(first, await proposed(), '127.0.0.1');
  expect([provable(two, []), provable(two, ['minio-2'])]).toEqual([['minio', 'minio-2'], ['minio']]);
});

it('does not plan to enable again what the first cluster has', () => {
  const policy = say('vaultPlanPolicy', { policy: 'p' });
  const write = { line: 'bao policy write p p.hcl' };
  const plan = besideTheFirst({
    changes: [say('vaultPlanEngine', { mount: 'kv', version: 2 }), say('vaultPlanAppRole', { mount: 'approle' }), policy],
    commands: [{ line: 'bao secrets enable -path=kv -version=2 kv' }, { line: 'bao auth enable -path=approle approle' }, write],
    warnings: [],
    files: [],
    seconds: 1,
  });
  expect([plan.changes, plan.commands]).toEqual([[policy], [write]]);
});

async function folderOfItsOwn(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-clusters-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}
