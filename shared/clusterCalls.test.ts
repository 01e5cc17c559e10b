import { expect, test } from 'vitest';
import { type Contract, procedures } from './contract.ts';
import { takesCluster } from './takesCluster.ts';

/** Why a call about a stack takes no `cluster`. Whole domains by their name and a dot. */
const without: Readonly<Record<string, readonly string[]>> = {
  'sets up or connects the first cluster; further ones have calls of their own': ['setup.', 'connect.', 'clusters.'],
  'names the node, or means all that run here': ['lab.'],
  'the key store is one for all clusters': ['vault.', 'keyStores.'],
  'files of the whole stack; what is renewed and swapped is the first cluster': ['certificates.'],
  'API keys are files and secrets of the stack': [
    ...['kes.apiKeys', 'kes.makeApiKey', 'kes.importApiKey', 'kes.saveApiKey', 'kes.dropApiKey', 'kes.tryApiKey', 'kes.useApiKey'],
  ],
  'a move is offered for the first KES only': [
    ...['kes.moveBegin', 'kes.movePlan', 'kes.moveStanding', 'kes.moveTrial', 'kes.moveCross', 'kes.moveBack'],
  ],
  'the record that its id names says whose it is': [
    ...['proof.get', 'proof.export'],
    ...['audit.pause', 'audit.resume', 'audit.cancel', 'audit.remove', 'audit.get', 'audit.map', 'audit.rows', 'audit.row', 'audit.look'],
    ...['audit.compare', 'audit.report', 'audit.export', 'audit.save'],
    ...['uploads.add', 'uploads.addPaths', 'uploads.retarget', 'uploads.leaveOut', 'uploads.lookForConflicts', 'uploads.items'],
    ...['uploads.start', 'uploads.pause', 'uploads.resume', 'uploads.cancel', 'uploads.remove', 'uploads.rejoin', 'uploads.take'],
    ...['uploads.lost', 'inPlace.start', 'inPlace.pause', 'inPlace.resume', 'inPlace.cancel', 'inPlace.remove', 'inPlace.get'],
    ...['inPlace.rows'],
  ],
  'every line names its cluster': ['journal.'],
  'a try with servers and identities of its own': ['kes.playState', 'kes.playStart', 'kes.playClean'],
};

const aboutStacks = Object.entries(procedures).filter(([, { input }]) => 'shape' in input && 'stackId' in input.shape);
const takes = (name: string): boolean => {
  const { input } = procedures[name as keyof typeof procedures];
  return 'shape' in input && 'cluster' in input.shape;
};
const reasonFor = (name: string): string | undefined =>
  Object.entries(without).find(([, names]) => names.some((one) => one === name || (one.endsWith('.') && name.startsWith(one))))?.[0];

test('every call about a stack says which MinIO cluster it is about, or has a reason not to', () => {
  const silent = aboutStacks.map(([name]) => name).filter((name) => !takes(name) && reasonFor(name) === undefined);
  expect(silent).toEqual([]);
});

test('no reason outlives its call', () => {
  const names = Object.values(without).flat();
  const idle = names.filter((name) =>
    name.endsWith('.') ? !aboutStacks.some(([one]) => one.startsWith(name)) && name !== 'clusters.' : !(name in procedures) || takes(name),
  );
  expect(idle).toEqual([]);
});

test('it is known of every call whether it takes a cluster, also of those that a window has not loaded', () => {
  const names = (Object.keys(procedures) as (keyof Contract)[]).filter((name) => !name.startsWith('clusters.'));
  expect(names.filter((name) => takesCluster(name) !== takes(name))).toEqual([]);
});
