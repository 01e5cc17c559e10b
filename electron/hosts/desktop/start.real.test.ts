import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'sealdeck-start-'));
const data = join(folder, 'data');
const notes = join(folder, 'notes');

interface Ended {
  code: number;
  out: string;
  err: string;
}
function run(script: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((done) => {
    const around = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', SEALDECK_IDLE_SECONDS: '30', ...env };
    execFile(
      process.execPath,
      [join(root, 'bin', script), ...args, '--data', data],
      { cwd: folder, env: around, timeout: 110_000 },
      (error, out, err) => done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

/** A folder like Electron's, whose program does what the shell lines say. */
function electron(lines: string): string {
  const made = mkdtempSync(join(folder, 'electron-'));
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, 'electron'), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(made, 'electron'), 0o755);
  return made;
}

afterAll(async () => {
  await run('sealdeck.js', ['quit', '--force']);
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  it('prints nothing but the address with --no-open --json', async () => {
    const answer = await run('start.js', ['--no-open', '--json']);
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.out)).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=/) });
  });

  it.each([
    ['its program is not there', '', /program is not here/],
    [
      'a library is missing',
      'echo "electron: error while loading shared libraries: libnss3.so: cannot open shared object file" >&2; exit 127',
      /libnss3/,
    ],
    [
      'its sandbox is refused',
      'echo "The SUID sandbox helper binary was found, but is not configured correctly." >&2; kill -TRAP $$',
      /sandbox helper/,
    ],
    ['its page says nothing', 'echo "the hidden window gave no sign within 15 s"; exit 1', /gave no sign/],
    ['it ends well without an answer', 'exit 0', /ended with code 0/],
    ['it crashes', 'kill -SEGV $$', /ended with SIGSEGV/],
    ['it is refused by the display', 'echo "Missing X server or \\$DISPLAY" >&2; exit 1', /Missing X server/],
    ['it hangs in silence, and its helpers with it', 'trap "" TERM; /bin/sleep 9 & while :; do /bin/sleep 1; done', /no sign within 3 s/],
  ])('opens the browser host and says why in one line when %s', async (_name, lines, reason) => {
    const dist = lines === '' ? join(folder, 'nothing') : electron(lines);
    const answer = await run('start.js', ['--desktop'], {
      ELECTRON_OVERRIDE_DIST_PATH: dist,
      DISPLAY: ':99',
      PATH: '/nonexistent',
      SEALDECK_TRIAL_SECONDS: '3',
    });
    expect(answer.code).toBe(0);
    const [why, more] = answer.err.split('\n').filter((line) => line.includes('desktop window'));
    expect(why).toMatch(reason);
    expect(more).toBeUndefined();
    expect(answer.out).toMatch(/http:\/\/127\.0\.0\.1:\d+\/#token=/);
  });

  it('opens the browser host when the program may not be run, or is of another machine', async () => {
    const closed = electron('exit 0');
    chmodSync(join(closed, 'electron'), 0o644);
    const foreign = electron('');
    writeFileSync(join(foreign, 'electron'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9, 9]));
    for (const [dist, reason] of [
      [closed, /EACCES/],
      [foreign, /ENOEXEC|ended with|cannot execute|syntax error|not found/i],
    ] as const) {
      const answer = await run('start.js', ['--desktop'], { ELECTRON_OVERRIDE_DIST_PATH: dist, DISPLAY: ':99', PATH: '/nonexistent' });
      expect(answer.err).toMatch(/desktop window is not used: /);
      expect(answer.err).toMatch(reason);
      expect(answer.out).toMatch(/#token=/);
    }
  });

  it('says that there is no display', async () => {
    const answer = await run('start.js', ['--desktop'], { ELECTRON_OVERRIDE_DIST_PATH: electron('exit 0') });
    expect(answer.err).toContain('there is no display');
  });

  it('opens the desktop window after a trial that answered', async () => {
    const dist = electron(`case "$*" in *--trial*) echo "sealdeck trial: Electron 0 answers";; *) echo "$*" > ${notes};; esac`);
    const answer = await run('start.js', ['--desktop'], { ELECTRON_OVERRIDE_DIST_PATH: dist, DISPLAY: ':99' });
    expect(answer).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(notes, 'utf8')).toBe(`${root} --data ${data}\n`);
  });

  it.skipIf(process.getuid?.() !== 0)('does not try the desktop as root unless asked', async () => {
    rmSync(notes, { force: true });
    const dist = electron(`echo tried > ${notes}; echo "sealdeck trial: x"`);
    const answer = await run('start.js', [], { ELECTRON_OVERRIDE_DIST_PATH: dist, DISPLAY: ':99', PATH: '/nonexistent' });
    expect(answer.err).toContain('as root');
    expect(existsSync(notes)).toBe(false);
  });
});
