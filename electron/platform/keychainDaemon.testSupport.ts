import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeychainSession {
  /** Whole environment for child processes: a bus, HOME and XDG_RUNTIME_DIR of their own. */
  env: NodeJS.ProcessEnv;
  /** Locks the login keyring; without a display its unlock prompt is dismissed at once. */
  lock(): Promise<void>;
  /** Stops the daemon in its tracks, as a machine under load or a modal prompt would, and lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Starts the daemon again, unlocked, as after a new log-in. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Why there can be no keychain session here, as the reason of a skip; `undefined` when there can. */
export async function keychainSessionMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'the Secret Service is of Linux only';
  for (const program of ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon']) {
    const found = await run('sh', ['-c', `command -v ${program}`]).catch(() => undefined);
    if (!found) return `${program} is not installed (packages gnome-keyring and dbus)`;
  }
  return undefined;
}

interface SessionOptions {
  /** False: the bus alone, as where no keychain is installed. */
  daemon?: boolean;
  /** False: it starts as for a user who never logged in to a desktop, without any keyring. */
  keyring?: boolean;
  /** Unlock prompts stay open for 12 s, as with nobody at the desk. Otherwise they are dismissed at once, as without a display. */
  promptsStayOpen?: boolean;
}

/**
 * A real gnome-keyring-daemon, unlocked, in a D-Bus session of its own.
 * The client reads its bus address when it is loaded, so tests use the session in child processes.
 */
export async function startKeychainSession({
  daemon = true,
  keyring: withKeyring = true,
  promptsStayOpen = false,
}: SessionOptions = {}): Promise<KeychainSession> {
  const home = await mkdtemp(join(tmpdir(), 'sealdeck-keyring-'));
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home };
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.toReversed().map(end));
    await rm(home, { recursive: true, force: true });
  };
  try {
    const config = join(home, 'bus.conf');
    await writeFile(config, busConfig(home));
    if (promptsStayOpen) await writeFile(join(home, 'prompter.service'), prompter);
    const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(bus);
    env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus);
    let keyring: ChildProcess | undefined;
    const start = async (): Promise<void> => {
      keyring = spawn('gnome-keyring-daemon', ['--foreground', ...(withKeyring ? ['--unlock'] : []), '--components=secrets'], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      started.push(keyring);
      keyring.stdin?.end('the password of the test keyring');
      await answering(env);
    };
    if (daemon) await start();
    return {
      env,
      async lock() {
        const collection = 'array:objpath:/org/freedesktop/secrets/collection/login';
        await send(env, 'org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', collection);
      },
      freeze: () => void keyring?.kill('SIGSTOP'),
      thaw: () => void keyring?.kill('SIGCONT'),
      async restart() {
        if (keyring) await end(keyring);
        await start();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The program that shows the prompts, slow to come up and then gone. */
const prompter = '[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 12\n';

/** A session bus without the activation files of the machine: nothing runs on it that the test did not start. */
function busConfig(folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>${folder}</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`;
}

async function answering(env: NodeJS.ProcessEnv): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const owner = 'org.freedesktop.DBus.NameHasOwner';
    const { stdout } = await send(env, 'org.freedesktop.DBus', '/', owner, 'string:org.freedesktop.secrets');
    if (stdout.includes('boolean true')) return;
    await sleep(50);
  }
  throw new Error('no secret service on the bus after 5 s');
}

function send(env: NodeJS.ProcessEnv, destination: string, path: string, method: string, argument: string) {
  return run('dbus-send', ['--session', '--print-reply', `--dest=${destination}`, path, method, argument], { env, timeout: 5_000 });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('dbus-daemon ended')));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
