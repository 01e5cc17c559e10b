import { type AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { passes } from '../../clients/s3/objectFailures.ts';
import { pause } from '../../jobs/pause.ts';

type Frame = AppError['frame'];

/** Of the way to the server: says nothing of any object. */
const ofTheWay = [
  'minioCredentialRefused',
  'minioCredentialMissing',
  'minioClockSkew',
  'tlsTrust',
  'tlsDate',
  'tlsName',
  'tlsProtocol',
  'tlsIdentityRefused',
];

/** What every other file would meet, too: going on would only fail them one by one. */
const forAll = [
  ...ofTheWay,
  'minioDiskFull',
  'bucketMissing',
  'kmsKeyNotFound',
  'kmsNotAuthorised',
  'kmsNotConfigured',
  'customerKeyMissing',
  'storeLocked',
  'uploadDiskFull',
  'uploadFileDamaged',
  'fileNotWritable',
];

export function stopsAll(error: AppError): boolean {
  return forAll.includes(error.code);
}

export function isOfTheWay(error: AppError): boolean {
  return ofTheWay.includes(error.code);
}

export interface Patience {
  /** Of one request, from its first failure. */
  giveUpMs: number;
  firstMs: number;
  mostMs: number;
}
export const patience: Patience = { giveUpMs: 900_000, firstMs: 250, mostMs: 15_000 };

/** Tries again what a busy, restarting or unreachable server refused, later each time; never what it refused for good. */
export type Retries = <T>(work: (attempt: number) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** `waiting`: what is waited for, or undefined once nothing is. Of many requests at once it is told once. */
export function createRetries(waiting: (why: Frame | undefined) => void, { giveUpMs, firstMs, mostMs }: Patience = patience): Retries {
  let troubled = 0;
  let told: string | undefined;
  const enter = (error: AppError): void => {
    troubled += 1;
    const code = error.code === 'kmsUnavailable' ? 'uploadWaitsForKms' : 'uploadWaitsForServer';
    if (told === code) return;
    told = code;
    const { where = '', host = where } = error.details;
    waiting({ code, details: { host, reason: error.code } });
  };
  const leave = (): void => {
    troubled -= 1;
    if (troubled > 0) return;
    told = undefined;
    waiting(undefined);
  };
  return async (work, signal) => {
    let since: number | undefined;
    let inTrouble = false;
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(attempt);
        } catch (error) {
          if (signal.aborted || !isAppError(error) || !passes(error)) throw error;
          since ??= Date.now();
          if (Date.now() - since > giveUpMs) throw error;
          // One that failed once is usual under load: nobody needs to hear of it.
          if (attempt > 0 && !inTrouble) {
            inTrouble = true;
            enter(error);
          }
          const wait = Math.min(mostMs, firstMs * 2 ** attempt);
          await pause(wait / 2 + (Math.random() * wait) / 2, signal);
        }
      }
    } finally {
      if (inTrouble) leave();
    }
  };
}
