import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureServers } from '../../../servers/get.ts';

const run = promisify(execFile);

/** Why the tests with gpg are skipped, else undefined. */
export function noGpg(): string | undefined {
  return spawnSync('gpg', ['--version']).status === 0 ? undefined : 'no gpg on this machine: install gnupg';
}

/** For tests: a GnuPG home of its own with key pairs, as custodians have them on their own machines. */
export async function makeGpg() {
  const home = await mkdtemp(join(tmpdir(), 'sd-gpg-'));
  const gpg = (...args: string[]) => run('gpg', ['--homedir', home, '--batch', '--yes', ...args]);
  return {
    home,
    /** Makes a pair without a passphrase and returns the armored public key. */
    async key(name: string, algorithm = 'future-default'): Promise<string> {
      await gpg('--pinentry-mode', 'loopback', '--passphrase', '', '--quick-gen-key', name, algorithm, 'default', 'never');
      return (await gpg('--armor', '--export', name)).stdout;
    },
    publicKey: async (name: string): Promise<string> => (await gpg('--armor', '--export', name)).stdout,
    privateKey: async (name: string): Promise<string> => (await gpg('--armor', '--export-secret-keys', name)).stdout,
    /** What `gpg --decrypt FILE` prints. */
    async decrypt(content: string): Promise<string> {
      const file = join(home, 'message.asc');
      await writeFile(file, content);
      return (await gpg('--quiet', '--decrypt', file)).stdout;
    },
    async close(): Promise<void> {
      // Ends the agent of this home, and no other.
      await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Types a passphrase into a terminal as a person does: age reads it from nowhere else. */
const typist = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
out, typed = b'', False
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    out += part
    if not typed and b'passphrase' in out:
        os.write(fd, (sys.stdin.readline().rstrip('\\n') + '\\n').encode())
        typed = True
sys.stdout.buffer.write(out)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** What the real \`age --decrypt FILE\` writes to its output, for a passphrase typed at its prompt. Throws what it says. */
export async function ageDecrypt(content: string, passphrase: string): Promise<string> {
  const { age } = await ensureServers(['age']);
  const folder = await mkdtemp(join(tmpdir(), 'sd-age-'));
  try {
    const file = join(folder, 'share.age');
    await writeFile(file, content);
    const { status, stdout } = spawnSync('python3', ['-c', typist, age, '--decrypt', file], { input: `${passphrase}\n`, encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
    return stdout.replace(/\r\n/g, '\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for a whole file, into another file. */
export async function ageDecryptFile(file: string, into: string, passphrase: string): Promise<void> {
  const { age } = await ensureServers(['age']);
  const { status, stdout } = spawnSync('python3', ['-c', typist, age, '--decrypt', '--output', into, file], {
    input: `${passphrase}\n`,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
}
