import type { At, Lock, ObjectClient } from './objectTypes.ts';

/** What still locks a version: an end that is past would be refused. Retention of the mode GOVERNANCE counts, too: it is never bypassed. */
export function lockThatHolds(lock: Lock | undefined, now = Date.now()): Lock | undefined {
  const active = lock?.mode !== undefined && lock.until !== undefined && Date.parse(lock.until) > now;
  if (!active && !lock?.hold) return undefined;
  return { ...(active ? { mode: lock.mode, until: lock.until } : {}), ...(lock.hold ? { hold: true } : {}) };
}

/** HEAD leaves out what this credential may not read; asked for by itself, that is a refusal instead of a lost retention. */
export async function lockOf(client: Pick<ObjectClient, 'retention' | 'legalHold'>, at: At): Promise<Lock | undefined> {
  const [retention, hold] = await Promise.all([client.retention(at), client.legalHold(at)]);
  return lockThatHolds({ ...retention, hold });
}
