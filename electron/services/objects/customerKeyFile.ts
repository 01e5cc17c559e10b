import { sentence } from '../../../shared/messages.ts';
import type { CustomerKey } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { ExportedKey } from '../../clients/s3/customerKeys.ts';
import { customerKeyMd5 } from '../../clients/s3/objectHeaders.ts';

/** Readers live in all countries: what a person must know stands in both languages. */
const both = (text: Text): string[] => [sentence('en', text), sentence('zh-CN', text)];

/** The text of an export: each key as tools take it, and how they do. */
export function customerKeyFile(stack: string, at: string, keys: readonly (CustomerKey & { key: Secret })[]): Secret {
  const lines = [...both(say('customerKeyFileTitle', { stack, count: keys.length })), `Exported: ${at}`, ''];
  for (const { id, name, md5, createdAt, objects, key } of keys) {
    const rows: [string, string][] = [
      ['Name', name],
      ['Id', id],
      ['Key (base64)', key.reveal()],
      ['Key (hex)', Buffer.from(key.reveal(), 'base64').toString('hex')],
      ['MD5 (base64)', md5],
      ['Made', createdAt],
      ['Objects noted', String(objects)],
    ];
    lines.push(...rows.map(([label, value]) => `${`${label}:`.padEnd(18)}${value}`), '');
  }
  lines.push(...both(say('customerKeyFileMc')), '', ...recipe.map((line) => `    ${line}`), '', ...both(say('customerKeyFileKeep')));
  return new Secret(`${lines.join('\n')}\n`);
}

/** The keys of such a text, and when it was exported. Throws `customerKeyFileNoKeys` where it holds none, or one that is not what it says. */
export function keysInFile(text: Secret): { exportedAt: string; keys: ExportedKey[] } {
  const content = text.reveal().replaceAll('\r\n', '\n');
  const keys = content.split('\n\n').flatMap((block): ExportedKey[] => {
    const key = valueIn(block, 'Key (base64)');
    if (key === undefined) return [];
    const [name, createdAt, md5] = [valueIn(block, 'Name'), valueIn(block, 'Made'), valueIn(block, 'MD5 (base64)')];
    const secret = new Secret(key);
    if (!name || !isTime(createdAt) || customerKeyMd5(secret) !== md5) throw new AppError('customerKeyFileNoKeys');
    return [{ name, key: secret, createdAt }];
  });
  const exportedAt = valueIn(content, 'Exported');
  if (keys.length === 0 || !isTime(exportedAt)) throw new AppError('customerKeyFileNoKeys');
  return { exportedAt, keys };
}

function valueIn(block: string, label: string): string | undefined {
  const line = block.split('\n').find((one) => one.startsWith(`${label}:`));
  return line?.slice(label.length + 1).trim();
}

const isTime = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text));

/** mc has no way to read a key but its command line (`--enc-c`: hex, or base64 without padding). Read like this it stays out of the shell's history. */
const recipe = [
  "stty -echo; printf 'Key (hex): '; read -r SSE_C_KEY; stty echo",
  'mc cp --enc-c "ALIAS/BUCKET/=$SSE_C_KEY" ALIAS/BUCKET/OBJECT ./OBJECT',
  'unset SSE_C_KEY',
];
