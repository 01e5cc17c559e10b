import type { X509Certificate } from 'node:crypto';
import type { Light, LightResult } from '../../../shared/connect.ts';
import type { ErrorCode, TextCode } from '../../../shared/messages.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { HopResult } from '../../platform/hops.ts';
import { saidOf } from './ticks.ts';

/** What one light found. A red one is thrown as an `AppError` instead. */
export interface Lit {
  outcome: 'ok' | 'warn' | 'notTried' | 'notItsJob';
  label: Text;
  error?: AppError;
}

/** The lights that differ by kind of server, in order. They run one after the other; the first that throws ends the row. */
export interface OwnLights {
  identity(): Promise<Lit>;
  policy(): Promise<Lit>;
  keyStore(): Promise<Lit>;
  key(): Promise<Lit>;
}

/** A short word that is the same in every language: an address, a user, "kv v2". */
export const word = (value: string): Text => say('connectWord', { value });
export const ok = (label: Text): Lit => ({ outcome: 'ok', label });
export const warn = (label: Text, error: AppError): Lit => ({ outcome: 'warn', label, error });
export const notTried: Lit = { outcome: 'notTried', label: say('connectNotTried') };
export const notItsJob: Lit = { outcome: 'notItsJob', label: say('connectNotItsJob') };

const soonDays = 14;
const day = 86_400_000;

/** Seven lights from the hops and from what the server itself answered. */
export async function sevenLights(hops: readonly HopResult[], own: OwnLights): Promise<LightResult[]> {
  const results: LightResult[] = [];
  const dark = (): boolean => results.some(({ outcome }) => outcome === 'fail');
  const add = async (light: Light, work: () => Promise<Lit> | Lit): Promise<void> => {
    try {
      const { error, ...lit } = dark() ? notTried : await work();
      results.push({ light, ...lit, ...(error ? { error: error.frame } : {}) });
    } catch (error) {
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      const { code, details } = error;
      results.push({ light, outcome: 'fail', label: redLabel(error, light, hops), error: { code, details } });
    }
  };
  const hop = (light: Light): HopResult | undefined => hops.find((result) => result.hop === light);
  const passed = (light: Light): HopResult | undefined => {
    const result = hop(light);
    if (result?.outcome === 'fail' && result.error) throw AppError.of(result.error);
    return result;
  };
  await add('name', () => ok(word(passed('name')?.address ?? '')));
  await add('tcp', () => ok(say('connectMs', { ms: Math.max(1, Math.round(passed('tcp')?.ms ?? 0)) })));
  await add('tls', () => certificateLight(passed('tls')));
  await add('identity', () => {
    passed('identity');
    return own.identity();
  });
  await add('policy', () => own.policy());
  await add('keyStore', () => own.keyStore());
  await add('key', () => own.key());
  return results;
}

function certificateLight(hop: HopResult | undefined): Lit {
  const leaf = hop?.chain?.[0];
  const days = leaf ? Math.floor((leaf.validToDate.getTime() - Date.now()) / day) : soonDays;
  if (leaf && days < soonDays)
    return warn(say('connectEndsSoon', { days }), new AppError('connectCertificateEnds', { days, until: leaf.validToDate.toISOString() }));
  return ok(say('connectTrusted'));
}

const redLabels: Partial<Record<ErrorCode, TextCode>> = {
  networkName: 'connectNotFound',
  networkRefused: 'connectClosed',
  networkTimeout: 'connectNoAnswer',
  networkBroken: 'connectBroken',
  tlsName: 'connectWrongName',
  tlsTrust: 'connectNotTrusted',
  tlsProtocol: 'connectNoTls',
  tlsIdentityRefused: 'connectRefused',
  vaultSealed: 'connectSealed',
  vaultNotInitialised: 'connectUninitialised',
  vaultStandby: 'connectStandby',
  vaultNoToken: 'connectNoLogin',
  connectNoCredential: 'connectNoLogin',
  vaultLoginLocked: 'connectLocked',
  connectIdentityUnknown: 'connectUnknownIdentity',
  connectRightsMissing: 'connectNoRights',
  connectMountMissing: 'connectNoMount',
  kvVersionDiffers: 'connectOtherVersion',
  connectMountOther: 'connectOtherEngine',
  kesKeyStoreUnreachable: 'connectNotReached',
  minioKesOffline: 'connectKesOffline',
  kesKeyNotFound: 'connectKeyMissing',
  minioClockSkew: 'connectClock',
  answerNotUnderstood: 'connectOtherServer',
};

function redLabel(error: AppError, light: Light, hops: readonly HopResult[]): Text {
  if (error.code === 'tlsDate') {
    const leaf = leafOf(hops);
    return say(leaf && leaf.validFromDate.getTime() > Date.now() ? 'connectNotYetValid' : 'connectExpired');
  }
  const known = redLabels[error.code];
  if (known !== undefined) return { code: known };
  return say(light === 'key' ? 'connectFails' : 'connectRefused');
}

/** The certificate that the server showed, trusted or not. */
export function leafOf(hops: readonly HopResult[]): X509Certificate | undefined {
  return hops.find(({ hop }) => hop === 'tls')?.chain?.[0];
}

/** The server's own last words, short and without secrets; `undefined` while it has said nothing. */
export function wordsOf(error: LightResult['error']): string | undefined {
  if (error === undefined || (/^(?:network|tls)/.test(error.code) && error.code !== 'tlsIdentityRefused')) return undefined;
  return saidOf(error);
}
