import { appEvents, appProcedures } from './app.ts';
import { auditEvents, auditProcedures } from './audit.ts';
import { bucketEvents, bucketProcedures } from './buckets.ts';
import { certificateProcedures } from './certificates.ts';
import { clusterEvents, clusterProcedures } from './clusters.ts';
import { connectProcedures } from './connect.ts';
import { fileProcedures } from './files.ts';
import { inPlaceEvents, inPlaceProcedures } from './inPlace.ts';
import { jobEvents, jobProcedures } from './jobs.ts';
import { journalEvents, journalProcedures } from './journal.ts';
import { kesProcedures } from './kes.ts';
import { labEvents, labProcedures } from './lab.ts';
import { minioProcedures } from './minio.ts';
import { objectEvents, objectProcedures } from './objects.ts';
import { proofEvents, proofProcedures } from './proof.ts';
import { setupEvents, setupProcedures } from './setup.ts';
import { stackEvents, stackProcedures } from './stacks.ts';
import { uploadEvents, uploadProcedures } from './uploads.ts';
import { vaultEvents, vaultProcedures } from './vault.ts';

/** The calls of what a window shows first, and of every domain that has events. A window loads the others when one is made. */
export const firstProcedures = {
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
  ...minioProcedures,
  ...objectProcedures,
  ...inPlaceProcedures,
  ...bucketProcedures,
  ...uploadProcedures,
  ...proofProcedures,
  ...auditProcedures,
  ...journalProcedures,
};

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
