import type { KesLogLine } from '../../../../shared/kesKeys.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { partOf } from '../../../clients/partOf.ts';
import { type Access, clusterOf } from './deps.ts';
import { readLogEvent, readLogLine } from './logLines.ts';

/** How long a stream is listened to: each look takes so long. */
const listenMs = 2_500;

interface Logs {
  from: 'process' | 'stream' | 'none';
  says: Text[];
  lines: KesLogLine[];
}

/**
 * What KES logged lately. Its streams are silent since 2024-02-29 though they answer 200 (kes.md trap 6), and the records of 2023-10-24 and later name
 * only created, imported and deleted keys (trap 7): said, and the log of the process is shown where it runs here.
 */
export async function readLogs(access: Access, kes: KesClient, count: number): Promise<Logs> {
  const cluster = clusterOf(access.stack);
  if (cluster.nodes[0]?.way === 'here') {
    // Its log is wanted most when it does not answer.
    const { value: streams } = await partOf(streamsOf(kes));
    const lines = (await access.servers.lastLines('kes', count)).flatMap((line) => readLogLine(line) ?? []);
    return {
      from: 'process',
      says: [say('kesLogProcess'), ...(streams === 'none' ? [say('kesLogSilent')] : []), say('kesLogChangesOnly')],
      lines,
    };
  }
  const streams = await streamsOf(kes);
  if (streams === 'none') return { from: 'none', says: [say('kesLogSilent'), say('kesLogElsewhere')], lines: [] };
  if (streams === 'unknown') return { from: 'none', says: [say('kesLogUnknown'), say('kesLogElsewhere')], lines: [] };
  const events = await Promise.all(
    ['error', 'audit'].map((kind) => kes.listen(`/v1/log/${kind}${streams === 'traced' ? '/trace' : ''}`, listenMs)),
  );
  const lines = events.flat().flatMap((event) => readLogEvent(event) ?? []);
  lines.sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
  const says = [say('kesLogStream', { seconds: listenMs / 1000 }), ...(streams === 'changes' ? [say('kesLogChangesOnly')] : [])];
  return { from: 'stream', says, lines: lines.slice(-count) };
}

/** Which streams a version has. One that was built by `go install` does not know its version: the HMAC route came with the silence. */
export async function streamsOf(kes: Pick<KesClient, 'version' | 'api'>): Promise<'traced' | 'all' | 'changes' | 'none' | 'unknown'> {
  const version = await kes.version();
  const minor = Number(/^v?0\.(\d+)\./.exec(version)?.[1] ?? Number.NaN);
  if (minor > 0) return minor < 18 ? 'traced' : minor < 23 ? 'all' : minor === 23 ? 'changes' : 'none';
  const day = /^(\d{4}-\d{2}-\d{2})T/.exec(version)?.[1];
  if (day !== undefined) return day >= '2024-02-29' ? 'none' : day >= '2023-10-24' ? 'changes' : 'all';
  try {
    return (await kes.api()).some(({ path }) => path.startsWith('/v1/key/hmac')) ? 'none' : 'unknown';
  } catch (error) {
    if (isAppError(error)) return 'unknown';
    throw error;
  }
}
