import type { en } from './en.ts';
import type { SameWords } from './words.ts';
import { auditZh } from './zh-CN/audit.ts';
import { bucketsZh } from './zh-CN/buckets.ts';
import { certificateBoardZh } from './zh-CN/certificateBoard.ts';
import { certificateFilesZh } from './zh-CN/certificateFiles.ts';
import { clustersZh } from './zh-CN/clusters.ts';
import { componentsZh } from './zh-CN/components.ts';
import { connectZh } from './zh-CN/connect.ts';
import { frameZh } from './zh-CN/frame.ts';
import { inPlaceZh } from './zh-CN/inPlace.ts';
import { journalZh } from './zh-CN/journal.ts';
import { kesConfigZh } from './zh-CN/kesConfig.ts';
import { kesKeysZh } from './zh-CN/kesKeys.ts';
import { kesMoveZh } from './zh-CN/kesMove.ts';
import { keyStoresZh } from './zh-CN/keyStores.ts';
import { minioCopyZh } from './zh-CN/minioCopy.ts';
import { minioVariablesZh } from './zh-CN/minioVariables.ts';
import { objectsZh } from './zh-CN/objects.ts';
import { overviewZh } from './zh-CN/overview.ts';
import { proofZh } from './zh-CN/proof.ts';
import { settingsZh } from './zh-CN/settings.ts';
import { setupZh } from './zh-CN/setup.ts';
import { stacksZh } from './zh-CN/stacks.ts';
import { vaultZh } from './zh-CN/vault.ts';
import { vaultAccessZh } from './zh-CN/vaultAccess.ts';
import { vaultClusterZh } from './zh-CN/vaultCluster.ts';
import { wizardZh } from './zh-CN/wizard.ts';

export const zhCN: SameWords<typeof en> = {
  frame: frameZh,
  components: componentsZh,
  overview: overviewZh,
  connect: connectZh,
  setup: setupZh,
  vault: vaultZh,
  objects: objectsZh,
  inPlace: inPlaceZh,
  buckets: bucketsZh,
  audit: auditZh,
  proof: proofZh,
  clusters: clustersZh,
  certificateFiles: certificateFilesZh,
  certificateBoard: certificateBoardZh,
  vaultCluster: vaultClusterZh,
  vaultAccess: vaultAccessZh,
  kesConfig: kesConfigZh,
  kesKeys: kesKeysZh,
  kesMove: kesMoveZh,
  keyStores: keyStoresZh,
  minioCopy: minioCopyZh,
  minioVariables: minioVariablesZh,
  journal: journalZh,
  settings: settingsZh,
  stacks: stacksZh,
  wizard: wizardZh,
};
