import { expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { placeInput } from '../../../shared/setup.ts';
import type { Custodian, Stack } from '../../../shared/stacks.ts';
import { unsealInput } from '../../../shared/vault.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { changeStore, custodyEvidence, nameCustodians } from './custodians.ts';

const at = '2026-11-22T00:00:00.000Z';
const held = (name: string, share: number): Custodian => ({
  id: `c-${share}`,
  name,
  kind: 'passphrase',
  share,
  file: { name: 'x.age', sha256: '00', at },
  confirmedAt: at,
});

function accessWith(custodians: Custodian[], init?: { keys: number }) {
  const ports = { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 };
  const place = placeInput.parse({ name: 'test', folder: '/nowhere', hosts: ['127.0.0.1'], ports, product: 'openbao' });
  const made = stackOf('test', place, at);
  let stack: Stack = { ...made, keyStores: made.keyStores.map((store) => ({ ...store, custodians })) };
  const record = init && JSON.stringify({ keys_base64: Array.from({ length: init.keys }, () => 'x'), shares: 2, threshold: 2 });
  const access = {
    get stack() {
      return stack;
    },
    async update(change: (before: Stack) => Stack) {
      stack = change(stack);
    },
    secrets: { get: () => (record === undefined ? undefined : new Secret(record)) },
  } as unknown as StackAccess;
  return { access, store: () => stack.keyStores[0] };
}

it('lets nobody hold a file of shares that open nothing any more', async () => {
  const { access, store } = accessWith([held('Ann', 1), held('Bob', 2)]);
  await changeStore(access, (before) => ({ ...before, sharesDestroyedAt: at }));
  await nameCustodians(access, []);
  expect(store()?.custodians).toEqual([
    { id: 'c-1', name: 'Ann', kind: 'passphrase' },
    { id: 'c-2', name: 'Bob', kind: 'passphrase' },
  ]);
  expect(store()?.sharesDestroyedAt).toBeUndefined();
});

it('names exactly those of the plan, and nobody who was planned before and is not any more', async () => {
  const { access, store } = accessWith([
    { id: 'c-9', name: 'Ann', kind: 'passphrase' },
    { id: 'c-8', name: 'Old', kind: 'passphrase' },
  ]);
  await nameCustodians(access, [
    { kind: 'passphrase', name: 'Bob' },
    { kind: 'passphrase', name: 'Ann' },
  ]);
  expect(store()?.custodians.map(({ name }) => name)).toEqual(['Bob', 'Ann']);
  expect(store()?.custodians[1]?.id).toBe('c-9');
  await nameCustodians(access, []);
  expect(store()?.custodians).toEqual([]);
});

it('says whose files wait, and what Sealdeck still keeps', async () => {
  const waits: Custodian = { id: 'c-2', name: 'Bob', kind: 'passphrase' };
  const codes = (access: StackAccess) => custodyEvidence(access).map(({ text, outcome }) => `${text.code} ${outcome}`);
  expect(codes(accessWith([], { keys: 2 }).access)).toEqual(['vaultSeenSharesKept warn']);
  expect(codes(accessWith([held('Ann', 1), waits], { keys: 2 }).access)).toEqual([
    'vaultSeenSharesKept warn',
    'vaultSeenConfirmed ok',
    'vaultSeenWaiting warn',
  ]);
  expect(codes(accessWith([held('Ann', 1), held('Bob', 2)], { keys: 0 }).access)).toEqual(['vaultSeenConfirmed ok']);
  expect(codes(accessWith([]).access)).toEqual([]);
});

it('wants as many custodians as shares, each with a name of their own', () => {
  const two = [
    { kind: 'passphrase', name: 'Ann' },
    { kind: 'passphrase', name: 'Bob' },
  ];
  const base = { shares: 2, threshold: 2 };
  expect(unsealInput.safeParse({ ...base, custodians: two }).success).toBe(true);
  for (const custodians of [
    two.slice(1),
    [two[0], two[0]],
    [two[0], { kind: 'passphrase', name: 'a\nb' }],
    [two[0], { kind: 'pgp', name: 'x', key: '' }],
  ])
    expect(unsealInput.safeParse({ ...base, custodians }).success).toBe(false);
});
