import { isIP } from 'node:net';
import type { KeyType, Subject } from '../../../shared/certificates.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { shellWord } from '../../platform/shellWord.ts';
import type { Decisions } from './decide.ts';
import type { Asked } from './needs.ts';
import { caFile, minioCaFile, type Wanted } from './pairs.ts';

const generators: Readonly<Record<KeyType, string>> = {
  'P-256': '-algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  'P-384': '-algorithm EC -pkeyopt ec_paramgen_curve:P-384',
  Ed25519: '-algorithm ED25519',
  'RSA-2048': '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  'RSA-4096': '-algorithm RSA -pkeyopt rsa_keygen_bits:4096',
};

/**
 * The same certificates by hand, for a POSIX shell with OpenSSL 1.1.1 or newer. Keys go from file to file: no secret is
 * an argument. They make everything anew, whatever is there, but for the CA of a further cluster.
 */
export function opensslCommands(
  folder: string,
  { input, further }: Pick<Asked, 'input' | 'further'>,
  { ca, leaves }: Decisions,
  ownMinio: boolean,
): CommandLine[] {
  const lines: CommandLine[] = [
    { comment: say('certificatesCommandRights'), line: `umask 077 && mkdir -p ${shellWord(folder)} && cd ${shellWord(folder)}` },
    { line: ownMinio ? 'mkdir -p certs minio/certs/CAs' : 'mkdir -p certs' },
  ];
  if (ca && !further) {
    lines.push({ comment: say('certificatesCommandCa'), line: generate(input.keyType, 'ca.key') });
    lines.push(...issue('ca', 'ca.key', caFile, ca.wanted, undefined));
  }
  for (const { pair, decision } of leaves) {
    const key = 'file' in pair.key ? pair.key.file : pair.key.secret;
    const comment = 'file' in pair.key ? say('certificatesCommandPair', { id: pair.id }) : say('certificatesCommandOperator');
    lines.push({ comment, line: generate(input.keyType, key) });
    lines.push(...issue(pair.id, key, pair.certificate, decision.wanted, ca ? 'ca.key' : undefined));
  }
  const servers = leaves.filter(({ pair }) => pair.use === 'server').map(({ pair }) => pair.certificate);
  if (!ca && servers.length > 0) lines.push({ comment: say('certificatesCommandBundle'), line: `cat ${servers.join(' ')} > ${caFile}` });
  if (ownMinio) lines.push({ line: `cp ${caFile} ${minioCaFile}` });
  lines.push({ line: `rm -f ./*.ext && chmod 644 certs/*.crt${ownMinio ? ` minio/certs/public.crt ${minioCaFile}` : ''}` });
  for (const { pair } of leaves.filter((one) => one.pair.use === 'client')) {
    lines.push({ comment: say('certificatesCommandIdentity', { id: pair.id }), line: `kes identity of ${pair.certificate}` });
  }
  return lines;
}

export function generate(type: KeyType, file: string): string {
  return `openssl genpkey ${generators[type]} -out ${file}`;
}

/** A request, signed with extensions of our own: `req -x509` would add those of the machine's openssl.cnf, CA:TRUE among them. */
export function issue(id: string, key: string, file: string, wanted: Wanted, caKey: string | undefined): CommandLine[] {
  const signer = caKey === undefined ? `-signkey ${key}` : `-CA ${caFile} -CAkey ${caKey}`;
  const extensions = extensionsOf(wanted).map(shellWord).join(' ');
  return [
    { line: `printf '%s\\n' ${extensions} > ${id}.ext` },
    {
      line:
        `openssl req -new -utf8 -key ${key} -subj ${shellWord(subjectOf(wanted.subject))} | ` +
        `openssl x509 -req ${signer} -set_serial "0x$(openssl rand -hex 15)" -days ${wanted.days} -extfile ${id}.ext -out ${file}`,
    },
  ];
}

function extensionsOf({ use, hosts }: Wanted): string[] {
  const names = hosts.map((host) => (isIP(host) === 0 ? `DNS:${host}` : `IP:${host}`));
  return [
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid',
    `basicConstraints=critical,${use === 'ca' ? 'CA:TRUE,pathlen:0' : 'CA:FALSE'}`,
    `keyUsage=critical,${use === 'ca' ? 'keyCertSign,cRLSign' : 'digitalSignature'}`,
    ...(use === 'ca' ? [] : [`extendedKeyUsage=${use}Auth`]),
    ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
  ];
}

export function subjectOf({ commonName, organisation, unit, locality, state, country }: Subject): string {
  const parts = { C: country, ST: state, L: locality, O: organisation, OU: unit, CN: commonName };
  // OpenSSL takes `/` and `+` as separators unless they are escaped.
  return Object.entries(parts)
    .flatMap(([key, value]) => (value ? [`/${key}=${value.replace(/[\\/+]/g, '\\$&')}`] : []))
    .join('');
}
