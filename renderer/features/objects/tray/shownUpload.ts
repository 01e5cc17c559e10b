import type { Upload } from '../../../../shared/uploads.ts';

/** What wants a person first, then what moves, then what waits. */
const order: Record<Upload['phase'], number> = { alarm: 0, paused: 1, running: 2, staged: 3, ended: 4 };

/**
 * Uploads of a bucket that have something to say: those that have not ended, those that ended in this window, and those that
 * ended elsewhere with a fault. `shown` is the one whose tray is open: the chosen one, or the first that was not put aside.
 */
export function uploadsHere(
  uploads: readonly Upload[],
  bucket: string,
  { own, hidden, chosen }: { own: ReadonlySet<string>; hidden: ReadonlySet<string>; chosen: ReadonlyMap<string, string> },
): { shown: Upload | undefined; all: Upload[] } {
  const all = uploads
    .filter((upload) => upload.bucket === bucket && (upload.phase !== 'ended' || own.has(upload.id) || hasFault(upload)))
    .sort((a, b) => order[a.phase] - order[b.phase] || (a.id < b.id ? 1 : -1));
  const picked = all.find(({ id }) => id === chosen.get(bucket) && !hidden.has(id));
  return { shown: picked ?? all.find(({ id }) => !hidden.has(id)), all };
}

export function hasFault({ counts }: Upload): boolean {
  return (counts.failed ?? 0) + (counts.alarm ?? 0) > 0;
}

/** Where another drop at the same place goes: to the upload that waits for its files, or into the tray that was not sent yet. */
export function dropGoesTo(shown: Upload | undefined, prefix: string): Upload | undefined {
  if (shown?.needsFiles) return shown;
  return shown?.phase === 'staged' && shown.prefix === prefix && shown.source === 'window' ? shown : undefined;
}
