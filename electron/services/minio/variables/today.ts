import type { Variable } from '../../../../shared/minioVariables.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { isShown, mistakes, standingOf, withoutUserInfo } from '../../../clients/minioAdmin/variables.ts';
import { type Entry, type Place, valuesOf } from './places.ts';
import { readStaticKey } from './staticKey.ts';

/** What today's server does with each variable of a place. Secrets have no value here. */
export function describe(place: Place): Variable[] {
  return place.entries.map((entry): Variable => {
    const { name, value, line } = entry;
    const { standing, now } = standingOf(name);
    const note = noteOf(entry);
    return {
      name: name.slice(0, 100),
      line,
      secret: !isShown(name),
      standing,
      carried: standing === 'works' || standing === 'unknown' || carry(entry) !== undefined,
      ...(value !== undefined && isShown(name) ? { value: withoutUserInfo(value).slice(0, 500) } : {}),
      ...(now === undefined ? {} : { now }),
      ...(note === undefined ? {} : { note }),
    };
  });
}

/** What keeps MinIO from starting or from doing what was meant, with the names of today. */
export function findingsOf(place: Place): Text[] {
  return mistakes(today(place).values);
}

interface Today {
  readonly values: ReadonlyMap<string, string>;
  readonly dropped: readonly Text[];
}

/**
 * The variables as they are written now: old names carried over where the value means the same, a hex key as base64. A name of
 * today that is there as well wins. What cannot be carried over is told.
 */
export function today(place: Place): Today {
  const given = valuesOf(place);
  const values = new Map<string, string>();
  const dropped: Text[] = [];
  for (const [name, value] of given) {
    const { standing, now } = standingOf(name);
    if (standing === 'works' || standing === 'unknown') values.set(name, value);
    else {
      const carried = carry({ name, value, line: 0 });
      if (carried === undefined) dropped.push(say('minioVarDropped', { name }));
      else if (now !== undefined && !given.has(now)) values.set(now, carried);
    }
  }
  for (const { name, value } of place.entries)
    if (value === undefined && !given.has(name) && /^(?:MINIO|KES)_/.test(name)) dropped.push(say('minioVarElsewhere', { name }));
  return { values, dropped };
}

/** The value under its name of today; undefined: it means nothing there. */
function carry({ name, value }: Entry): string | undefined {
  const { standing, now } = standingOf(name);
  if (value === undefined || now === undefined) return undefined;
  if (now === 'MINIO_KMS_SECRET_KEY') {
    const key = readStaticKey(value);
    return key && `${key.name}:${key.material}`;
  }
  // Its file holds the hex form, which no server reads any more; and KES is no Vault.
  if (now === 'MINIO_KMS_SECRET_KEY_FILE' || /_VAULT_/.test(name)) return undefined;
  return standing === 'renamed' || standing === 'ignored' ? value : undefined;
}

function noteOf({ name, value }: Entry): Text | undefined {
  if (value === undefined) return say('minioVarElsewhere', { name });
  if (/^MINIO_(?:KMS_MASTER|SSE_MASTER|KMS_SECRET)_KEY$/.test(name)) {
    const key = readStaticKey(value);
    if (key === undefined) return say('minioVarBadKey');
    if (key.isPublic) return say('minioVarPublicKey', { name: key.name });
    return name === 'MINIO_KMS_SECRET_KEY' ? say('minioVarStaticKey') : say('minioVarHexKey');
  }
  if (/^MINIO_(?:KMS_MASTER|SSE_MASTER)_KEY_FILE$/.test(name)) return say('minioVarHexFile');
  if (name === 'MINIO_KMS_SECRET_KEY_FILE') return say('minioVarKeyFile');
  if (/^MINIO_(?:KMS|SSE)_VAULT_/.test(name)) return say('minioVarVault');
  if (name === 'MINIO_KMS_KES_CAPATH') return say('minioVarCaPath');
  if (name === 'MINIO_KMS_KES_KEY_NAME') return say('minioVarKeyName');
  if (name === 'MINIO_KMS_KES_KEY_PASSWORD') return say('minioVarKeyPassword');
  if (name === 'MINIO_KMS_KES_ENDPOINT') {
    if (/play\.min(?:io|\.io)/i.test(value)) return say('minioVarPlay');
    if (/\/\/localhost\b/.test(value)) return say('minioVarLocalhost');
  }
  if (/^MINIO_(?:KMS|SSE)_AUTO_ENCRYPTION$/.test(name)) return say('minioVarAutomatic');
  if (/^MINIO_(?:ROOT_PASSWORD|SECRET_KEY)$/.test(name) && /^(?:minioadmin|minio123)$/.test(value)) return say('minioVarPublicPassword');
  return undefined;
}
