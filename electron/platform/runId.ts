import { randomBytes } from 'node:crypto';

/** Of a proof or an audit; sorts by the time it was begun: `20261122T020000-1a2b3c4d`. */
export function newRunId(now = new Date()): string {
  return `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(4).toString('hex')}`;
}
