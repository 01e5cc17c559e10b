import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Ends the server and removes its folder when its input closes: also when the engine is killed. */
const keeper =
  '"$0" "$@" </dev/null & p=$!; echo "$p" > "$SEALDECK_TRY/pid"; read -r _; kill -TERM "$p"; wait "$p"; rm -rf "$SEALDECK_TRY"';

export interface KeptSpec {
  /** Its own folder, which goes with it. Its pid is written to `pid` there. */
  folder: string;
  binary: string;
  args: readonly string[];
  /** Beside PATH and HOME. A secret in it lives as long as the process. */
  env: Readonly<Record<string, string>>;
  /** In that folder, for both outputs. */
  log: string;
}

/** A server that lives no longer than this engine, whatever ends it. `end` resolves when it has ended and its folder is gone. */
export async function startKept({ folder, binary, args, env, log: name }: KeptSpec): Promise<{ end(): Promise<void> }> {
  const log = await open(join(folder, name), 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', keeper, binary, ...args], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: { PATH: process.env.PATH, HOME: folder, SEALDECK_TRY: folder, ...env },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => undefined);
  await log.close();
  return {
    async end(): Promise<void> {
      child.stdin?.end();
      await ended;
    },
  };
}
