import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../shared/proof.ts';
import { sampleConnected } from '../../dev/sampleConnect.ts';
import { type Answers, attention } from './attention.ts';
import { offered } from './offered.ts';
import { overviewCommands, restartTimer } from './overviewCommands.ts';
import { verdict } from './verdict.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const at = '2026-11-21T12:00:00Z';

const calm: Answers = {
  store: { state: 'open', mode: 'keychain', protected: true, keychain: { available: true } },
  setup: { proven: 13, total: 13 },
  connected: false,
  draft: false,
  servers: [{ kind: 'vault', node: 'vault-1', url: 'https://127.0.0.1:8200', state: 'running' }],
  vault: { nodes: [{ node: 'vault-1', url: '', state: 'active', at }], keptShares: 0, rootToken: 'revoked' },
  kes: [],
  minio: [],
  buckets: [],
  certificates: [],
  uploads: [],
};
const kinds = (answers: Partial<Answers>): string[] => attention({ ...calm, ...answers }, now).map((item) => item.kind);

describe('what needs attention', () => {
  it('is nothing when all is in order', () => expect(kinds({})).toEqual([]));

  it('puts what is broken before what merely deserves thought', () => {
    const vault: Answers['vault'] = {
      nodes: [{ node: 'vault-1', url: '', state: 'sealed', threshold: 3, progress: 1, at }],
      keptShares: 5,
      rootToken: 'kept',
    };
    expect(kinds({ vault })).toEqual(['sealed', 'rootKept', 'keptShares']);
    expect(attention({ ...calm, vault }, now)[0]).toMatchObject({ node: 'vault-1', missing: 2 });
  });

  it('leads from a KES of years ago to its move', () => {
    const node = { node: 'kes-1', url: '', state: 'unreachable', at } as const;
    const says = (code: string, status: number) => kinds({ kes: [{ ...node, error: { code, details: { status } } }] });
    expect(says('kesRefused', 505)).toEqual(['oldKes']);
    expect(says('kesRefused', 404)).toEqual(['oldKes']);
    expect(says('kesRefused', 500)).toEqual([]);
    expect(says('networkRefused', 505)).toEqual([]);
  });

  it('leads to uploads that wait for somebody, an alarm before what is paused', () => {
    const uploads: Answers['uploads'] = [
      { bucket: 'letters', phase: 'paused' },
      { bucket: 'letters', phase: 'running' },
      { bucket: 'scans', phase: 'alarm' },
      { bucket: 'more', phase: 'paused' },
      { bucket: 'letters', phase: 'ended' },
      { bucket: 'letters', phase: 'staged' },
    ];
    expect(attention({ ...calm, uploads }, now)).toEqual([
      { kind: 'uploads', mark: 'fail', phase: 'alarm', count: 1, bucket: 'scans' },
      { kind: 'uploads', mark: 'warn', phase: 'paused', count: 2, bucket: 'letters' },
    ]);
    expect(kinds({ uploads: uploads.slice(4) })).toEqual([]);
  });

  it('leaves stopped servers to the unsealing that starts them', () => {
    const stopped: Answers['servers'] = [{ kind: 'kes', node: 'kes-1', url: '', state: 'stopped' }];
    const vault: Answers['vault'] = { nodes: [{ node: 'vault-1', url: '', state: 'sealed', at }], keptShares: 0, rootToken: 'revoked' };
    expect(attention({ ...calm, servers: stopped, vault }, now)).toMatchObject([{ kind: 'sealed' }, { kind: 'stopped', waits: true }]);
    expect(attention({ ...calm, servers: stopped }, now)).toMatchObject([{ kind: 'stopped', waits: false }]);
  });

  it('names servers of one kind by their ids, and a single one by its kind', () => {
    const server = (kind: 'kes' | 'minio', node: string) => ({ kind, node, url: '', state: 'stopped' }) as const;
    const names = (...servers: Answers['servers']): unknown => attention({ ...calm, servers }, now)[0];
    expect(names(server('kes', 'kes-1'), server('kes', 'kes-2'), server('minio', 'minio-1'))).toMatchObject({
      names: ['KES (kes-1)', 'KES (kes-2)', 'MinIO'],
    });
    const died: Answers['servers'] = [{ ...server('kes', 'kes-2'), state: 'died' }, server('kes', 'kes-1')];
    expect(attention({ ...calm, servers: died }, now)[0]).toMatchObject({ kind: 'died', name: 'KES (kes-2)' });
  });

  it('says kept shares, root and stopped servers only after the set-up', () => {
    const vault: Answers['vault'] = { nodes: [], keptShares: 5, rootToken: 'kept' };
    const servers: Answers['servers'] = [{ kind: 'minio', node: 'minio-1', url: '', state: 'stopped' }];
    expect(kinds({ vault, servers, setup: { proven: 6, total: 13 } })).toEqual(['setup']);
  });

  it('leads a connected stack to the encryption that is still to be set up, and a draft to its servers', () => {
    const minio: Answers['minio'] = [{ node: 'minio-1', url: '', state: 'noKms', kesEndpoints: [], at }];
    const setup = { proven: 0, total: 13 };
    expect(kinds({ minio, setup, connected: true })).toEqual(['noKms']);
    expect(kinds({ minio, setup, connected: true, draft: true })).toEqual(['draft']);
    expect(kinds({ minio })).toEqual(['broken']);
  });

  it('does not blame KES while Vault is sealed', () => {
    const kes: Answers['kes'] = [{ node: 'kes-1', url: '', state: 'keyStoreDown', at }];
    expect(kinds({ kes })).toEqual(['broken']);
    expect(
      kinds({ kes, vault: { nodes: [{ node: 'vault-1', url: '', state: 'sealed', at }], keptShares: 0, rootToken: 'revoked' } }),
    ).toEqual(['sealed']);
  });

  it('names a practice store, a locked one and one in memory', () => {
    const store = { state: 'open', mode: 'practice', protected: false, keychain: { available: false } } as const;
    expect(kinds({ store })).toEqual(['storePractice']);
    expect(kinds({ store: { ...store, mode: 'memory' } })).toEqual(['storeMemory']);
    expect(kinds({ store: { ...store, state: 'locked' } })).toEqual(['storeLocked']);
  });
});

function proof(level: Proof['level'], result: Proof['result'], endedAt: string): Proof {
  const rest = { version: 1, stackId: 's', stackName: 's', protected: true, bucket: 'b', object: 'o', events: [] } as const;
  return { ...rest, id: `${level} ${endedAt}`, level, result, startedAt: endedAt, endedAt };
}

describe('the answer of Overview', () => {
  it('is not known without a proof', () => expect(verdict([], false).kind).toBe('never'));

  it('follows the newest chain proof, not a newer proof of a rule', () => {
    const proofs = [proof('rule', 'proven', '2026-11-21T11:00:00Z'), proof('chain', 'notProven', '2026-11-21T10:00:00Z')];
    expect(verdict(proofs, false)).toMatchObject({ kind: 'notProven', proof: { level: 'chain' } });
  });

  it('is no as long as a hop is broken, whatever was proven before', () => {
    expect(verdict([proof('chain', 'proven', '2026-11-21T11:00:00Z')], true)).toMatchObject({
      kind: 'brokenNow',
      proof: { level: 'chain' },
    });
  });

  it('does not count a proof that still runs', () => {
    const proofs = [proof('chain', 'running', '2026-11-21T11:30:00Z'), proof('chain', 'proven', '2026-11-21T11:00:00Z')];
    expect(verdict(proofs, false).kind).toBe('provenChain');
    expect(verdict(proofs.slice(0, 1), false).kind).toBe('running');
  });
});

describe('the servers offered on the first screen', () => {
  it('name one of the Vault family: what is there, else OpenBao', () => {
    const none = [
      { program: 'openbao', source: 'none' },
      { program: 'vault', source: 'none' },
      { program: 'kes', source: 'path' },
    ] as const;
    expect(offered(none).map((found) => found.program)).toEqual(['openbao', 'kes']);
    expect(offered([none[0], { program: 'vault', source: 'path' }]).map((found) => found.program)).toEqual(['vault']);
  });
});

describe('the commands of Overview', () => {
  it('quote the folder for the shell', () => {
    const stack = { folder: "/home/o'hara/lab", keyStores: [], kesClusters: [], minioClusters: [] } as unknown as Parameters<
      typeof overviewCommands
    >[0];
    expect(overviewCommands(stack)[0]?.line).toBe(String.raw`cd '/home/o'\''hara/lab'`);
  });

  it('name the file that vouches for each server, and none where the roots of the system do', () => {
    const lines = (stack: Parameters<typeof overviewCommands>[0]): string[] => overviewCommands(stack).map(({ line }) => line ?? '');
    const connected = lines(sampleConnected);
    for (const kind of ['vault', 'kes', 'minio']) expect(connected.some((line) => line.includes(`connect/${kind}-ca.pem`))).toBe(true);
    expect(connected.join()).not.toContain('certs/');
    const cas = sampleConnected.cas.map((ca) => ({ ...ca, kind: 'system' as const, file: '' }));
    expect(lines({ ...sampleConnected, cas }).join()).not.toMatch(/cacert|SSL_CERT_FILE|\.pem/i);
  });
});

describe('the restart as a timer of MinIO’s host', () => {
  it('asks whether MinIO is ready first, and holds no log-in', () => {
    const lines = restartTimer(sampleConnected, '2026-11-23T02:00:00.000Z').map(({ line }) => line ?? '');
    expect(lines.at(-1)).toMatch(
      /^systemd-run --on-calendar='2026-11-23 02:00:00 UTC' sh -c 'curl -fsS .*\/minio\/health\/ready && mc admin service restart /,
    );
    expect(lines.join(' ')).not.toMatch(/password|secret/i);
  });
});
