import { appEvents, appProcedures } from './app.ts';
import { auditEvents, auditProcedures } from './audit.ts';
import { bucketEvents, bucketProcedures } from './buckets.ts';
import { certificateBoardProcedures } from './certificateBoard.ts';
import { certificateFilesProcedures } from './certificateFiles.ts';
import { certificateProcedures } from './certificates.ts';
import { clusterEvents, clusterProcedures } from './clusters.ts';
import { connectProcedures } from './connect.ts';
import { fileProcedures } from './files.ts';
import { inPlaceEvents, inPlaceProcedures } from './inPlace.ts';
import { jobEvents, jobProcedures } from './jobs.ts';
import { journalEvents, journalProcedures } from './journal.ts';
import { kesProcedures } from './kes.ts';
import { kesConfigProcedures } from './kesConfig.ts';
import { kesKeysProcedures } from './kesKeys.ts';
import { kesMoveProcedures } from './kesMove.ts';
import { keyStoresProcedures } from './keyStoreCalls.ts';
import { labEvents, labProcedures } from './lab.ts';
import { minioProcedures } from './minio.ts';
import { minioCopyProcedures } from './minioCopy.ts';
import { minioVariablesProcedures } from './minioVariables.ts';
import { objectEvents, objectProcedures } from './objects.ts';
import { proofEvents, proofProcedures } from './proof.ts';
import { setupEvents, setupProcedures } from './setup.ts';
import { stackEvents, stackProcedures } from './stacks.ts';
import { uploadEvents, uploadProcedures } from './uploads.ts';
import { vaultEvents, vaultProcedures } from './vault.ts';
import { vaultAccessProcedures } from './vaultAccess.ts';
import { vaultClusterProcedures } from './vaultCluster.ts';

/** Every call that an engine takes, on every host. */
export const procedures = {
  ...appProcedures,
  ...jobProcedures,
  ...fileProcedures,
  ...stackProcedures,
  ...setupProcedures,
  ...connectProcedures,
  ...clusterProcedures,
  ...labProcedures,
  ...certificateProcedures,
  ...vaultProcedures,
  ...kesProcedures,
  ...certificateFilesProcedures,
  ...certificateBoardProcedures,
  ...vaultClusterProcedures,
  ...vaultAccessProcedures,
  ...kesConfigProcedures,
  ...kesKeysProcedures,
  ...kesMoveProcedures,
  ...keyStoresProcedures,
  ...minioCopyProcedures,
  ...minioVariablesProcedures,
  ...minioProcedures,
  ...objectProcedures,
  ...inPlaceProcedures,
  ...bucketProcedures,
  ...uploadProcedures,
  ...proofProcedures,
  ...auditProcedures,
  ...journalProcedures,
};
export type Contract = typeof procedures;

/** What a generated sample has no answer for although its name stands among those that read what Sealdeck keeps. */
const serversOnly: readonly string[] = [
  'audit.estimate',
  'audit.start',
  'audit.look',
  'stacks.readOnly',
  'stacks.export',
  'stacks.backupPlan',
  'stacks.backup',
] satisfies (keyof Contract)[];

/** Whether a call about a stack may be made about a generated sample: there are no servers behind it that could be asked or changed. */
export function answersForSample(name: keyof Contract): boolean {
  if (serversOnly.includes(name)) return false;
  const { input } = procedures[name];
  return /^(?:stacks|audit|journal)\./.test(name) || !('shape' in input && 'stackId' in input.shape);
}

/** Whether a call may name the MinIO cluster that it is about. Those about the clusters themselves say it in their own way. */
export function takesCluster(name: keyof Contract): boolean {
  const { input } = procedures[name];
  return !name.startsWith('clusters.') && 'shape' in input && 'cluster' in input.shape;
}

/** An event carries a whole snapshot, or only names what to ask for again. Never a delta. */
export const events = {
  ...appEvents,
  ...jobEvents,
  ...stackEvents,
  ...setupEvents,
  ...clusterEvents,
  ...labEvents,
  ...vaultEvents,
  ...objectEvents,
  ...inPlaceEvents,
  ...bucketEvents,
  ...uploadEvents,
  ...proofEvents,
  ...auditEvents,
  ...journalEvents,
};
export type ContractEvents = typeof events;
