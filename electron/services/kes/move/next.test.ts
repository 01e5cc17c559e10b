import { describe, expect, it } from 'vitest';
import type { StackAccess } from '../../../jobs/step.ts';
import { readKesConfig } from '../config/read.ts';
import { blockers } from '../config/write.ts';
import { changesOf } from './changes.ts';
import { absolutePaths, type Deployment } from './deployment.ts';
import { fileOf, nextConfig, previewOf } from './next.ts';
import { readOldStart } from './oldStart.ts';

const [minio, backup] = ['a'.repeat(64), 'b'.repeat(64)];
const access = {
  stack: { identities: [{ id: 'operator', purpose: 'operator', hash: minio, certFile: 'c' }] },
  folder: { read: async () => 'certificate' },
  secrets: { get: () => ({ reveal: () => 'key' }) },
} as unknown as StackAccess;

const vault = (indent: string): string =>
  `${indent}vault:\n${indent}  endpoint: https://127.0.0.1:8200\n${indent}  prefix: minio\n${indent}  approle:\n${indent}    id: "role"\n${indent}    secret: "the-secret-id"\n${indent}  tls:\n${indent}    ca: vault.crt\n`;
const policies = (word: string): string =>
  `policy:\n  minio:\n    ${word}:\n    - /v1/key/create/minio-*\n    - /v1/key/generate/minio-*\n    - /v1/key/decrypt/minio-*\n    identities:\n    - ${minio}\n  backup:\n    ${word}:\n    - /v1/key/decrypt/backup-*\n    identities:\n    - \${BACKUP}\n`;
const tls = 'tls:\n  key: kes.key\n  cert: kes.crt\n';

/** By the generation that wrote them (kes.md 1.2). */
const files: Record<string, { text: string; command: string }> = {
  A: { text: `${tls}${policies('paths')}keys:\n${vault('  ')}`, command: 'kes server --config c --root=disabled --auth=off --mlock' },
  B: {
    text: `root: disabled\n${tls}${policies('paths')}keys:\n- name: minio-key-1\nkeystore:\n${vault('  ')}`,
    command: 'kes server --config c --auth off',
  },
  C: { text: `root: disabled\n${tls}${policies('allow')}keystore:\n${vault('  ')}`, command: 'kes server --config c --auth off' },
  D: {
    text: `admin:\n  identity: disabled\n${tls}${policies('allow')}keystore:\n${vault('  ')}`,
    command: 'kes server --config c --auth off',
  },
  E: {
    text: `version: v1\nadmin:\n  identity: disabled\n${tls}${policies('allow')}keystore:\n${vault('  ')}`,
    command: 'kes server --config c --auth off',
  },
};

function deploymentOf({ text, command }: { text: string; command: string }): Deployment {
  const environment = new Map([['BACKUP', backup]]);
  const reading = readKesConfig(text, { secretsBelong: true, commandLine: command, environment: ['BACKUP'] });
  const base = '/srv/kes';
  const config = absolutePaths(reading.config, base);
  const rest = { configFile: '/srv/kes/c', serverCert: '', serverNames: [], minio: new Map() };
  return { ...rest, text, reading, start: readOldStart(command), environment, base, config, secrets: reading.secrets };
}

describe.each(Object.entries(files))('a file of dialect %s', (dialect, file) => {
  const deployment = deploymentOf(file);

  it('is known as such, and comes out in today’s form without a line that stops the server', async () => {
    expect(deployment.reading.dialect).toBe(dialect);
    const preview = previewOf(await nextConfig(access, deployment), deployment);
    const again = readKesConfig(preview, { matching: 'prefix' });
    expect(again.dialect).toBe('F');
    expect(blockers(again.findings)).toEqual([]);
    expect(preview).toContain('key: /srv/kes/kes.key');
    expect(preview).toContain('ca: /srv/kes/vault.crt');
  });

  it('loses no policy and no identity, also one that stood in a variable', async () => {
    const { config } = readKesConfig(previewOf(await nextConfig(access, deployment), deployment), { matching: 'prefix' });
    expect(config.policies.map(({ name, identities }) => [name, identities])).toEqual([
      ['minio', [minio]],
      ['backup', [backup]],
    ]);
    expect(config.policies[0]?.allow).toEqual(
      expect.arrayContaining(['/v1/key/decrypt/minio-*', '/v1/key/describe/minio-*', '/v1/key/list/*']),
    );
    // What another identity may do is not widened on the way.
    expect(config.policies[1]?.allow).toEqual(['/v1/key/decrypt/backup-*']);
  });

  it('shows no secret, and gives the server its own', async () => {
    const next = await nextConfig(access, deployment);
    const preview = previewOf(next, deployment);
    expect(preview + JSON.stringify(changesOf(deployment, next, preview)) + deployment.reading.shown).not.toContain('the-secret-id');
    expect(fileOf(next.config, deployment)).toContain('"the-secret-id"');
  });

  it('has a reason at a line of the new file for everything that is new there', async () => {
    const next = await nextConfig(access, deployment);
    const preview = previewOf(next, deployment);
    const changes = changesOf(deployment, next, preview);
    const lines = preview.split('\n');
    const explained = (text: string): boolean =>
      changes.some(({ now }) => now !== undefined && lines.slice(now.from - 1, now.to).some((line) => line.trim().startsWith(text)));
    expect(changes.some(({ what }) => what.code === 'kesMoveVersionAdded')).toBe(dialect !== 'E');
    if (dialect === 'A') expect(explained('keystore:')).toBe(true);
    if (dialect === 'A' || dialect === 'B') expect(explained('allow:')).toBe(true);
    expect(explained('- /v1/key/list/*')).toBe(true);
    expect(explained('auth:')).toBe(true);
    for (const { old } of changes) if (old) expect(old.to).toBeLessThanOrEqual(file.text.split('\n').length);
  });
});
