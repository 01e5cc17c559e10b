import type { Contract } from './contract.ts';
import { firstProcedures } from './firstContract.ts';

/** By name, since a window decides before it has loaded them (`firstContract.ts`). A test compares them with the contract. */
const later: ReadonlySet<keyof Contract> = new Set<keyof Contract>([
  'vault.rotateSecretId',
  'kes.readConfig',
  'kes.planConfig',
  'kes.keepConfigSecret',
  'kes.applyConfig',
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
  'kes.createKey',
  'kes.importKey',
  'kes.deletionFacts',
  'kes.deleteKey',
  'kes.keptRecords',
  'kes.restoreKey',
  'kes.forgetRecord',
  'kes.nodes',
  'kes.logs',
  'minio.planCopy',
  'minio.copyFrom',
  'minio.copies',
  'minio.running',
  'minio.staticKeyMove',
  'minio.importStaticKey',
  'minio.proveStaticKey',
]);

/** Whether a call may name the MinIO cluster that it is about. Those about the clusters themselves say it in their own way. */
export function takesCluster(name: keyof Contract): boolean {
  if (name.startsWith('clusters.')) return false;
  const first: Partial<Contract> = firstProcedures;
  const call = first[name];
  return call ? 'shape' in call.input && 'cluster' in call.input.shape : later.has(name);
}
