import { auditEn } from './en/audit.ts';
import { bucketsEn } from './en/buckets.ts';
import { certificateBoardEn } from './en/certificateBoard.ts';
import { certificateFilesEn } from './en/certificateFiles.ts';
import { clustersEn } from './en/clusters.ts';
import { componentsEn } from './en/components.ts';
import { connectEn } from './en/connect.ts';
import { frameEn } from './en/frame.ts';
import { inPlaceEn } from './en/inPlace.ts';
import { journalEn } from './en/journal.ts';
import { kesConfigEn } from './en/kesConfig.ts';
import { kesKeysEn } from './en/kesKeys.ts';
import { kesMoveEn } from './en/kesMove.ts';
import { keyStoresEn } from './en/keyStores.ts';
import { minioCopyEn } from './en/minioCopy.ts';
import { minioVariablesEn } from './en/minioVariables.ts';
import { objectsEn } from './en/objects.ts';
import { overviewEn } from './en/overview.ts';
import { proofEn } from './en/proof.ts';
import { settingsEn } from './en/settings.ts';
import { setupEn } from './en/setup.ts';
import { stacksEn } from './en/stacks.ts';
import { vaultEn } from './en/vault.ts';
import { vaultAccessEn } from './en/vaultAccess.ts';
import { vaultClusterEn } from './en/vaultCluster.ts';
import { wizardEn } from './en/wizard.ts';

/** Screen words only, by feature. What a host may print as well stands in shared/<domain>.messages. */
export const en = {
  frame: frameEn,
  components: componentsEn,
  overview: overviewEn,
  connect: connectEn,
  setup: setupEn,
  vault: vaultEn,
  objects: objectsEn,
  inPlace: inPlaceEn,
  buckets: bucketsEn,
  audit: auditEn,
  proof: proofEn,
  clusters: clustersEn,
  certificateFiles: certificateFilesEn,
  certificateBoard: certificateBoardEn,
  vaultCluster: vaultClusterEn,
  vaultAccess: vaultAccessEn,
  kesConfig: kesConfigEn,
  kesKeys: kesKeysEn,
  kesMove: kesMoveEn,
  keyStores: keyStoresEn,
  minioCopy: minioCopyEn,
  minioVariables: minioVariablesEn,
  journal: journalEn,
  settings: settingsEn,
  stacks: stacksEn,
  wizard: wizardEn,
} as const;
