import { type DragEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useReadOnly } from '../../../components/readOnly/ChangeButton.tsx';
import { useClient } from '../../../rpc/hooks.ts';
import { addressOf } from '../place.ts';
import { takenOf } from './taken.ts';
import { takeFiles } from './trayStore.ts';

interface BucketDrop {
  /** The bucket that files are held over. */
  readonly over: string | undefined;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

/** Files dropped on a row of a list of buckets (`data-bucket`) open that bucket with its tray; beside a row nothing is taken. */
export function useBucketDrop(stackId: string): BucketDrop {
  const client = useClient();
  const readOnly = useReadOnly();
  const [, go] = useLocation();
  const [over, setOver] = useState<string | undefined>(undefined);
  const bucketAt = ({ target }: DragEvent): string | undefined =>
    readOnly ? undefined : (target as Element).closest<HTMLElement>('[data-bucket]')?.dataset.bucket;
  return {
    over,
    handlers: {
      onDragOver(event) {
        if (![...event.dataTransfer.types].includes('Files')) return;
        // Taken in any case: a browser would leave the window for a file that nobody takes.
        event.preventDefault();
        const bucket = bucketAt(event);
        event.dataTransfer.dropEffect = bucket === undefined ? 'none' : 'copy';
        setOver(bucket);
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(undefined);
      },
      onDrop(event) {
        event.preventDefault();
        setOver(undefined);
        const bucket = bucketAt(event);
        if (bucket === undefined) return;
        void takeFiles(client, { stackId, bucket, prefix: '' }, takenOf(event.dataTransfer), undefined);
        go(addressOf(bucket));
      },
    },
  };
}
