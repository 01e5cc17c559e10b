import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answersForSample, type Contract, procedures } from './contract.ts';
import type { Procedure } from './rpc/define.ts';

const all = Object.entries(procedures as Record<string, Procedure>);
const ofAStack = all.filter(([, { input }]) => input instanceof z.ZodObject && 'stackId' in input.shape);

/** Calls about a stack that only read, or that only change what Sealdeck itself keeps. A new call has to be put in one of the two. */
const harmless = [
  'setup.state',
  'setup.draft',
  'setup.plan',
  'setup.check',
  'setup.planAlone',
  'connect.save',
  'connect.forget',
  'connect.test',
  'connect.preflight',
  'connect.finish',
  'connect.replace',
  'lab.servers',
  'lab.status',
  'lab.log',
  'certificates.list',
  'certificates.files',
  'certificates.makePlan',
  'certificates.make',
  'certificates.requestText',
  'certificates.dropRequest',
  'certificates.readReply',
  'certificates.importFile',
  'certificates.exportPublic',
  'certificates.exportWithKey',
  'certificates.closeKey',
  'certificates.served',
  'certificates.setBoard',
  'certificates.calendar',
  'certificates.renewPlan',
  'certificates.renewRequest',
  'certificates.swapPlan',
  'certificates.publicFolder',
  'certificates.installPlan',
  'vault.status',
  'vault.custody',
  'vault.handOut',
  'vault.confirmHandOut',
  'vault.forgetCustodian',
  'vault.destroyShares',
  'vault.engines',
  'vault.keyNames',
  'vault.roles',
  'vault.role',
  'vault.planRole',
  'vault.saveWrapped',
  'vault.revokeFacts',
  'vault.policies',
  'vault.policy',
  'vault.draftPolicy',
  'vault.simulate',
  'vault.audit',
  'vault.auditLines',
  'vault.transit',
  'vault.cluster',
  'vault.addNode',
  'vault.forgetNode',
  'vault.joinPlan',
  'vault.removePeerPlan',
  'vault.rekey',
  'vault.rekeyPlan',
  'vault.rootAttempt',
  'vault.rootTokens',
  'vault.barrierKey',
  'kes.status',
  'kes.apiKeys',
  'kes.makeApiKey',
  'kes.importApiKey',
  'kes.saveApiKey',
  'kes.dropApiKey',
  'kes.tryApiKey',
  'kes.useApiKey',
  'kes.keys',
  'keyStores.give',
  'keyStores.state',
  'kes.moveBegin',
  'kes.movePlan',
  'kes.moveStanding',
  'kes.readConfig',
  'kes.planConfig',
  'kes.keepConfigSecret',
  'kes.handOverConfig',
  'kes.checkConfig',
  'kes.rights',
  'kes.tryRights',
  'kes.identityOf',
  'kes.keyList',
  'kes.keyRows',
  'kes.keyCard',
  'kes.testKeys',
  'kes.acceptKey',
  'kes.createPlan',
  'kes.deletionFacts',
  'kes.keptRecords',
  'kes.forgetRecord',
  'kes.nodes',
  'kes.logs',
  'kes.playState',
  'kes.playStart',
  'kes.playClean',
  'minio.restartPlan',
  'minio.running',
  'minio.staticKeyMove',
  'minio.proveStaticKey',
  'minio.status',
  'minio.buckets',
  'objects.list',
  'objects.stat',
  'objects.check',
  'proof.list',
  'proof.get',
  'proof.export',
  'audit.estimate',
  'audit.start',
  'audit.pause',
  'audit.resume',
  'audit.cancel',
  'audit.remove',
  'audit.list',
  'audit.get',
  'audit.map',
  'audit.rows',
  'audit.row',
  'audit.look',
  'audit.compare',
  'audit.report',
  'audit.export',
  'audit.save',
  'uploads.choices',
  'uploads.tryKey',
  'uploads.stage',
  'uploads.add',
  'uploads.addPaths',
  'uploads.retarget',
  'uploads.leaveOut',
  'uploads.lookForConflicts',
  'uploads.items',
  'uploads.pause',
  'uploads.remove',
  'uploads.list',
  'uploads.rejoin',
  'uploads.take',
  'uploads.lost',
  'buckets.list',
  'buckets.plan',
  'buckets.undos',
  'buckets.policyPlan',
  'buckets.whatWon',
  'inPlace.plan',
  'inPlace.pause',
  'inPlace.cancel',
  'inPlace.remove',
  'inPlace.list',
  'inPlace.get',
  'inPlace.rows',
  'objects.bucket',
  'objects.card',
  'objects.commands',
  'objects.download',
  'objects.downloadTo',
  'objects.customerKeys',
  'objects.customerKeyUse',
  'objects.importCustomerKeys',
  'objects.makeCustomerKey',
  'objects.takeCustomerKey',
  'objects.exportCustomerKeys',
  'objects.removeCustomerKey',
  'journal.list',
];

it('no name of a key ends its line or turns it around', () => {
  const taken = (name: string): boolean => procedures['objects.makeCustomerKey'].input.safeParse({ stackId: 'lab', name }).success;
  expect(taken('档案 Archive 2026')).toBe(true);
  for (const name of ['a\nb', 'a\u2028b', '\u202egpj', 'a\u2067b', ' ']) expect(taken(name), JSON.stringify(name)).toBe(false);
});

it('a rule is changed in buckets that can be, and in each of them once', () => {
  const change = (bucket: string) => ({ bucket, from: { kind: 'none' }, to: { kind: 'sse-s3' } });
  const taken = (...buckets: string[]): boolean =>
    procedures['buckets.apply'].input.safeParse({ stackId: 'lab', changes: buckets.map(change) }).success;
  expect(taken('letters', 'scans')).toBe(true);
  for (const buckets of [[''], ['../x'], ['letters/2026'], ['letters', 'letters']]) expect(taken(...buckets), buckets.join()).toBe(false);
});

describe('the contract', () => {
  it('says of every call about a stack whether it may change servers', () => {
    const changing = ofAStack.filter(([, { changesServers }]) => changesServers).map(([name]) => name);
    const rest = ofAStack.map(([name]) => name).filter((name) => !changing.includes(name));
    expect(rest.toSorted()).toEqual(harmless.toSorted());
    expect(changing).toContain('setup.apply');
  });

  it('marks only calls that name their stack, so that the engine can ask whether it is read-only', () => {
    const marked = all.filter(([, { changesServers }]) => changesServers).map(([name]) => name);
    expect(marked.filter((name) => !ofAStack.some(([other]) => other === name))).toEqual([]);
  });

  it('refuses every call about a generated sample but those on its audit, its journal and its document', () => {
    const named = all.filter(([name, { input }]) => /^stacks\./.test(name) || (input instanceof z.ZodObject && 'stackId' in input.shape));
    const answered = named.map(([name]) => name).filter((name) => answersForSample(name as keyof Contract));
    expect(answered.toSorted()).toEqual([
      'audit.cancel',
      'audit.compare',
      'audit.export',
      'audit.get',
      'audit.list',
      'audit.map',
      'audit.pause',
      'audit.remove',
      'audit.report',
      'audit.resume',
      'audit.row',
      'audit.rows',
      'audit.save',
      'journal.list',
      'stacks.get',
      'stacks.import',
      'stacks.list',
      'stacks.removal',
      'stacks.remove',
      'stacks.rename',
      'stacks.restore',
    ]);
  });
});
