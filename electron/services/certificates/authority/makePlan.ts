import { isIP } from 'node:net';
import type { MakeInput, MakePlan, RequestTarget } from '../../../../shared/certificateFiles.ts';
import { keyReaders } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { serverKinds } from '../../../../shared/servers.ts';
import type { CommandLine } from '../../../../shared/setup.ts';
import type { Stack } from '../../../../shared/stacks.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { canonicalHost } from '../build.ts';
import { generate, subjectOf } from '../commands.ts';
import { isOurs } from '../needs.ts';
import { minioIdentityFile, pairs } from '../pairs.ts';
import { type OpenSigner, openSigner } from './signers.ts';

const day = 86_400_000;

/** Where the files of one go. */
export function pathsOf(input: Pick<MakeInput, 'what' | 'name'>): { certificate: string; key: string; request: string } {
  const folder = input.what === 'authority' ? 'certs/authority' : 'certs/made';
  return {
    certificate: `${folder}/${input.name}.crt`,
    key: `${folder}/${input.name}.key`,
    request: `certs/requests/${input.name}.csr`,
  };
}

/**
 * Refuses what could not work, before anything is made. Throws `certificateFileExists`, `certificatePathLength`, `certificateNamesMissing`,
 * `certificatePassphraseMissing`, `certificateTargetElsewhere`, `invalidInput` and what `openSigner` throws.
 */
export async function checkInput(access: StackAccess, input: MakeInput): Promise<OpenSigner | undefined> {
  const paths = pathsOf(input);
  const first = input.what === 'request' ? paths.request : paths.certificate;
  for (const file of [first, ...(input.what === 'leaf' && input.keyIn === 'file' ? [paths.key] : [])])
    if ((await access.folder.read(file)) !== undefined) throw new AppError('certificateFileExists', { file });
  if (input.what !== 'authority') {
    for (const host of input.hosts) canonicalHost(host);
    if (input.use === 'server' && input.hosts.length === 0) throw new AppError('certificateNamesMissing');
  }
  if (input.what === 'request' && !targetsOf(access.stack).includes(input.target))
    throw new AppError('certificateTargetElsewhere', { target: input.target });
  if (input.what === 'leaf' && input.protection !== 'none' && !input.passphrase) throw new AppError('certificatePassphraseMissing');
  const issuer = input.what === 'request' ? undefined : input.issuer;
  if (issuer === undefined) return undefined;
  const signer = await openSigner(access, issuer);
  if (input.what === 'authority') {
    const left = signer.pathLength ?? Number.POSITIVE_INFINITY;
    if (left < 1 || input.pathLength > left - 1)
      throw new AppError('certificatePathLength', {
        file: issuer,
        allowed: Number.isFinite(left) ? left : 0,
        wanted: input.pathLength + 1,
      });
  }
  return signer;
}

/** What `make` would do, with the openssl lines for it. Changes nothing. */
export async function planMake(access: StackAccess, input: MakeInput): Promise<MakePlan> {
  const signer = await checkInput(access, input);
  return { changes: changesOf(input), warnings: warningsOf(input, signer), commands: commandsOf(access, input), files: filesOf(input) };
}

function changesOf(input: MakeInput): Text[] {
  const { name, keyType } = input;
  if (input.what === 'authority') {
    const { days, pathLength: below } = input;
    return input.issuer === undefined
      ? [say('certificatePlanRoot', { name: input.subject.commonName, keyType, days, below })]
      : [say('certificatePlanIntermediate', { name: input.subject.commonName, keyType, days, below, issuer: input.issuer })];
  }
  if (input.what === 'request') return [say('certificatePlanRequest', { name, keyType })];
  const values = { name, keyType, days: input.days };
  const how =
    input.issuer === undefined ? say('certificatePlanSelfSigned', values) : say('certificatePlanLeaf', { ...values, issuer: input.issuer });
  return [how];
}

function warningsOf(input: MakeInput, signer: OpenSigner | undefined): Text[] {
  const warnings: Text[] = [];
  if (input.what !== 'request') {
    const left = signer ? Math.floor((signer.certificate.validToDate.getTime() - Date.now()) / day) : undefined;
    if (left !== undefined && input.days > left) warnings.push(say('certificateWarnCut', { days: left }));
  }
  if (input.what === 'authority') {
    if (input.days > 5475) warnings.push(say('certificateWarnCaLong', { days: input.days }));
    if (input.issuer === undefined && input.pathLength === 0) warnings.push(say('certificateWarnNoIntermediate'));
    return warnings;
  }
  if (input.keyType === 'Ed25519' && input.use === 'server') warnings.push(say('certificatesEd25519'));
  if (input.what === 'request') {
    if (!input.ask.includes('names') && input.use === 'server') warnings.push(say('certificateWarnNamesNotAsked'));
    if (input.use === 'client') warnings.push(say('certificateWarnPublicClient'));
    return warnings;
  }
  if (input.use === 'server' && input.days > 825) warnings.push(say('certificatesLong', { days: input.days }));
  if (input.issuer === undefined) warnings.push(say('certificatesSelfSigned'));
  if (input.protection !== 'none') warnings.push(readersText(input.protection));
  if (input.hosts.some((host) => isIP(host) === 0 && !host.includes('.') && host !== 'localhost'))
    warnings.push(say('certificateWarnShortName'));
  return warnings;
}

/** Which servers open a key that is protected so. */
export function readersText(protection: 'pkcs8' | 'rfc1423'): Text {
  const { kes, minio, minioIdentity } = keyReaders[protection];
  if (kes === undefined) return say('certificateReadersNone');
  return say('certificateReadersOld', { kes, minio: minio ?? '', identity: minioIdentity ?? '' });
}

function filesOf(input: MakeInput): MakePlan['files'] {
  const { certificate, key, request } = pathsOf(input);
  if (input.what === 'request') return [{ path: request, mode: '0644', why: say('certificateFileRequest') }];
  if (input.what === 'authority') return [{ path: certificate, mode: '0644', why: say('certificateFileAuthority') }];
  return [
    { path: certificate, mode: '0644', why: say('certificateFileLeaf') },
    ...(input.keyIn === 'file' ? [{ path: key, mode: '0600', why: say('certificateFileKey') }] : []),
  ];
}

function commandsOf(access: StackAccess, input: MakeInput): CommandLine[] {
  const { certificate, key, request } = pathsOf(input);
  const keyFile = input.what === 'request' ? request.replace(/csr$/, 'key') : key;
  const folder = certificate.slice(0, certificate.lastIndexOf('/'));
  const extensions = extensionsOf(input).map(shellWord).join(' ');
  const encrypt = input.what === 'leaf' && input.protection === 'pkcs8' ? ' -aes256' : '';
  const lines: CommandLine[] = [
    {
      comment: say('certificatesCommandRights'),
      line: `umask 077 && cd ${shellWord(access.folder.path('.'))} && mkdir -p ${folder} certs/requests`,
    },
    {
      ...(input.what === 'leaf' && input.keyIn === 'file' ? {} : { comment: say('certificateCommandStore') }),
      line: `${generate(input.keyType, keyFile)}${encrypt}`,
    },
  ];
  const subject = shellWord(subjectOf(input.subject));
  if (input.what === 'request') {
    const wanted = extensionsOf(input)
      .map((one) => ` -addext ${shellWord(one)}`)
      .join('');
    lines.push({ line: `openssl req -new -utf8 -key ${keyFile} -subj ${subject}${wanted} -out ${request}` });
    return lines;
  }
  const sign =
    input.issuer === undefined
      ? `-signkey ${keyFile}`
      : `-CA ${shellWord(input.issuer)} -CAkey ${shellWord(input.issuer.replace(/\.crt$/, '.key'))}`;
  lines.push(
    { line: `printf '%s\\n' ${extensions} > ${input.name}.ext` },
    {
      line:
        `openssl req -new -utf8 -key ${keyFile} -subj ${subject} | openssl x509 -req ${sign} ` +
        `-set_serial "0x$(openssl rand -hex 15)" -days ${input.days} -extfile ${input.name}.ext -out ${certificate} && rm ${input.name}.ext`,
    },
  );
  return lines;
}

function extensionsOf(input: MakeInput): string[] {
  const identifiers = input.what === 'request' ? [] : ['subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid'];
  if (input.what === 'authority')
    return [...identifiers, `basicConstraints=critical,CA:TRUE,pathlen:${input.pathLength}`, 'keyUsage=critical,keyCertSign,cRLSign'];
  const names = input.hosts.map((host) => (isIP(host) === 0 ? `DNS:${host}` : `IP:${host}`));
  const asks = (what: 'names' | 'usage'): boolean => input.what === 'leaf' || input.ask.includes(what);
  return [
    ...identifiers,
    ...(input.what === 'leaf' ? ['basicConstraints=critical,CA:FALSE'] : []),
    ...(asks('usage') ? ['keyUsage=critical,digitalSignature', `extendedKeyUsage=${input.use}Auth`] : []),
    ...(names.length > 0 && asks('names') ? [`subjectAltName=${names.join(',')}`] : []),
  ];
}

/** What a company's certificate may take the place of. Servers that others run bring theirs along. */
export function targetsOf(stack: Stack): RequestTarget[] {
  const servers = serverKinds.filter((kind) => isOurs(stack, kind));
  const own = stack.identities.some(({ certFile }) => certFile === minioIdentityFile);
  return [...servers, ...(own ? (['minio-client'] as const) : []), 'other'];
}

/** The pair of the stack that a request's target stands for. */
export function pairOf(target: string): (typeof pairs)[number] | undefined {
  return pairs.find(({ id }) => id === target);
}
