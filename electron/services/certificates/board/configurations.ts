import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { readEnvironment } from '../../../clients/minioAdmin/environmentFile.ts';
import { handoverFolder } from '../../../jobs/handover.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { readYaml } from '../../../platform/yamlDocument.ts';

/** A value and the line of the file that holds it. */
export interface Found {
  value: string;
  line: number;
}

/** A file of a server's configuration that lies in the stack's folder. `away`: it was written for another host, so its paths lead nowhere here. */
export interface ConfigurationFile {
  path: string;
  content: string;
  away: boolean;
}

type Access = Pick<StackAccess, 'folder'>;
type Place = 'kes' | 'minio' | 'vault';

const files: Readonly<Record<Place, { here: readonly string[]; away: readonly string[] }>> = {
  kes: { here: ['kes/kes.yaml'], away: ['kes.yaml'] },
  minio: { here: ['minio/minio.env'], away: ['minio.env'] },
  vault: { here: ['vault/vault.hcl', 'vault/vault.json'], away: ['vault.hcl', 'vault.json', 'openbao.hcl'] },
};

/** The configuration of a server that runs here, or that was written for its host. */
export async function configurationOf(access: Access, place: Place): Promise<ConfigurationFile | undefined> {
  const wanted = [
    ...files[place].here.map((path) => ({ path, away: false })),
    ...files[place].away.map((name) => ({ path: `${handoverFolder(place)}/${name}`, away: true })),
  ];
  for (const { path, away } of wanted) {
    const content = await access.folder.read(path);
    if (content !== undefined) return { path, content, away };
  }
  return undefined;
}

export interface KesFacts {
  endpoint?: Found;
  vaultCa?: Found;
  certFile?: Found;
  /** Client certificates must come from a trusted CA. */
  auth: boolean;
  /** Each identity of a policy, as it stands there. */
  identities: (Found & { policy: string })[];
  admin?: Found;
}

/** What KES's configuration says of certificates. A broken file says nothing; KES itself would not start with it. */
export function kesFacts(content: string): KesFacts {
  const {
    documents: [document],
    lineOf,
    error,
  } = readYaml(content, { one: true });
  const facts: KesFacts = { auth: false, identities: [] };
  if (error || document === undefined) return facts;
  const found = (path: readonly string[]): Found | undefined => scalarOf(document.getIn(path, true), lineOf);
  const set = (name: 'endpoint' | 'vaultCa' | 'certFile' | 'admin', path: readonly string[]): void => {
    const value = found(path);
    if (value) facts[name] = value;
  };
  set('endpoint', ['keystore', 'vault', 'endpoint']);
  set('vaultCa', ['keystore', 'vault', 'tls', 'ca']);
  set('certFile', ['tls', 'cert']);
  set('admin', ['admin', 'identity']);
  facts.auth = found(['tls', 'auth'])?.value === 'on';
  const policies = document.get('policy', true);
  if (!isMap(policies)) return facts;
  for (const { key, value } of policies.items) {
    const list = isMap(value) ? value.get('identities', true) : undefined;
    if (!isScalar(key) || !isSeq(list)) continue;
    for (const item of list.items) {
      const one = scalarOf(item, lineOf);
      if (one) facts.identities.push({ ...one, policy: String(key.value) });
    }
  }
  return facts;
}

function scalarOf(node: unknown, lineOf: (at: number) => number): Found | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  const [start] = (node as Node).range ?? [0];
  return { value: String(node.value), line: lineOf(start) };
}

export interface MinioFacts {
  endpoints: Found[];
  caPath?: Found;
  certFile?: Found;
  keyFile?: Found;
}

/** What MinIO's environment file says of KES. */
export function minioFacts(content: string): MinioFacts {
  const environment = readEnvironment(content);
  const rows = content.split('\n');
  const found = (name: string): Found | undefined => {
    const value = environment.get(name);
    const at = rows.findLastIndex((row) => new RegExp(`^\\s*(?:export\\s+)?${name}=`).test(row));
    return value === undefined || value === '' ? undefined : { value, line: at + 1 };
  };
  const endpoint = found('MINIO_KMS_KES_ENDPOINT');
  const [caPath, certFile, keyFile] = ['CAPATH', 'CERT_FILE', 'KEY_FILE'].map((name) => found(`MINIO_KMS_KES_${name}`));
  return {
    endpoints: endpoint
      ? endpoint.value.split(',').flatMap((value) => (value.trim() === '' ? [] : [{ value: value.trim(), line: endpoint.line }]))
      : [],
    ...(caPath ? { caPath } : {}),
    ...(certFile ? { certFile } : {}),
    ...(keyFile ? { keyFile } : {}),
  };
}

/** `api_addr` and the listener's certificate of a Vault configuration, in HCL or JSON. */
export function vaultFacts(content: string): { apiAddr?: Found; certFile?: Found } {
  const found = (name: string): Found | undefined => {
    const match = new RegExp(`^[^#\\n]*?"?\\b${name}"?\\s*[=:]\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'm').exec(content);
    if (!match) return undefined;
    const line = content.slice(0, match.index + match[0].length).split('\n').length;
    return { value: (match[1] ?? '').replace(/\\(.)/g, '$1'), line };
  };
  const [apiAddr, certFile] = [found('api_addr'), found('tls_cert_file')];
  return { ...(apiAddr ? { apiAddr } : {}), ...(certFile ? { certFile } : {}) };
}
