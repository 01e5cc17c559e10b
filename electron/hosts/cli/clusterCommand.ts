import type { ClusterPicture, ClusterProof } from '../../../shared/clusters.ts';
import { clusterInput } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import type { Flags } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

const parts = ['list', 'add', 'resume', 'prove'] as const;

/** Throws `usage`, before an engine runs for it. */
export function checkCluster(flags: Flags, [part = 'list', ...more]: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  if (!parts.some((one) => one === part)) refuse('after cluster comes list, add, resume or prove');
  if (more.length > (part === 'resume' ? 1 : 0)) refuse(`cluster ${part} takes ${part === 'resume' ? 'one name' : 'no argument'}`);
  for (const name of ['name', 'prefix', 'kes-nodes', 'plan-only'] as const)
    if (flags[name] !== undefined && part !== 'add') refuse(`--${name} belongs to cluster add`);
  if (flags['kes-nodes'] !== undefined && !/^[12]$/.test(flags['kes-nodes'])) refuse('--kes-nodes is 1 or 2');
}

/** `sealdeck cluster …`: the picture of the stack's clusters, and the addition of the next one with what is proposed for it. */
export async function clusterCommand(client: Client, terminal: Terminal, flags: Flags, rest: readonly string[]): Promise<void> {
  const [part = 'list', named] = rest;
  await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags);
  const jobs = followJobs(client, terminal);
  if (part === 'prove') {
    const { jobId } = await client.call('clusters.prove', { stackId });
    return tellProof(terminal, (await jobs.wait(jobId)) as ClusterProof);
  }
  if (part === 'add' || part === 'resume') {
    const started = part === 'add' ? await add(client, terminal, flags, stackId) : await resume(client, stackId, named);
    if (started === undefined) return;
    const { proof } = (await jobs.wait(started.jobId)) as { proof: ClusterProof };
    tellProof(terminal, proof);
  }
  const { clusters, unfinished } = await client.call('clusters.picture', { stackId });
  for (const cluster of clusters) terminal.line(lineOf(cluster, terminal), { cluster });
  for (const record of unfinished)
    terminal.line(`${record.input.id} · ${terminal.say(say(`clusters.step.${record.step}`))}`, { unfinished: record });
}

async function add(client: Client, terminal: Terminal, flags: Flags, stackId: string): Promise<{ jobId: string } | undefined> {
  const { input: proposed } = await client.call('clusters.propose', { stackId });
  const { name } = flags;
  const wished = {
    ...(name === undefined
      ? {}
      : { id: name, prefix: name, role: `kes-${name}`, policy: `${name}-key-policy`, keyPrefix: `${name}-`, key: `${name}-default` }),
    ...(flags.prefix === undefined ? {} : { prefix: flags.prefix }),
    ...(flags['kes-nodes'] === undefined ? {} : { kesNodes: Number(flags['kes-nodes']) }),
  };
  const parsed = clusterInput.safeParse({ ...proposed, ...wished });
  if (!parsed.success)
    throw new AppError('usage', {
      reason:
        parsed.error.issues[0]?.path[0] === 'prefix'
          ? '--prefix is folders of letters, digits, _ and - with / between them'
          : '--name is 1 to 31 of a to z, 0 to 9 and -, and no - at either end',
    });
  const input = parsed.data;
  const { plan } = await client.call('clusters.plan', { stackId, input });
  const told = [...plan.changes.map((text) => `  ${terminal.say(text)}`), ...plan.warnings.map((text) => `! ${terminal.say(text)}`)];
  terminal.line([input.id, ...told].join('\n'), { input, plan });
  return flags['plan-only'] ? undefined : client.call('clusters.add', { stackId, input });
}

async function resume(client: Client, stackId: string, named: string | undefined): Promise<{ jobId: string }> {
  const { clusters, unfinished } = await client.call('clusters.picture', { stackId });
  const open = [...unfinished, ...clusters.flatMap((one) => one.unfinished ?? [])].map(({ input }) => input.id);
  const cluster = named ?? open[0];
  if (cluster === undefined) throw new AppError('clusterNoRecord', { cluster: '@clusters.any' });
  return client.call('clusters.resume', { stackId, cluster });
}

function tellProof(terminal: Terminal, proof: ClusterProof): void {
  const counts = proof.clusters.map(({ id, ownWrite, otherWrite }) =>
    terminal.say(say('clusters.counted', { cluster: id, writes: proof.writes, own: ownWrite, other: otherWrite })),
  );
  const refused = proof.refused.map(({ by, of, asked, status }) => terminal.say(say('clusters.refusedTo', { by, of, asked, status })));
  terminal.line([...counts, ...refused].map((line) => `✓ ${line}`).join('\n'), { proof });
}

function lineOf({ id, minio, kes, keyStore, defaultKey, unfinished }: ClusterPicture, terminal: Terminal): string {
  const servers = [...minio, ...(kes?.nodes ?? [])].map(({ node, url, state }) => `  ${node} · ${state} · ${url}`);
  const standing = unfinished ? [terminal.say(say(`clusters.step.${unfinished.step}`))] : [];
  return [[id, ...standing, keyStore?.path ?? '-', keyStore?.role ?? '-', defaultKey].join(' · '), ...servers].join('\n');
}
