import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import { pause } from '../../../jobs/pause.ts';
import type { ReaderNews } from '../work.ts';

/** A sealed Vault is told by KES in ms; MinIO asks a KES that is stopped again and again, 0.4 s and more (minio.md 3.5). */
const sealedMs = 300;
const everyMs = 1000;

export interface KmsWatch {
  /**
   * After an answer that can mean that the KMS is away as a whole. `true`: it was, and is back, so ask again. `false`: it
   * works, so the answer is about the object or page. All workers wait for one look.
   */
  wasAway(): Promise<boolean>;
}

interface Deps {
  client: Pick<ListingClient, 'ready' | 'host'>;
  signal: AbortSignal;
  onWait(waitsFor: ReaderNews['waitsFor']): void;
  now?: () => number;
}

export function createKmsWatch({ client, signal, onWait, now = Date.now }: Deps): KmsWatch {
  let looking: Promise<boolean> | undefined;

  async function look(): Promise<boolean> {
    const since = now();
    if ((await client.ready(signal)) !== false) return false;
    const code = now() - since < sealedMs ? 'auditKeyStoreAway' : 'auditKesAway';
    onWait({ code, details: { host: client.host } });
    try {
      while ((await readyAgain()) === false) await pause(everyMs, signal);
    } finally {
      onWait(undefined);
    }
    return true;
  }

  /** The server itself may restart meanwhile. */
  async function readyAgain(): Promise<boolean | undefined> {
    try {
      return await client.ready(signal);
    } catch (error) {
      if (isAppError(error, 'cancelled') || !isAppError(error)) throw error;
      return false;
    }
  }

  return {
    wasAway() {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
