import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../../../servers/catalogue.ts';
import { ensureServers } from '../../../../servers/get.ts';
import { runTool, which } from '../../../../servers/tools.ts';
import type { ObjectSnippet, SnippetTool } from '../../../../shared/objects.ts';
import { runOf } from './java.ts';

const root = resolve(import.meta.dirname, '../../../..');
/** Libraries of other languages, kept between runs beside the servers. */
const cache = join(cacheFolder(), '..', 'snippets');

/** Where a tool's runtime and libraries are, or why it cannot run here. */
export type Runtime =
  | { programs: Record<string, string>; env?: NodeJS.ProcessEnv; setUp?(folder: string): Promise<void> }
  | { missing: string };

export async function runtimeOf(tool: SnippetTool): Promise<Runtime> {
  return await runtimes[tool]();
}

const runtimes: Record<SnippetTool, () => Promise<Runtime>> = {
  mc: async () => ({ programs: { mc: (await ensureServers(['mc'])).mc } }),
  async curl() {
    const [curl, openssl] = await Promise.all([which('curl'), which('openssl')]);
    if (!curl || !openssl) return { missing: 'no curl or no openssl on PATH' };
    const { code } = await runTool(curl, ['--aws-sigv4', 'aws:amz:us-east-1:s3', '--version']);
    return code === 0 ? { programs: { curl, openssl } } : { missing: 'this curl cannot sign (--aws-sigv4)' };
  },
  async boto3() {
    const python3 = await which('python3');
    if (!python3) return { missing: 'no python3 on PATH' };
    const has = async (python: string): Promise<boolean> => (await runTool(python, ['-c', 'import boto3'])).code === 0;
    if (await has(python3)) return { programs: { python3 } };
    const own = join(cache, 'boto3', 'bin', 'python3');
    if (!(await has(own))) {
      await runTool(python3, ['-m', 'venv', join(cache, 'boto3')]);
      await runTool(own, ['-m', 'pip', 'install', '-q', 'boto3'], { timeoutMs: 120_000 });
    }
    return (await has(own)) ? { programs: { python3: own } } : { missing: 'boto3 is not installed and cannot be fetched' };
  },
  javascript: async () => ({
    programs: { node: process.execPath },
    setUp: (folder) => symlink(join(root, 'node_modules'), join(folder, 'node_modules')),
  }),
  async go() {
    const go = await which('go', { usual: true });
    if (!go) return { missing: 'no go on PATH' };
    const folder = join(cache, 'go');
    await mkdir(folder, { recursive: true });
    const sdk = 'github.com/aws/aws-sdk-go-v2';
    const needs = ['aws', 'config', 'service/s3'].map((name) => `${sdk}/${name}@latest`);
    const ready = async (): Promise<boolean> =>
      (await runTool(go, ['list', `${sdk}/service/s3`, `${sdk}/config`], { cwd: folder })).code === 0;
    if (!(await ready())) {
      await runTool(go, ['mod', 'init', 'example'], { cwd: folder });
      await runTool(go, ['get', ...needs], { cwd: folder, timeoutMs: 150_000 });
    }
    if (!(await ready())) return { missing: 'the AWS SDK for Go is not in the module cache and cannot be fetched' };
    const asked = await runTool(go, ['env', 'GOMODCACHE', 'GOCACHE'], { cwd: folder });
    const [GOMODCACHE = '', GOCACHE = ''] = asked.lines;
    const copy = async (to: string): Promise<void> => {
      for (const name of ['go.mod', 'go.sum']) await writeFile(join(to, name), await readFile(join(folder, name)));
    };
    return { programs: { go }, env: { GOMODCACHE, GOCACHE, GOFLAGS: '-mod=mod' }, setUp: copy };
  },
  async java() {
    const [java, mvn] = await Promise.all([which('java'), which('mvn')]);
    if (!java || (await runTool(java, ['-version'])).code !== 0) return { missing: 'no Java on PATH' };
    if (!mvn) return { missing: 'no Maven on PATH to get the AWS SDK for Java with' };
    // Named by what it holds, so that another version is got anew.
    const [needs = '', fetch = ''] = runOf('Any.java');
    const folder = join(cache, `java-${/<version>([\d.]+)<\/version><\/dependency>/.exec(needs)?.[1] ?? ''}`);
    const there = async (): Promise<boolean> => (await readdir(join(folder, 'lib')).catch(() => [])).some((name) => name.startsWith('s3-'));
    if (!(await there())) {
      await mkdir(folder, { recursive: true });
      await runTool('/bin/sh', ['-ec', `${needs}\n${fetch}`], { cwd: folder, timeoutMs: 170_000 });
    }
    if (!(await there())) return { missing: 'the AWS SDK for Java cannot be fetched' };
    // A program that runs once is compiled only a little.
    return {
      programs: { java },
      env: { JDK_JAVA_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
      setUp: (home) => symlink(join(folder, 'lib'), join(home, 'lib')),
    };
  },
};

export interface Ran {
  code: number | null;
  output: string;
  /** Every argument that any program was given. */
  args: string;
}

/** A folder for the snippets of one tool, in which each program writes down its arguments before it runs. */
export async function openTool(found: Exclude<Runtime, { missing: string }>, secrets: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(tmpdir(), 'sealdeck snippets '));
  const bin = join(home, 'bin');
  await mkdir(bin);
  const noted = { ...found.programs, printf: (await which('printf')) ?? '' };
  for (const [name, real] of Object.entries(noted)) {
    const script = `#!/bin/sh\nfor word in "$0" "$@"; do printf '%s\\n' "$word" >> "$ARGUMENTS"; done\nexec '${real}' "$@"\n`;
    await writeFile(join(bin, name), script, { mode: 0o700 });
  }
  await found.setUp?.(home);
  return {
    home,
    async run({ lines, file, run }: ObjectSnippet): Promise<Ran> {
      const notes = join(home, 'arguments');
      await writeFile(notes, '');
      if (file !== undefined) await writeFile(join(home, file), `${lines.join('\n')}\n`);
      // What a person does once, getting libraries, was done before.
      const script = file === undefined ? lines : run.slice(-1);
      const env = { HOME: home, PATH: `${bin}:${process.env.PATH}`, LANG: 'C.UTF-8', ARGUMENTS: notes, ...found.env, ...secrets };
      const { code, lines: output } = await runTool('/bin/sh', ['-ec', script.join('\n')], { cwd: home, env, timeoutMs: 90_000 });
      return { code, output: output.join('\n'), args: await readFile(notes, 'utf8') };
    },
    close: () => rm(home, { recursive: true, force: true }),
  };
}
