import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ClusterInput, type ClusterRecord, type ClusterStep, clusterInput } from '../shared/clusters.ts';
import { createApp } from './app.ts';
import { createJobRunner, type JobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub, type EventHub } from './rpc/eventHub.ts';

export const call = { signal: new AbortController().signal, host: 'cli' } as const;

export interface Engine {
  handlers: AllHandlers;
  hub: EventHub;
  close(): Promise<void>;
  /** The result of a job that must end well. */
  done(started: Promise<{ jobId: string }>): Promise<unknown>;
  jobs: JobRunner;
}

/** The whole engine without a host on a data folder. */
export async function startEngine(dataFolder: string): Promise<Engine> {
  const log = createLog(join(dataFolder, 'engine.log'));
  const hub = createEventHub();
  const jobs = createJobRunner(hub.publish, log);
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  const { handlers, close } = await createApp({ dataFolder, files: createFileStore(), log, hub, jobs, hostPorts });
  return {
    handlers,
    hub,
    close,
    jobs,
    async done(started) {
      const { jobId } = await started;
      const job = await jobs.wait(jobId);
      if (job.state !== 'succeeded') throw new Error(`${job.title.code} ${job.state}: ${JSON.stringify(job.error)}`);
      return job.result;
    },
  };
}

/** What is proposed for the next cluster. */
export async function proposed(handlers: AllHandlers, stackId: string): Promise<ClusterInput> {
  return clusterInput.parse((await handlers['clusters.propose']({ stackId }, call)).input);
}

/** A child: adds or goes on with a cluster and is killed when the step named begins. */
async function killedAt(dataFolder: string, stackId: string, cluster: string, last: ClusterStep): Promise<void> {
  const { handlers, hub, jobs } = await startEngine(dataFolder);
  hub.subscribe((name) => {
    if (name !== 'clusters.changed') return;
    const file = join(dataFolder, 'stacks', stackId, 'clusters', `${cluster}.json`);
    const { step } = JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord;
    if (step === last) process.kill(process.pid, 'SIGKILL');
  });
  const { unfinished, clusters } = await handlers['clusters.picture']({ stackId }, call);
  const begun = [...unfinished, ...clusters.flatMap((one) => one.unfinished ?? [])].length > 0;
  const { jobId } = begun
    ? await handlers['clusters.resume']({ stackId, cluster }, call)
    : await handlers['clusters.add']({ stackId, input: await proposed(handlers, stackId) }, call);
  const { error } = await jobs.wait(jobId);
  process.stderr.write(`ended before ${last}: ${JSON.stringify(error)}\n`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [dataFolder = '', stackId = '', cluster = '', step = ''] = process.argv.slice(2);
  await killedAt(dataFolder, stackId, cluster, step as ClusterStep);
}
