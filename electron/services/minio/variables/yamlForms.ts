import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, visit, type YAMLMap } from 'yaml';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { readEnvironment } from '../../../clients/minioAdmin/environmentFile.ts';
import { readYaml } from '../../../platform/yamlDocument.ts';
import { type Entry, type Place, variableName } from './places.ts';

/** More than any deployment has; each may take in the same lines. */
const mostServices = 100;

/** MinIO's part of a document: its entries, and what it names elsewhere. */
interface Found {
  readonly entries: Entry[];
  readonly elsewhere: string[];
}

type LineOf = (node: unknown) => number;

/** Places of a compose file, of a chart's values or of manifests; undefined: it is no YAML of such a kind. Throws `minioVariablesYaml`. */
export function readYamlForms(content: string, name: string): Place[] | undefined {
  const { documents, lineOf: lineAt, error } = readYaml(content);
  if (error?.code === 'RESOURCE_EXHAUSTION') throw new AppError('minioVariablesYaml', { name, line: error.line });
  const maps = documents.filter(({ contents }) => isMap(contents));
  if (maps.length === 0) return undefined;
  const roots = maps.map(({ contents }) => contents as YAMLMap);
  const kinds = roots.map((root) => scalar(root.get('kind', true)));
  const services = roots.find((root) => isMap(root.get('services', true)));
  const isChart = roots.some((root) => chartKeys.some((key) => root.has(key)));
  if (!services && !isChart && kinds.every((kind) => kind === undefined)) return undefined;
  if (error) throw new AppError('minioVariablesYaml', { name, line: error.line });
  const lineOf: LineOf = (node) => lineAt((node as Node | undefined)?.range?.[0] ?? 0);
  if (services) return compose(services, lineOf, anchorsOf(documents));
  if (kinds.some((kind) => kind !== undefined)) return manifests(maps, lineOf);
  return roots.map((root) => chart(root, lineOf, name));
}

function scalar(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.source ?? node.value) : undefined;
}

function pairs(node: unknown): { key: string; value: unknown; at: unknown }[] {
  return isMap(node) ? node.items.map(({ key, value }) => ({ key: scalar(key) ?? '', value, at: key })) : [];
}

function items(node: unknown): unknown[] {
  return isSeq(node) ? node.items : [];
}

/** What `*name` stands for: MinIO's own compose file writes the lines of all its servers once. */
type Anchors = ReadonlyMap<string, unknown>;

function anchorsOf(documents: readonly Document[]): Anchors {
  const anchors = new Map<string, unknown>();
  for (const document of documents)
    visit(document, (_key, node) => {
      if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    });
  return anchors;
}

const meant = (node: unknown, anchors: Anchors): unknown => (isAlias(node) ? anchors.get(node.source) : node);

/** The pairs of a map, those that `<<` takes in first. Each map is taken in once: maps that name each other have no end. */
function mergedPairs(node: unknown, anchors: Anchors, taken = new Set<unknown>()): ReturnType<typeof pairs> {
  const map = meant(node, anchors);
  if (taken.has(map)) return [];
  taken.add(map);
  const own = pairs(map);
  const merged = own
    .filter(({ key }) => key === '<<')
    .flatMap(({ value }) => {
      const given = meant(value, anchors);
      return isSeq(given) ? given.items : [given];
    });
  return [...merged.flatMap((one) => mergedPairs(one, anchors, taken)), ...own.filter(({ key }) => key !== '<<')];
}

/** `environment` as a map or a list, `env_file`, `secrets`. */
function compose(root: YAMLMap, lineOf: LineOf, anchors: Anchors): Place[] {
  return pairs(root.get('services', true))
    .slice(0, mostServices)
    .flatMap(({ key, value }) => serviceOf(key, mergedPairs(value, anchors), lineOf, anchors));
}

function serviceOf(name: string, lines: ReturnType<typeof pairs>, lineOf: LineOf, anchors: Anchors): Place[] {
  const of = (wanted: string): unknown => meant(lines.findLast(({ key }) => key === wanted)?.value, anchors);
  const environment = of('environment');
  const entries: Entry[] = [
    ...mergedPairs(environment, anchors).map(({ key: variable, value: given, at }) => ({
      name: variable,
      value: interpolated(scalar(given)),
      line: lineOf(at),
    })),
    ...items(environment).flatMap((item): Entry[] => {
      const written = scalar(item) ?? '';
      const cut = written.indexOf('=');
      // A name alone is taken from the shell that runs compose.
      return [
        {
          name: cut < 0 ? written : written.slice(0, cut),
          value: cut < 0 ? undefined : interpolated(written.slice(cut + 1)),
          line: lineOf(item),
        },
      ];
    }),
  ].filter(({ name }) => variableName.test(name));
  const file = of('env_file');
  const elsewhere = [scalar(file), ...items(file).map((item) => scalar(isMap(item) ? item.get('path', true) : item))];
  const isMinio = /minio/i.test(scalar(of('image')) ?? '') || entries.some(({ name }) => name.startsWith('MINIO_'));
  return isMinio ? [{ form: 'compose', name, entries, elsewhere: elsewhere.filter((one) => one !== undefined) }] : [];
}

/** `$$` is a dollar sign, `${NAME:-default}` has a value where nobody sets NAME. */
function interpolated(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const plain = value.replaceAll('$$', '\0').replace(/\$\{[A-Za-z_]\w*:?-([^{}]*)\}/g, '$1');
  return plain.includes('$') ? undefined : plain.replaceAll('\0', '$');
}

const chartKeys = ['environment', 'rootUser', 'rootPassword', 'extraEnvVars', 'extraEnv', 'auth', 'tenant', 'existingSecret', 'users'];

/** Values of the community chart, of Bitnami's and of the operator's tenant chart. */
function chart(root: YAMLMap, lineOf: LineOf, name: string): Place {
  const found: Found = { entries: [], elsewhere: [] };
  const credential = (map: unknown, user: string, password: string): void => {
    if (!isMap(map)) return;
    for (const [key, variable] of [
      [user, 'MINIO_ROOT_USER'],
      [password, 'MINIO_ROOT_PASSWORD'],
    ] as const) {
      const node = map.get(key, true);
      const value = scalar(node);
      if (value) found.entries.push({ name: variable, value, line: lineOf(node) });
    }
  };
  credential(root, 'rootUser', 'rootPassword');
  credential(root, 'accessKey', 'secretKey');
  credential(root.get('auth', true), 'rootUser', 'rootPassword');
  for (const { key, value, at } of pairs(root.get('environment', true)))
    found.entries.push({ name: key, value: scalar(value), line: lineOf(at) });
  for (const key of ['extraEnvVars', 'extraEnv']) envList(root.get(key, true), found, lineOf);
  for (const key of ['existingSecret', 'extraSecret', 'extraEnvVarsSecret', 'extraEnvVarsCM']) {
    const value = scalar(root.get(key, true));
    if (value) found.elsewhere.push(value);
  }
  const tenant = root.get('tenant', true);
  if (isMap(tenant)) {
    envList(tenant.get('env', true), found, lineOf);
    credential(tenant.get('configSecret', true), 'accessKey', 'secretKey');
    kesOfTenant(tenant.get('kes', true), found, lineOf);
  }
  return { form: 'helm', name, ...found };
}

/** `env` of a container: a value, or a reference into a Secret or ConfigMap. */
function envList(node: unknown, found: Found, lineOf: LineOf): void {
  for (const item of items(node)) {
    if (!isMap(item)) continue;
    const variable = scalar(item.get('name', true));
    if (variable === undefined || !variableName.test(variable)) continue;
    found.entries.push({ name: variable, value: scalar(item.get('value', true)), line: lineOf(item) });
    const from = item.get('valueFrom', true);
    for (const { value } of pairs(from)) {
      const secret = isMap(value) ? scalar(value.get('name', true)) : undefined;
      if (secret !== undefined) found.elsewhere.push(secret);
    }
  }
}

/** The operator starts KES itself and gives its key to MinIO. */
function kesOfTenant(node: unknown, found: Found, lineOf: LineOf): void {
  if (!isMap(node)) return;
  const key = node.get('keyName', true);
  const value = scalar(key);
  if (value) found.entries.push({ name: 'MINIO_KMS_KES_KEY_NAME', value, line: lineOf(key) });
  for (const reference of ['kesSecret', 'clientCertSecret', 'externalCertSecret']) {
    const secret = node.get(reference, true);
    const named = scalar(isMap(secret) ? secret.get('name', true) : undefined);
    if (named) found.elsewhere.push(named);
  }
}

/** Tenants and other workloads, with the Secrets that lie in the same file. */
function manifests(documents: Document[], lineOf: LineOf): Place[] {
  const secrets = new Map<string, ReadonlyMap<string, string>>();
  for (const { contents } of documents) {
    const root = contents as YAMLMap;
    if (scalar(root.get('kind', true)) !== 'Secret') continue;
    const held = new Map<string, string>();
    for (const { key, value } of pairs(root.get('data', true))) held.set(key, Buffer.from(scalar(value) ?? '', 'base64').toString('utf8'));
    for (const { key, value } of pairs(root.get('stringData', true))) held.set(key, isScalar(value) ? String(value.value ?? '') : '');
    const name = scalar(root.getIn(['metadata', 'name'], true));
    if (name !== undefined) secrets.set(name, held);
  }
  return documents.flatMap(({ contents }): Place[] => {
    const root = contents as YAMLMap;
    const kind = scalar(root.get('kind', true));
    if (kind === undefined || kind === 'Secret') return [];
    const found: Found = { entries: [], elsewhere: [] };
    const configuration = root.getIn(['spec', 'configuration', 'name'], true);
    const named = scalar(configuration);
    const held = named === undefined ? undefined : secrets.get(named)?.get('config.env');
    if (held !== undefined)
      for (const [name, value] of readEnvironment(held)) found.entries.push({ name, value, line: lineOf(configuration) });
    else if (named !== undefined) found.elsewhere.push(named);
    envList(root.getIn(['spec', 'env'], true), found, lineOf);
    kesOfTenant(root.getIn(['spec', 'kes'], true), found, lineOf);
    for (const container of items(root.getIn(['spec', 'template', 'spec', 'containers'], true)))
      if (isMap(container)) envList(container.get('env', true), found, lineOf);
    if (kind !== 'Tenant' && !found.entries.some(({ name }) => name.startsWith('MINIO_'))) return [];
    const resolved = found.elsewhere.filter((one) => secrets.get(one)?.has('config.env') !== true);
    return [{ form: 'tenant', name: scalar(root.getIn(['metadata', 'name'], true)) ?? kind, entries: found.entries, elsewhere: resolved }];
  });
}
