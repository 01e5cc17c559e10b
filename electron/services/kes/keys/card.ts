import type { KeyCard } from '../../../../shared/kesKeys.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { keyStanding } from '../../../clients/kes/keyStanding.ts';
import { partOf } from '../../../clients/partOf.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { kesEnvironment } from '../commands.ts';
import { type Access, clusterOf, type KesKeysDeps } from './deps.ts';
import { type KeptTest, keptTestsOf } from './keptTests.ts';
import { hopOf } from './opens.ts';
import { keptRecords } from './records.ts';
import { readRow } from './rows.ts';
import { testKey } from './selfTest.ts';

/** One key: what it is, whether every node encrypts and decrypts with it, who may, and what the audits found under its name. */
export async function keyCard(access: Access, deps: KesKeysDeps, name: string): Promise<KeyCard> {
  const { stack } = access;
  const cluster = clusterOf(stack);
  const tests = keptTestsOf(access, cluster.id);
  const kept = tests.all().get(name);
  const [{ row, fresh }, others, standing, audited] = await Promise.all([
    withKes(access, 'operator', (kes) => warmed(kes, () => readRow(kes, stack, name, kept, testKey)), cluster.nodes[0]?.id),
    Promise.all(cluster.nodes.slice(1).map(({ id }) => onNode(access, id, name, kept))),
    keyStanding(access, name),
    deps.auditedKeys(stack.id, access.cluster),
  ]);
  if (fresh) await tests.keep(new Map([[name, fresh]]));
  const opened = [row.opens, ...others];
  const { value: mayDecrypt } = standing.mayDecrypt;
  return {
    row,
    nodes: cluster.nodes.map(({ id: node, url }, at) => ({ node, url, opens: opened[at] ?? row.opens })),
    audited: audited.keys.flatMap(({ key, at }) =>
      key.kmsKey !== name || key.state === 'sse-c'
        ? []
        : [
            {
              bucket: key.bucket,
              state: key.state,
              objects: key.objects,
              bytes: key.bytes,
              at,
              opens: key.opens.answer,
              ...(key.newest ? { newest: key.newest.modifiedAt } : {}),
            },
          ],
    ),
    commands: [
      ...kesEnvironment(access),
      { comment: say('kesCommandInfo'), line: `kes key info ${shellWord(name)}` },
      { comment: say('kesCommandDek'), line: `kes key dek ${shellWord(name)}` },
    ],
    kept: keptRecords(access).some((record) => record.name === name),
    ...(mayDecrypt === undefined ? {} : { mayDecrypt }),
  };
}

/** The time that is told is the key's, not that of the first handshake. */
async function warmed<T>(kes: KesClient, ask: () => Promise<T>): Promise<T> {
  // One that does not answer is told by the key's own call.
  await partOf(kes.version());
  return ask();
}

/** A node that cannot be asked at all says so in its own line. */
async function onNode(access: Access, node: string, name: string, kept: KeptTest | undefined) {
  try {
    return (await withKes(access, 'operator', (kes) => warmed(kes, () => testKey(kes, name, kept)), node)).opens;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { answer: 'no' as const, hop: hopOf(error.code), error: error.frame, at: new Date().toISOString() };
  }
}
