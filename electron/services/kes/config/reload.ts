import { open, stat } from 'node:fs/promises';
import { redact } from '../../../../shared/redact.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { KesHere } from '../../../clients/kes/nodeFiles.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StepContext } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { serverLog } from '../../../jobs/ways.ts';
import { startNode } from '../start.ts';

export type Running = Pick<StepContext, 'stack' | 'folder' | 'secrets' | 'servers' | 'report' | 'signal'>;

const waitMs = 20_000;
const done = /Reloading configuration after SIGHUP signal completed/;
const failed = /Failed to reload server config: ?(.*)/;

/**
 * Lets a running KES read its file again. It answers nothing: only its log tells success from a failure after which it runs on
 * with what it had (kes.md 4.1). Throws `kesReloadFailed`, `kesReloadSilent`.
 */
export async function reloadKes(running: Running, { node }: KesHere): Promise<void> {
  const state = async (): Promise<string> => (await running.servers.status('kes', node.id)).state;
  if ((await state()) !== 'running') throw new AppError('kesConfigStopped');
  const log = running.folder.path(serverLog('kes', node.id));
  const from = (await stat(log).catch(() => ({ size: 0 }))).size;
  running.report({ note: say('kesConfigReloading') });
  await tell(running, 'kes', node.id);
  const end = Date.now() + waitMs;
  for (;;) {
    const printed = await readFrom(log, from);
    const reason = failed.exec(printed)?.[1];
    if (reason !== undefined) throw new AppError('kesReloadFailed', { reason: redact(reason.trim()).slice(0, 300) || '-' });
    if (done.test(printed)) return;
    if ((await state()) !== 'running') throw new AppError('kesDied', { reason: lastLine(printed) });
    if (Date.now() > end) throw new AppError('kesReloadSilent', { seconds: waitMs / 1000 });
    await pause(50, running.signal);
  }
}

/** Stops and starts it, and waits until it lets the operator in. */
export async function restartKes(running: Running, one: KesHere): Promise<void> {
  running.report({ note: say('kesConfigRestarting') });
  await running.servers.stop('kes', one.node.id);
  await startNode(running, one);
}

async function readFrom(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(Math.max(0, size - from), 1_000_000));
    await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

function lastLine(printed: string): string {
  return redact(printed.trim().split('\n').at(-1) ?? '').slice(0, 300) || '-';
}
