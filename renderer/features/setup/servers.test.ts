import { describe, expect, it } from 'vitest';
import type { ServerBinary } from '../../../shared/lab.ts';
import { neededBy, storagesOf, toGet } from './servers.ts';

const offer = { way: 'build', megabytes: 40, minutes: 4, licence: 'AGPL-3.0' } as const;
const binaries: ServerBinary[] = [
  { program: 'openbao', source: 'path', path: '/usr/bin/bao', version: '2.7.2', storages: ['raft', 'file'] },
  { program: 'vault', source: 'none', offer },
  { program: 'kes', source: 'none', offer },
  { program: 'minio', source: 'none', offer: { ...offer, missing: 'go' } },
];

describe('servers that a place needs', () => {
  it('are the chosen key store with KES and MinIO, and not the other product', () => {
    expect(neededBy('openbao', binaries).map(({ program }) => program)).toEqual(['openbao', 'kes', 'minio']);
  });

  it('add up to what would be got, and say when a tool is absent', () => {
    const wanted = toGet(neededBy('openbao', binaries));
    expect([wanted.missing.length, wanted.minutes, wanted.megabytes, wanted.impossible]).toEqual([2, 8, 80, true]);
  });

  it('offer only storages that the binary has', () => {
    expect(storagesOf('openbao', binaries)).toEqual(['raft', 'file']);
    expect(storagesOf('vault', binaries)).toEqual(['raft', 'file', 'inmem']);
  });
});
