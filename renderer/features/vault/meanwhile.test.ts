import { describe, expect, it } from 'vitest';
import { goSeconds, type Meanwhile, meanwhile, sealedSince } from './meanwhile.ts';

const at = '2026-11-21T14:00:00.000Z';
const now = Date.parse(at);
const node = { node: 'vault-1', url: 'https://127.0.0.1:8200', at };
const seen: Meanwhile = {
  nodes: [{ ...node, state: 'sealed', shares: 5, threshold: 3, progress: 1 }],
  kes: [{ node: 'kes-1', url: '', state: 'working', at }],
  minio: [{ node: 'minio-1', url: '', state: 'working', kesEndpoints: [], at }],
  sealedAt: new Date(now - 60_000).toISOString(),
  cacheSeconds: 300,
  now,
  lab: true,
  starting: false,
  openedAt: undefined,
};
const says = (change: Partial<Meanwhile>): string[] => meanwhile({ ...seen, ...change }).map((line) => line.says);

describe('what works behind a sealed Vault', () => {
  it('says until when the cache of KES lasts', () => {
    const lines = meanwhile(seen);
    expect(lines.map((line) => line.says)).toEqual(['vaultSealed', 'kesCached', 'minioCached']);
    expect(lines[1]?.until).toBe(new Date(now + 240_000).toISOString());
  });

  it('says since when the cache has ended', () => {
    expect(says({ cacheSeconds: 5 })).toEqual(['vaultSealed', 'kesCacheEnded', 'minioKeyFails']);
  });

  it('claims no time when it does not know since when Vault is sealed', () => {
    expect(says({ sealedAt: undefined })).toEqual(['vaultSealed', 'kesDown', 'minioKeyFails']);
  });

  it('promises that servers of a lab start by themselves, of others not', () => {
    const down = {
      kes: [{ node: 'kes-1', url: '', state: 'unreachable' as const, at }],
      minio: [{ node: 'minio-1', url: '', state: 'unreachable' as const, kesEndpoints: [], at }],
    };
    expect(says(down)).toEqual(['vaultSealed', 'kesStartsLater', 'minioStartsLater']);
    expect(says({ ...down, lab: false })).toEqual(['vaultSealed', 'kesSilent', 'minioSilent']);
    expect(says({ ...down, starting: true })).toEqual(['vaultSealed', 'kesStarting', 'minioStarting']);
  });

  it('gives what waited for Vault some seconds to start before it calls it silent', () => {
    const opened: Partial<Meanwhile> = {
      nodes: [{ ...node, state: 'active' }],
      kes: [{ node: 'kes-1', url: '', state: 'unreachable', at }],
      minio: [],
    };
    expect(says({ ...opened, openedAt: new Date(now - 5_000).toISOString() })).toEqual(['vaultActive', 'kesStarting']);
    expect(says({ ...opened, openedAt: new Date(now - 25_000).toISOString() })).toEqual(['vaultActive', 'kesSilent']);
    expect(says({ ...opened, openedAt: new Date(now - 5_000).toISOString(), lab: false })).toEqual(['vaultActive', 'kesSilent']);
  });

  it('is all in order when Vault is active and a real key was used', () => {
    expect(says({ nodes: [{ ...node, state: 'active' }] })).toEqual(['vaultActive', 'kesWorks', 'minioWorks']);
  });

  it('takes the time of sealing from the newest seal, stop or start of Vault', () => {
    const entry = (seq: number, code: string, kind?: string) => ({
      seq,
      at: `2026-11-21T14:00:0${seq}.000Z`,
      actor: 'ops',
      action: { code: code as 'labStarted', ...(kind === undefined ? {} : { params: { kind } }) },
      outcome: 'done' as const,
      mac: '',
    });
    const entries = [entry(3, 'labStarted', 'minio'), entry(2, 'labStarted', 'vault'), entry(1, 'vaultJournalSealed')];
    expect(sealedSince(entries)).toBe('2026-11-21T14:00:02.000Z');
  });

  it('reads the durations of Go', () => {
    expect([goSeconds('5s'), goSeconds('5m0s'), goSeconds('1h30m'), goSeconds('soon')]).toEqual([5, 300, 5400, 0]);
  });
});
