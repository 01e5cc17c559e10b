import { realpath, stat } from 'node:fs/promises';
import { AppError } from '../shared/rpc/errors.ts';
import type { ServerName } from './catalogue.ts';
import { isExecutable, runTool } from './tools.ts';

/** How each program names itself; the first group is what it says of its version. */
const banners: Record<ServerName, readonly [args: readonly string[], pattern: RegExp]> = {
  openbao: [['version'], /^OpenBao (v[^\s,]+)/m],
  vault: [['version'], /^Vault (v[^\s,]+)/m],
  'vault-full': [['version'], /^Vault (v[^\s,]+)/m],
  kes: [['--version'], /^Version\s+(\S+)\s[\s\S]*^Copyright\s.*MinIO/m],
  'kes-legacy': [['--version'], /^\S*kes\s+(\d\S*)$/m],
  minio: [['--version'], /^minio version (\S+)/m],
  'minio-legacy': [['--version'], /^minio version (\S+)/m],
  mc: [['--version'], /^mc version (\S+)/m],
  // A build from a module has a placeholder, or only a commit.
  actionlint: [['-version'], /^(\S+)\s+installed by /m],
  seaweedfs: [['version'], /^version \S+ (\d\S+)/m],
  moto: [['--version'], /^moto (\S+)/m],
  rclone: [['version'], /^rclone (v\S+)/m],
  s5cmd: [['version'], /^(v\d\S*)$/m],
  zlint: [['-version'], /^ZLint version (\S+)/m],
  age: [['--version'], /^(v\S+|\(\S+\))$/m],
};

const known = new Map<string, string>();

/**
 * What a binary says of its version, found by running it once. Builds from a module say `DEVELOPMENT.GOGET` or
 * `<unknown>`. Throws `serverWrongBinary` when it is not that program.
 */
export async function versionOf(name: ServerName, path: string): Promise<string> {
  const wrong = (reason: string): AppError => new AppError('serverWrongBinary', { program: name, path, reason });
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw wrong('there is no such file');
  if (!(await isExecutable(path))) throw wrong('it is not executable');
  const key = `${name} ${await realpath(path)} ${found.mtimeMs} ${found.size}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const [args, pattern] = banners[name];
  const { code, lines } = await runTool(path, args, { env: plainEnvironment(), timeoutMs: 30_000 });
  const match = pattern.exec(lines.join('\n'));
  if (code !== 0 || match?.[1] === undefined) throw wrong(lines[0]?.slice(0, 120) ?? `it ended with code ${code ?? 'none'}`);
  known.set(key, match[1]);
  return match[1];
}

/** Without the servers' own variables: a `MINIO_…` or `VAULT_…` of the shell must not decide what a version check does. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(MINIO|KES|VAULT|BAO|MC)_/.test(key)));
}

/** Arguments that make a program print its version and end. */
export function versionArguments(name: ServerName): readonly string[] {
  return banners[name][0];
}
