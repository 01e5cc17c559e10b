import { expect, it } from 'vitest';
import { placeInput } from '../../../shared/setup.ts';
import type { Stack, StackNode } from '../../../shared/stacks.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { stackOf } from '../../services/setup/placeDocument.ts';
import { configFor, kesHere, vaultUrlFor, writeKesFiles } from './nodeFiles.ts';

const node = (id: string, port: number): StackNode => ({ id, url: `https://127.0.0.1:${port}`, way: 'here' });

function stackWith(kes: StackNode[], vaults: StackNode[]): Stack {
  const ports = { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 };
  const stack = stackOf(
    'lab',
    placeInput.parse({ name: 'lab', product: 'openbao', storage: 'raft', folder: '/lab', hosts: ['127.0.0.1'], ports }),
    'now',
  );
  return {
    ...stack,
    keyStores: stack.keyStores.map((one) => ({ ...one, nodes: vaults })),
    kesClusters: stack.kesClusters.map((one) => ({ ...one, nodes: kes })),
  };
}

const vaults = [node('vault-1', 8200), node('vault-2', 8210), node('vault-3', 8220)];
const text = `# Written by Sealdeck
version: v1
address: 127.0.0.1:7373
policy:
  minio:
    allow:
      - /v1/key/create/minio-*
keystore:
  vault:
    endpoint: https://127.0.0.1:8210
    engine: kv
`;

it('each KES that runs here has a file of its own, the first the usual one', () => {
  const away: StackNode = { id: 'kes-4', url: 'https://kes.example:7373', way: 'handedOver', hostFolder: '/etc/kes' };
  const stack = stackWith([node('kes-2', 7373), node('kes-3', 7383), away], vaults);
  expect(kesHere(stack).map(({ node: { id }, file }) => [id, file])).toEqual([
    ['kes-2', 'kes/kes.yaml'],
    ['kes-3', 'kes/kes-3.yaml'],
  ]);
});

it('each KES asks the Vault node of its number, over all clusters of a stack, and the first where there is one only', () => {
  const stack = stackWith([node('kes-1', 7373)], vaults);
  expect(['kes-1', 'kes-2', 'kes-3', 'kes-4'].map((id) => vaultUrlFor(stack, id))).toEqual([
    'https://127.0.0.1:8200',
    'https://127.0.0.1:8210',
    'https://127.0.0.1:8220',
    'https://127.0.0.1:8200',
  ]);
  expect(vaultUrlFor(stack, 'kes')).toBe('https://127.0.0.1:8200');
  expect(vaultUrlFor(stackWith([], vaults.slice(0, 1)), 'kes-2')).toBe('https://127.0.0.1:8200');
});

it('a second file differs from the first in port and Vault node, and in nothing else', () => {
  const [first, second] = [node('kes-2', 7373), node('kes-3', 7383)];
  const stack = stackWith([first, second], vaults);
  expect(configFor(stack, first, text)).toBe(text);
  const changed = configFor(stack, second, text).split('\n');
  const before = text.split('\n');
  expect(changed.filter((line, at) => line !== before[at])).toEqual(['address: 127.0.0.1:7383', '    endpoint: https://127.0.0.1:8220']);
  expect(configFor(stack, second, text.replace('127.0.0.1:7373', '"[::1]:7373"'))).toContain('address: "[::1]:7383"\n');
});

it('an address of Vault that somebody wrote themselves, as of a load balancer, is each KES’s', () => {
  const stack = stackWith([node('kes-2', 7373), node('kes-3', 7383)], vaults);
  const own = text.replace('https://127.0.0.1:8210', 'https://vault.example');
  expect(configFor(stack, node('kes-3', 7383), own)).toContain('    endpoint: https://vault.example\n');
});

it('a comment behind the address, as people write them, does not give two KES one port', () => {
  const stack = stackWith([node('kes-2', 7373), node('kes-3', 7383)], vaults);
  const own = text.replace('127.0.0.1:7373', '127.0.0.1:7373  # as in the tickets of 2024');
  expect(configFor(stack, node('kes-3', 7383), own)).toContain('address: 127.0.0.1:7383  # as in the tickets of 2024\n');
});

it('writes again only what is not as it should be: also the second file that a kill left behind', async () => {
  const stack = stackWith([node('kes-2', 7373), node('kes-3', 7383)], vaults);
  const files = new Map([
    ['kes/kes.yaml', text],
    ['kes/kes-3.yaml', 'of before'],
  ]);
  const written: string[] = [];
  const folder = {
    read: async (path: string) => files.get(path),
    write: async (path: string, content: string) => {
      written.push(path);
      files.set(path, content);
    },
  } as unknown as StackFolder;
  await writeKesFiles({ stack, folder }, text);
  expect(written).toEqual(['kes/kes-3.yaml']);
  expect(files.get('kes/kes-3.yaml')).toContain('address: 127.0.0.1:7383');
});
