import type { CommandLine } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import type { Generation } from '../../../clients/kes/oldClient.ts';
import { handoverFolder, hostPath, waitForHost, writeHandover } from '../../../jobs/handover.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import type { KesConfig } from '../config/model.ts';
import type { Deployment } from './deployment.ts';
import { fileOf } from './next.ts';
import { whoAnswers } from './oldServer.ts';

const trialFile = 'kes-trial.yaml';
const fullFile = 'kes-today.yaml';

/** Lays out both files for the other host, with the commands in their order; 0600 in a 0700 folder, since KES's login stands in them. */
export async function handOverNew(
  access: StackAccess,
  deployment: Deployment,
  { trial, full }: { trial: KesConfig; full: KesConfig },
): Promise<void> {
  const wrote = await writeHandover(access, {
    kind: 'kes',
    files: [
      { path: trialFile, mode: 0o600, content: fileOf(trial, deployment), why: say('kesMoveWhyTrial') },
      { path: fullFile, mode: 0o600, content: fileOf(full, deployment), why: say('kesMoveWhyFull') },
    ],
    commands: commandsFor(deployment),
  });
  if (wrote) await access.journal(say('kesMoveJournalHandedOver', { folder: access.folder.path(handoverFolder('kes')) }));
}

/** What the keeper of that host types, in its order. The line is drawn where it says so. */
export function commandsFor({ base, start }: Deployment): CommandLine[] {
  const file = (name: string): string => shellWord(hostPath(base, name));
  return [
    { comment: say('handoverCommandCopy', { folder: base }) },
    { comment: say('kesMoveCommandStop'), line: 'pkill -INT -x kes' },
    { comment: say('kesMoveCommandTrial'), line: `kes server --config ${file(trialFile)}` },
    { comment: say('kesMoveCommandBack'), line: start.line === '' ? 'kes server' : `cd ${shellWord(base)} && ${start.line}` },
    { comment: say('kesMoveCommandCross'), line: `mv ${file(fullFile)} ${file(trialFile)} && pkill -HUP -x kes` },
  ];
}

/** Waits until that generation answers at KES's address. */
export async function waitHandedOver(
  access: StackAccess,
  deployment: Deployment,
  wanted: Generation,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { url } = await kesAddress(access);
  const folder = access.folder.path(handoverFolder('kes'));
  const note = wanted === 'new' ? say('kesMoveWaitNew', { url, folder }) : say('kesMoveWaitOld', { url });
  await waitForHost({ report, signal }, url, async () => (await whoAnswers(access, deployment)) === wanted, note);
}
