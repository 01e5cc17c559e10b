import { certificateBoardProcedures } from './certificateBoard.ts';
import { certificateFilesProcedures } from './certificateFiles.ts';
import { firstProcedures } from './firstContract.ts';
import { kesConfigProcedures } from './kesConfig.ts';
import { kesKeysProcedures } from './kesKeys.ts';
import { kesMoveProcedures } from './kesMove.ts';
import { keyStoresProcedures } from './keyStoreCalls.ts';
import { minioCopyProcedures } from './minioCopy.ts';
import { minioVariablesProcedures } from './minioVariables.ts';
import { vaultAccessProcedures } from './vaultAccess.ts';
import { vaultClusterProcedures } from './vaultCluster.ts';

/** Every call that an engine takes, on every host. */
export const procedures = {
  ...firstProcedures,
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
