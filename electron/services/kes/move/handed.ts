import type { CommandLine } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import type { Generation } from '../../../clients/kes/oldClient.ts';
import { handoverFolder, hostPath, waitForHost, writeHandover } from '../../../jobs/handover.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { processAt } from '../../../jobs/processAt.ts';
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
export function commandsFor(deployment: Deployment): CommandLine[] {
  const { base } = deployment;
  const file = (name: string): string => shellWord(hostPath(base, name));
  return [
    { comment: say('handoverCommandCopy', { folder: base }) },
    stopLine(deployment, 'linux'),
    { comment: say('kesMoveCommandTrial'), line: `kes server --config ${file(trialFile)}` },
    { comment: say('kesMoveCommandBack'), line: oldLine(deployment) ?? 'kes server' },
    { comment: say('kesMoveCommandCross'), line: `mv ${file(fullFile)} ${file(trialFile)} && ${rereadLine(deployment, 'linux')}` },
  ];
}

function portOf({ config }: Pick<Deployment, 'config'>): number {
  return Number(/:(\d+)$/.exec(config.address)?.[1] ?? 7373);
}

/** Ends the old server and nothing else: its unit, else whoever listens on its port. */
export function stopLine(deployment: Pick<Deployment, 'config' | 'unit'>, system?: NodeJS.Platform): CommandLine {
  const { unit } = deployment;
  if (unit !== undefined) return { comment: say('kesMoveCommandStopUnit', { unit }), line: `systemctl stop ${shellWord(unit)}` };
  const port = portOf(deployment);
  return { comment: say('kesMoveCommandStop', { port }), line: `kill -INT ${processAt(port, system)}` };
}

/** Lets the new server, which has the port by then, read its file again. */
export function rereadLine(deployment: Pick<Deployment, 'config'>, system?: NodeJS.Platform): string {
  return `kill -HUP ${processAt(portOf(deployment), system)}`;
}

/** Starts the old server as it was. Undefined: nobody said how. */
export function oldLine({ base, start, unit }: Pick<Deployment, 'base' | 'start' | 'unit'>): string | undefined {
  if (unit !== undefined) return `systemctl start ${shellWord(unit)}`;
  return start.line === '' ? undefined : `cd ${shellWord(base)} && ${start.line}`;
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
