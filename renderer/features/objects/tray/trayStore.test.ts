import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import type { Client } from '../../../rpc/client.ts';
import type { SourceFile } from './sourceFile.ts';
import { dismissFailure, hide, takeFiles, trayState } from './trayStore.ts';

const target = { stackId: 's', bucket: 'b', prefix: '' };
const file = (path: string): SourceFile => ({
  path,
  size: 1,
  modified: 1,
  type: '',
  fresh: () => Promise.reject(new Error('not read here')),
});

/** A stand-in for the engine: trays as they are staged and filled; `gate` holds back the answer to the first files. */
function engine() {
  const uploads: Upload[] = [];
  const added: [id: string, names: string[]][] = [];
  const listeners = new Map<string, (payload: unknown) => void>();
  const gate = Promise.withResolvers<void>();
  const change = (next: Upload): Upload => {
    const at = uploads.findIndex(({ id }) => id === next.id);
    if (at < 0) uploads.push(next);
    else uploads[at] = next;
    return next;
  };
  const call = async (name: string, input: { id: string; files: { path: string }[] }): Promise<unknown> => {
    if (name === 'uploads.list') return { uploads };
    if (name === 'uploads.stage') {
      const id = `u${uploads.length}`;
      return change({ ...target, id, phase: 'staged', source: 'window', needsFiles: false, counts: {} } as unknown as Upload);
    }
    if (name === 'uploads.add') {
      const names = input.files.map(({ path }) => path);
      if (added.length === 0) await gate.promise;
      if (names.includes('refused')) throw new AppError('uploadNotStaged', { id: input.id });
      added.push([input.id, names]);
      return { ...uploads.find(({ id }) => id === input.id), first: 0 };
    }
    return name === 'uploads.take' ? { pieces: [], phase: 'ended' } : {};
  };
  const on = (name: string, listener: (payload: unknown) => void): (() => void) => {
    listeners.set(name, listener);
    return () => undefined;
  };
  return { client: { call, on } as unknown as Client, added, gate, change, listeners };
}

beforeEach(() => vi.stubGlobal('window', new EventTarget()));
afterEach(() => {
  dismissFailure();
  vi.unstubAllGlobals();
});

it('takes a second drop after the one that is being read, into the same tray, and says meanwhile that it waits', async () => {
  const { client, added, gate } = engine();
  const first = takeFiles(client, target, { files: [file('one')] });
  const second = takeFiles(client, target, { files: [file('two')] });
  await vi.waitFor(() => expect(trayState().reading?.waiting).toBe(1));
  expect(added).toEqual([]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(added).toEqual([
    ['u0', ['one']],
    ['u0', ['two']],
  ]);
  expect(trayState().reading).toBeUndefined();
});

it('keeps what a drop failed by until it was read, also while the next one is taken', async () => {
  const { client, gate, added } = engine();
  gate.resolve();
  const refused = takeFiles(client, target, { files: [file('refused')] });
  const next = takeFiles(client, target, { files: [file('next')] });
  await Promise.all([refused, next]);
  expect(added.map(([, names]) => names)).toEqual([['next']]);
  expect(trayState().failure?.error.code).toBe('uploadNotStaged');
  dismissFailure();
  expect(trayState().failure).toBeUndefined();
});

it('says that a drop without a file in it held nothing', async () => {
  const { client } = engine();
  await takeFiles(client, target, { files: [] });
  expect(trayState().failure?.error.code).toBe('uploadNothingDropped');
});

it('brings a tray that was put aside back for an alarm, once', async () => {
  const { client, gate, listeners } = engine();
  gate.resolve();
  await takeFiles(client, target, { files: [file('one')] });
  const alarmed = { id: 'u0', phase: 'alarm', files: 1, counts: {} };
  hide('u0');
  listeners.get('uploads.changed')?.(alarmed);
  expect(trayState().hidden.has('u0')).toBe(false);
  hide('u0');
  listeners.get('uploads.changed')?.(alarmed);
  expect(trayState().hidden.has('u0')).toBe(true);
});
