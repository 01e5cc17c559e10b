import { isIP } from 'node:net';
import type { CommandLine } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import type { UsedUrl } from './urls.ts';

/** What the keeper of a server elsewhere needs: a request for a certificate with this name, for the key that is there. */
export function keeperCommand({ url, host }: Pick<UsedUrl, 'url' | 'host'>): CommandLine {
  const name = isIP(host) === 0 ? `DNS:${host}` : `IP:${host}`;
  const words = [
    `-subj ${shellWord(`/CN=${host}`)}`,
    `-addext ${shellWord(`subjectAltName=${name}`)}`,
    '-addext extendedKeyUsage=serverAuth',
  ];
  return { comment: say('boardKeeper', { url }), line: `openssl req -new -key server.key ${words.join(' ')} -out server.csr` };
}
