import type { AsyncEntry } from '@napi-rs/keyring';
import { AppError } from '../../shared/rpc/errors.ts';
import { reasonOf } from './atomicFile.ts';

/** The operating system's keychain, for keys of 32 bytes. Failures are `keychainUnavailable` or `keychainLocked`. */
export interface Keychain {
  /** Asks for an entry that nobody made; changes nothing. A locked keychain shows only when a real entry is read. */
  available(): Promise<{ available: boolean; reason?: string }>;
  read(account: string): Promise<Buffer | undefined>;
  /** Resolves after the key was read back and was the same. */
  write(account: string, key: Uint8Array): Promise<void>;
  remove(account: string): Promise<void>;
}

interface Limits {
  /** An unlock prompt waits for a person, so reading and writing may take this long, milliseconds. */
  promptMs: number;
  probeMs: number;
}

const service = 'dev.sealdeck';
// Without this, Linux falls back to the kernel keyring, which forgets everything at log-out.
const options = { linux: { store: 'secret-service' } } as const;

export function createKeychain({ promptMs, probeMs }: Limits = { promptMs: 90_000, probeMs: 5_000 }): Keychain {
  /** Calls that were given up but still hold a thread of the process: a prompt that nobody answers. */
  let unanswered = 0;
  let exitGuarded = false;

  async function ask<T>(account: string, limitMs: number, question: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>): Promise<T> {
    // Each open question blocks one of the few threads that files need too, so there is never a second one.
    if (unanswered > 0) throw new AppError('keychainLocked', { reason: 'its unlock prompt is still open' });
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const answer = load(account, question, controller.signal);
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The signal only takes back what has not begun; the rest goes on until the system answers.
        controller.abort();
        giveUp(answer);
        reject(new AppError('keychainUnavailable', { reason: `no answer within ${Math.round(limitMs / 1000)} s` }));
      }, limitMs);
    });
    try {
      return await Promise.race([answer, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }

  function giveUp(answer: Promise<unknown>): void {
    unanswered++;
    const settled = (): void => {
      unanswered--;
    };
    answer.then(settled, settled);
    if (exitGuarded) return;
    exitGuarded = true;
    // The runtime waits for its threads when it ends, here for a person who may never come. Everything of ours is done by then.
    process.once('exit', () => {
      if (unanswered > 0) process.kill(process.pid, 'SIGKILL');
    });
  }

  async function read(account: string): Promise<Buffer | undefined> {
    const secret = await ask(account, promptMs, (entry, signal) => entry.getSecret(signal));
    return secret === null ? undefined : Buffer.from(secret);
  }

  return {
    read,
    async available() {
      try {
        await ask('probe', probeMs, (entry, signal) => entry.getSecret(signal));
        return { available: true };
      } catch (error) {
        return { available: false, reason: error instanceof AppError ? String(error.details.reason) : reasonOf(error) };
      }
    },
    async write(account, key) {
      await ask(account, promptMs, (entry, signal) => entry.setSecret(key, signal));
      const back = await read(account);
      if (!back?.equals(key)) throw new AppError('keychainUnavailable', { reason: 'the key that was written did not come back' });
    },
    async remove(account) {
      await ask(account, promptMs, (entry, signal) => entry.deleteCredential(signal));
    },
  };
}

/** Loaded at first use: the native module may be missing for this platform, and then only this mode is. */
async function load<T>(account: string, question: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return await question(new AsyncEntry(service, account, options), signal);
  } catch (error) {
    throw classify(error);
  }
}

const clearer: readonly [RegExp, string][] = [
  [/autolaunch/, 'DBus: this session has no bus, DBUS_SESSION_BUS_ADDRESS is not set'],
  [/org\.freedesktop\.secrets was not provided/, 'DBus: no secret service runs or is installed'],
  [/no result found/, 'the secret service has no default keyring yet; a desktop log-in makes one'],
];

/** The library gives one code for everything, so the message decides (seen with gnome-keyring 42.1). */
function classify(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const plain = message.replace(/^(?:Platform failure|Couldn't access platform storage): /, '').slice(0, 300);
  const reason = clearer.find(([pattern]) => pattern.test(message))?.[1] ?? plain;
  const locked = /prompt was dismissed|is locked|interaction is not allowed|user cancel/i.test(message);
  return new AppError(locked ? 'keychainLocked' : 'keychainUnavailable', { reason }, { cause: error });
}
