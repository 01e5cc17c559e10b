import type { KeyProtection, RequestTarget } from '../../../../shared/certificateFiles.ts';
import type { KeyType } from '../../../../shared/certificates.ts';
import type { Input } from '../../../rpc/client.ts';
import { isFileName } from './picked.ts';
import type { What } from './place.ts';

/** The form of all three kinds; what a kind does not ask for stays as it is. */
export interface Draft {
  readonly what: What;
  readonly name: string;
  readonly commonName: string;
  readonly organisation: string;
  readonly country: string;
  readonly keyType: KeyType;
  readonly days: number;
  readonly pathLength: number;
  /** Empty: itself. */
  readonly issuer: string;
  readonly use: 'server' | 'client';
  readonly hosts: readonly string[];
  readonly keyIn: 'file' | 'store';
  readonly protection: KeyProtection;
  readonly target: RequestTarget;
  readonly ask: readonly ('names' | 'usage')[];
}

const names: Readonly<Record<What, string>> = { authority: 'root', leaf: 'server', request: 'server' };

/** What the form begins with: the stack's own names and CA, and lifetimes that every platform takes. Pure. */
export function draftOf(
  what: What,
  { hosts, signers }: { hosts: readonly { host: string }[]; signers: readonly { file: string }[] },
): Draft {
  return {
    what,
    name: names[what],
    commonName: what === 'authority' ? 'Local root CA' : (hosts[0]?.host ?? names[what]),
    organisation: '',
    country: '',
    keyType: 'P-256',
    days: what === 'authority' ? 3650 : 365,
    pathLength: what === 'authority' ? 1 : 0,
    issuer: what === 'leaf' ? (signers[0]?.file ?? '') : '',
    use: 'server',
    hosts: hosts.map(({ host }) => host),
    keyIn: 'file',
    protection: 'none',
    target: 'other',
    ask: ['names', 'usage'],
  };
}

export type Wrong = Partial<Record<'name' | 'commonName' | 'country' | 'days' | 'hosts', true>>;

/** The fields that no plan can be made of. Pure. */
export function wrongIn(draft: Draft): Wrong {
  const wrong: Wrong = {};
  if (!isFileName(draft.name)) wrong.name = true;
  if (draft.commonName.trim() === '' || draft.commonName.length > 64) wrong.commonName = true;
  if (!/^(?:[A-Z]{2})?$/.test(draft.country)) wrong.country = true;
  if (draft.what !== 'request' && !(Number.isInteger(draft.days) && draft.days >= 1 && draft.days <= 7300)) wrong.days = true;
  if (draft.what !== 'authority' && draft.use === 'server' && draft.hosts.length === 0) wrong.hosts = true;
  return wrong;
}

type MakeInput = Input<'certificates.make'>['input'];

/** What goes to the engine. Pure. */
export function inputOf(draft: Draft, passphrase: string | undefined): MakeInput {
  const { what, name, commonName, organisation, country, keyType, days, issuer } = draft;
  const subject = {
    commonName: commonName.trim(),
    ...(organisation.trim() === '' ? {} : { organisation: organisation.trim() }),
    ...(country === '' ? {} : { country }),
  };
  const common = { name, subject, keyType };
  const signed = issuer === '' ? {} : { issuer };
  if (what === 'authority') return { what, ...common, days, pathLength: draft.pathLength, ...signed };
  const { use } = draft;
  const hosts = [...draft.hosts];
  if (what === 'request') return { what, ...common, use, hosts, target: draft.target, ask: [...draft.ask] };
  const { keyIn } = draft;
  const protection = keyIn === 'file' ? draft.protection : 'none';
  return { what, ...common, days, use, hosts, keyIn, protection, ...signed, ...(passphrase === undefined ? {} : { passphrase }) };
}
