import type { Upload } from '../../../../shared/uploads.ts';

type Counted = Pick<Upload, 'files' | 'bytes' | 'sent' | 'counts'>;

/** Percent of the bytes sent, rounded down so that 100 means all; of files where all are empty. */
export function partSent({ files, bytes, sent, counts }: Counted): number {
  const [done, all] = bytes > 0 ? [sent, bytes] : [counts.done ?? 0, files];
  return all === 0 ? 0 : Math.min(100, Math.floor((done / all) * 100));
}

/** Files that are still to be sent. */
export function restOf({ counts }: Counted): number {
  return (counts.waits ?? 0) + (counts.sending ?? 0) + (counts.checking ?? 0);
}

/** Files that can be sent now: of the others nobody has the bytes. */
export function atHand(upload: Counted & Pick<Upload, 'missing'>): number {
  return restOf(upload) - (upload.missing?.files ?? 0);
}

/** Files that will be sent when this tray is started: names that are there already count only when they are replaced. */
export function toSend({ counts, conflicts }: Counted & { conflicts: number }, onConflict: Upload['onConflict']): number {
  return Math.max(0, (counts.waits ?? 0) - (onConflict === 'skip' ? conflicts : 0));
}
