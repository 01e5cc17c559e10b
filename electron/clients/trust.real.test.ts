import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { listen, makeAuthority } from '../platform/tls.testSupport.ts';

const script = `
  const { systemRoots } = await import(process.argv[1]);
  const { trustedBy } = await import(process.argv[2]);
  console.log(await trustedBy(systemRoots(), process.argv[3]));
`;

// The roots are read once a process, so each question is a process of its own.
it.runIf(process.platform === 'linux')('believes what the machine’s owner added to the system, and no other CA', async () => {
  const authority = await makeAuthority();
  const { cert, key } = await authority.issue('server');
  const server = createServer({ cert, key: key.reveal() }, (_, answer) => answer.end());
  const url = `https://127.0.0.1:${await listen(server)}`;
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-roots-'));
  const roots = async (pem: string): Promise<string> => {
    const file = join(folder, 'roots.pem');
    await writeFile(file, pem);
    const modules = ['trust.ts', '../platform/hops.ts'].map((name) => resolve(import.meta.dirname, name));
    const args = ['--input-type=module', '-e', script, ...modules, url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, SSL_CERT_FILE: file } });
    return stdout.trim();
  };
  expect(await roots(authority.ca)).toBe('true');
  expect(await roots((await makeAuthority('other')).ca)).toBe('false');
  server.close();
  await rm(folder, { recursive: true });
});
