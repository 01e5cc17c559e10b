import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureServers } from '../../../../servers/get.ts';
import { kesInput } from '../../../../shared/kes.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { makeTestIdentity, stopProcess, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../platform/ports.ts';
import { kesYaml, type OtherLines } from '../kesConfig.ts';

/**
 * The real KES on a key store that is not Vault, with the file that the product writes. `env`: what such a host would have
 * around it, as a proxy or other roots. Resolves when KES answers, or with its last words when it ended.
 */
export async function startKesOn(store: Omit<OtherLines, 'caFile'>, { ca, env = {} }: { ca?: string; env?: Record<string, string> } = {}) {
  const { kes: binary } = await ensureServers(['kes']);
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-store-'));
  const [server, minio, operator] = await Promise.all([makeTestIdentity('server'), makeTestIdentity('client'), makeTestIdentity('client')]);
  const file = (name: string): string => join(folder, name);
  await writeFile(file('kes.key'), server.key.reveal(), { mode: 0o600 });
  await writeFile(file('kes.crt'), server.cert);
  if (ca !== undefined) await writeFile(file('store-ca.crt'), ca);
  const port = await freePort();
  const yaml = kesYaml({
    input: kesInput.parse({ cacheAny: '1s', cacheUnused: '1s' }),
    address: `127.0.0.1:${port}`,
    keyFile: file('kes.key'),
    certFile: file('kes.crt'),
    certificates: 'ab'.repeat(32),
    identities: { minio: minio.hash, operator: operator.hash },
    keyStore: { ...store, ...(ca === undefined ? {} : { caFile: file('store-ca.crt') }) },
  });
  await writeFile(file('kes.yaml'), yaml, { mode: 0o600 });
  const lines: string[] = [];
  const child: ChildProcess = spawn(binary, ['server', '--config', file('kes.yaml')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of this machine: a proxy or credentials of its owner must not take part.
    env: { HOME: folder, PATH: '/usr/bin:/bin', ...env },
    cwd: folder,
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', (line) => lines.push(line));
  const client = createKesClient({ url: `https://127.0.0.1:${port}`, ca: [server.cert], cert: operator.cert, key: operator.key });
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await waitUntil(async () => ended() || (await client.version()) !== '', 40_000);
  // Its last lines may come after its end.
  if (ended()) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    client,
    /** What KES printed so far. */
    lines,
    yaml,
    folder,
    /** KES ended by itself. */
    died: ended(),
    async stop(): Promise<void> {
      await client.close();
      await stopProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
