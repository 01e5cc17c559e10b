import type { Settings } from '../../shared/app.ts';
import type { JobSnapshot } from '../../shared/jobs.ts';
import type { Pipe } from '../../shared/rpc/frames.ts';
import type { Output, ProcedureName } from '../rpc/client.ts';
import { sampleAnswers } from './sampleAnswers.ts';
import { sampleAudit } from './sampleAudit.ts';
import { sampleBuckets } from './sampleBuckets.ts';
import { sampleClusters } from './sampleClusters.ts';
import { sampleConnect, sampleConnected } from './sampleConnect.ts';
import { sampleInPlace } from './sampleInPlace.ts';
import { sampleStack } from './sampleStack.ts';
import { sampleUploads } from './sampleUploads.ts';

/**
 * A stand-in for the engine while screens are drawn: answers every procedure from static data. Never in a production
 * build. `?scenario=empty|lab|sealed|died` (and `audit-…`, `upload-…`, `buckets-…`, `clusters-…` and `inplace`, see the other files here), `?lang=`, `?theme=`, `?drawer=1`, `?job=1` choose what it says.
 */
export function openSamplePipe(): Pipe {
  const query = new URLSearchParams(location.search);
  const scenario = query.get('scenario') ?? 'lab';
  let settings: Settings = {
    version: 1,
    language: (query.get('lang') as Settings['language'] | null) ?? 'system',
    theme: (query.get('theme') as Settings['theme'] | null) ?? 'system',
    drawerOpen: query.get('drawer') === '1',
    autoLockMinutes: 0,
    currentStack: sampleStack.id,
  };
  const frames = new Set<(frame: unknown) => void>();
  const closers = new Set<() => void>();
  const emit = (frame: unknown): void => {
    const copy: unknown = JSON.parse(JSON.stringify(frame));
    for (const listener of frames) listener(copy);
  };
  const jobs: JobSnapshot[] =
    query.get('job') === '1'
      ? [
          {
            id: 'job-1',
            title: { code: 'labGet', params: { programs: 'MinIO' } },
            state: 'running',
            done: 64_000_000,
            total: 100_000_000,
            unit: 'bytes',
            startedAt: new Date(Date.now() - 20_000).toISOString(),
          },
        ]
      : [];

  const audits = sampleAudit(scenario, emit);
  const others = scenario.startsWith('upload-')
    ? sampleUploads(scenario, emit)
    : scenario.startsWith('buckets-')
      ? sampleBuckets(scenario)
      : scenario === 'inplace'
        ? sampleInPlace()
        : scenario.startsWith('clusters')
          ? sampleClusters(scenario, jobs)
          : undefined;

  function answer(name: ProcedureName, input: unknown): unknown {
    if (name === 'settings.read') return settings;
    if (name === 'settings.write') {
      settings = { ...settings, ...(input as Partial<Settings>) };
      emit({ kind: 'event', name: 'settings.changed', payload: settings });
      return settings;
    }
    if (name === 'jobs.list') return { jobs } satisfies Output<'jobs.list'>;
    if (name.startsWith('audit.')) return audits(name, input);
    const special = others?.(name, input);
    if (special !== undefined) return special;
    const connected = sampleConnect(name, input, scenario);
    if (connected !== undefined) return connected;
    const known = sampleAnswers(scenario)[name];
    if (name !== 'stacks.list' || !['connect', 'green', 'readonly'].includes(scenario)) return known;
    const { id, origin, folder, createdAt, draft, readOnly } = sampleConnected;
    const stack = {
      id,
      name: id,
      origin,
      folder,
      createdAt,
      draft: draft && scenario !== 'readonly',
      readOnly,
      setup: { proven: 5, total: 13 },
    };
    return { stacks: [stack] } satisfies Output<'stacks.list'>;
  }

  return {
    send(raw) {
      const frame = raw as { kind: string; id: number; name: ProcedureName; input?: unknown };
      if (frame.kind !== 'call') return;
      setTimeout(() => {
        const value = answer(frame.name, frame.input);
        if (value === undefined) emit({ kind: 'error', id: frame.id, error: { code: 'unknownProcedure', details: { name: frame.name } } });
        else emit({ kind: 'result', id: frame.id, value });
      }, 5);
    },
    onFrame: (listener) => frames.add(listener),
    onClose: (listener) => closers.add(listener),
    close() {
      for (const listener of closers) listener();
    },
  };
}
