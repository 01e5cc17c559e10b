import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { redact } from '../../shared/redact.ts';

export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

const maxBytes = 5_000_000;

/** One JSON line an event; every line passes `redact`. The file turns over at 5 MB, one old file is kept. */
export function createLog(file: string): Log {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const write = (level: string, event: string, fields: Record<string, unknown> = {}): void => {
    const line = redact(JSON.stringify({ at: new Date().toISOString(), level, event, ...plain(fields) }));
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not end the work that is being logged.
    }
  };
  return { info: (event, fields) => write('info', event, fields), error: (event, fields) => write('error', event, fields) };
}

function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? (value.stack ?? value.message) : value]),
  );
}
