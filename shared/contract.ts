import { appEvents, appProcedures } from './app.ts';
import { auditEvents, auditProcedures } from './audit.ts';
import { certificateProcedures } from './certificates.ts';
import { connectProcedures } from './connect.ts';
import { fileProcedures } from './files.ts';
import { jobEvents, jobProcedures } from './jobs.ts';
import { journalEvents, journalProcedures } from './journal.ts';
import { kesProcedures } from './kes.ts';
import { labEvents, labProcedures } from './lab.ts';
import { minioProcedures } from './minio.ts';
import { objectEvents, objectProcedures } from './objects.ts';
import { proofEvents, proofProcedures } from './proof.ts';
import { setupEvents, setupProcedures } from './setup.ts';
import { stackEvents, stackProcedures } from './stacks.ts';
import { vaultEvents, vaultProcedures } from './vault.ts';

/** Every call that an engine takes, on every host. */
export const procedures = {
  ...appProcedures,
  ...jobProcedures,
  ...fileProcedures,
  ...stackProcedures,
  ...setupProcedures,
  ...connectProcedures,
  ...labProcedures,
  ...certificateProcedures,
  ...vaultProcedures,
  ...kesProcedures,
  ...minioProcedures,
  ...objectProcedures,
  ...proofProcedures,
  ...auditProcedures,
  ...journalProcedures,
};
export type Contract = typeof procedures;

/** An event carries a whole snapshot, or only names what to ask for again. Never a delta. */
export const events = {
  ...appEvents,
  ...jobEvents,
  ...stackEvents,
  ...setupEvents,
  ...labEvents,
  ...vaultEvents,
  ...objectEvents,
  ...proofEvents,
  ...auditEvents,
  ...journalEvents,
};
export type ContractEvents = typeof events;
