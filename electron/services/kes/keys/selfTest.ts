import { randomBytes } from 'node:crypto';
import type { KeyOpens, KeyTests } from '../../../../shared/kesKeys.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { partOf } from '../../../clients/partOf.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import { type Access, clusterOf } from './deps.ts';
import { type KeptTest, keptTestsOf } from './keptTests.ts';
import { hopOf, type Tried, tryKey } from './opens.ts';

const atOnce = 8;
const othersAtMost = 200;

/**
 * Encrypts and decrypts with each key on each node, and opens what was kept of it. One that fails does not stop the others; a node
 * that does not answer at all fails each of its keys at the same hop.
 */
export async function testKeys(access: Access, names: readonly string[], report: Report, signal: AbortSignal): Promise<KeyTests> {
  const cluster = clusterOf(access.stack);
  const tests = keptTestsOf(access, cluster.id);
  const known = tests.all();
  const fresh = new Map<string, KeptTest>();
  const total = names.length * cluster.nodes.length;
  const found: KeyTests = { at: new Date().toISOString(), keys: names.length, yes: 0, nodes: [], others: [] };
  const worst = new Map<string, boolean>();
  let done = 0;
  for (const { id: node } of cluster.nodes) {
    const times: number[] = [];
    let yes = 0;
    await withKes(
      access,
      'operator',
      async (kes) => {
        // Times are of keys, not of handshakes.
        await Promise.all(Array.from({ length: atOnce }, () => partOf(kes.version())));
        await forEachOf(names, atOnce, async (name) => {
          signal.throwIfAborted();
          const tried = await testKey(kes, name, known.get(name));
          if (tried.fresh && !fresh.has(name)) fresh.set(name, tried.fresh);
          const { opens } = tried;
          if (opens.answer === 'yes') yes += 1;
          else if (found.others.length < othersAtMost) found.others.push({ name, node, opens });
          worst.set(name, (worst.get(name) ?? true) && opens.answer === 'yes');
          if (opens.answer === 'yes' && opens.ms !== undefined) times.push(opens.ms);
          done += 1;
          report({ done, total });
        });
      },
      node,
    );
    times.sort((a, b) => a - b);
    const [median, slowest] = [times[Math.floor(times.length / 2)], times.at(-1)];
    found.nodes.push({
      node,
      tested: names.length,
      yes,
      ...(median === undefined ? {} : { medianMs: median }),
      ...(slowest === undefined ? {} : { slowestMs: slowest }),
    });
  }
  await tests.keep(fresh);
  return { ...found, yes: [...worst.values()].filter(Boolean).length };
}

/** The time is that of encrypting and decrypting. An identity that may not encrypt, as the guides' own, asks for a data key instead. */
export async function testKey(kes: KesClient, name: string, kept: KeptTest | undefined): Promise<Tried> {
  const round = await roundTrip(kes, name);
  if (round.answer !== 'yes' && round.error?.code !== 'kesNotAuthorised') return { opens: round };
  const { opens, fresh } = await tryKey(kes, name, kept);
  const timed = round.answer === 'yes' && round.ms !== undefined ? { ...opens, ms: round.ms } : opens;
  return { opens: timed, ...(fresh ? { fresh } : {}) };
}

async function roundTrip(kes: KesClient, name: string): Promise<KeyOpens> {
  const at = new Date().toISOString();
  const started = performance.now();
  try {
    const bytes = randomBytes(32).toString('base64');
    const opened = await kes.decrypt(name, await kes.encrypt(name, new Secret(bytes)));
    if (opened.reveal() !== bytes) throw new AppError('kesRoundTrip', { name });
    return { answer: 'yes', how: 'roundTrip', ms: Math.round((performance.now() - started) * 10) / 10, at };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { answer: error.code === 'kesKeyNotFound' ? 'missing' : 'no', hop: hopOf(error.code), error: error.frame, at };
  }
}
