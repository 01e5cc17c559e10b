import type { en } from './en.ts';
import type { SameWords } from './words.ts';
import { auditZh } from './zh-CN/audit.ts';
import { bucketsZh } from './zh-CN/buckets.ts';
import { componentsZh } from './zh-CN/components.ts';
import { connectZh } from './zh-CN/connect.ts';
import { frameZh } from './zh-CN/frame.ts';
import { inPlaceZh } from './zh-CN/inPlace.ts';
import { journalZh } from './zh-CN/journal.ts';
import { objectsZh } from './zh-CN/objects.ts';
import { overviewZh } from './zh-CN/overview.ts';
import { proofZh } from './zh-CN/proof.ts';
import { settingsZh } from './zh-CN/settings.ts';
import { setupZh } from './zh-CN/setup.ts';
import { stacksZh } from './zh-CN/stacks.ts';
import { vaultZh } from './zh-CN/vault.ts';
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
  journal: journalZh,
  settings: settingsZh,
  stacks: stacksZh,
  wizard: wizardZh,
};
