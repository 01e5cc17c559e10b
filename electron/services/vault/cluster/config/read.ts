import { posix } from 'node:path';
import { say, type Text } from '../../../../../shared/text.ts';
import type { ConfigLine } from '../../../../../shared/vaultConfig.ts';
import { type Entry, parseConfig, type Scalar } from '../../../../clients/vault/configText.ts';
import { type HclLine, hcl } from '../../hcl.ts';
import { isSecret, judge } from './rules.ts';

interface ReadInput {
  content: string;
  product: 'openbao' | 'vault';
  folder?: string | undefined;
}

/** Types whose blocks carry a label: `storage "file" {…}`. */
const labelled = new Set(['storage', 'backend', 'ha_storage', 'ha_backend', 'listener', 'seal', 'service_registration', 'user_lockout']);
const renamed: Readonly<Record<string, string>> = { backend: 'storage', ha_backend: 'ha_storage' };

/** Each line of a configuration with what a server of today does with it, and the same server's file for today. */
export function readConfig({ content, product, folder }: ReadInput) {
  const { form, entries } = parseConfig(content);
  const lines: ConfigLine[] = [];
  const secrets: string[] = [];

  function visit(body: readonly Entry[], above: string): HclLine[] {
    const seen = new Set<string>();
    const out: HclLine[] = [];
    for (const entry of body) {
      const path = above === '' ? entry.key : `${above}.${entry.key}`;
      const inner = entry.block ? (entry.value as readonly Entry[]) : undefined;
      const label = above !== '' || inner === undefined || !labelled.has(entry.key) ? undefined : inner;
      if (label !== undefined) {
        // The label's own entry is the line that means something.
        for (const block of label) {
          tell(block, `${entry.key}.${block.key}`, undefined, false);
          const type = renamed[entry.key] ?? entry.key;
          out.push({
            head: [type, block.key],
            body: block.block ? visit(block.value as readonly Entry[], `${entry.key}.${block.key}`) : [],
          });
        }
        continue;
      }
      if (inner !== undefined) {
        tell(entry, path, undefined, false);
        out.push({ head: [entry.key], body: visit(inner, path) });
        continue;
      }
      const value = entry.value as Scalar | readonly Scalar[];
      const told = tell(entry, path, value, seen.has(entry.key));
      if (!told.drop && !seen.has(entry.key) && !isSecret(path)) out.push([entry.key, today(value, told.line)]);
      if (isSecret(path)) secrets.push(path);
      seen.add(entry.key);
    }
    return out;
  }

  function tell(entry: Entry, path: string, value: ConfigValue, twice: boolean): { line: ConfigLine; drop: boolean } {
    const verdict = judge({ path, value, product, twice });
    const absolute = verdict.says.code === 'vaultConfigRelative' && folder !== undefined ? posix.resolve(folder, String(value)) : undefined;
    const shown = absolute === undefined ? verdict.today : `${entry.key} = "${absolute}"`;
    const line: ConfigLine = {
      line: entry.line,
      path,
      value: value === undefined ? '' : isSecret(path) ? '…' : Array.isArray(value) ? value.join(', ') : String(value),
      level: verdict.level,
      says: verdict.says,
      ...(shown === undefined ? {} : { today: shown }),
    };
    lines.push(line);
    return { line, drop: verdict.drop === true };
  }

  function today(value: Scalar | readonly Scalar[], line: ConfigLine): Scalar | string[] {
    const written = /= (?:"(.*)"|(true|false))$/.exec(line.today ?? '');
    if (written?.[1] !== undefined) return written[1];
    if (written?.[2] !== undefined) return written[2] === 'true';
    return Array.isArray(value) ? value.map(String) : (value as Scalar);
  }

  const body = visit(entries, '');
  const missing = missingIn(lines, product);
  for (const { add } of missing) if (add !== undefined) body.push(add);
  return {
    form,
    lines: lines.sort((a, b) => a.line - b.line),
    missing: missing.map(({ line, says }) => ({ line, says })),
    today: hcl(moved(body, product)),
    notes: notesOf(lines, secrets, product),
  };
}

type ConfigValue = Scalar | readonly Scalar[] | undefined;

interface Missing {
  line: string;
  says: Text;
  add?: HclLine;
}

function missingIn(lines: readonly ConfigLine[], product: 'openbao' | 'vault'): Missing[] {
  const has = (path: RegExp): boolean => lines.some((line) => path.test(line.path));
  const api = lines.find(({ path }) => path === 'api_addr')?.value;
  const raft = has(/^(?:storage|backend)\.raft$/);
  const cluster = clusterOf(api);
  return [
    ...(product === 'vault' && !has(/^disable_mlock$/)
      ? [{ line: 'disable_mlock = true', says: say('vaultConfigMissingMlock'), add: ['disable_mlock', true] as const }]
      : []),
    ...(!has(/^cluster_addr$/) && cluster !== undefined
      ? [
          {
            line: `cluster_addr = "${cluster}"`,
            says: say(raft ? 'vaultConfigMissingCluster' : 'vaultConfigMissingClusterSoft'),
            add: ['cluster_addr', cluster] as const,
          },
        ]
      : []),
    ...(has(/^api_addr$/) ? [] : [{ line: 'api_addr = "https://…:8200"', says: say('vaultConfigMissingApi') }]),
    ...(has(/^(?:storage|backend)\./) ? [] : [{ line: 'storage "raft" {…}', says: say('vaultConfigMissingStorage') }]),
    ...(has(/^listener\./) ? [] : [{ line: 'listener "tcp" {…}', says: say('vaultConfigMissingListener') }]),
  ];
}

function clusterOf(api: string | undefined): string | undefined {
  if (api === undefined || !URL.canParse(api)) return undefined;
  const url = new URL(api);
  return `https://${url.hostname}:${Number(url.port || (url.protocol === 'https:' ? 443 : 80)) + 1}`;
}

/** OpenBao has raft only: the same place, to be filled by `operator migrate` before. */
function moved(body: readonly HclLine[], product: 'openbao' | 'vault'): HclLine[] {
  if (product === 'vault') return [...body];
  return body.map((line) => {
    if (!('head' in line) || line.head[0] !== 'storage' || line.head[1] === 'raft') return line;
    return {
      head: ['storage', 'raft'],
      body: [
        ['path', '/opt/openbao/data'],
        ['node_id', 'vault-1'],
      ],
    };
  });
}

function notesOf(lines: readonly ConfigLine[], secrets: readonly string[], product: 'openbao' | 'vault'): Text[] {
  const relative = lines.filter(({ says, today }) => says.code === 'vaultConfigRelative' && today === undefined).length;
  return [
    ...(lines.some(({ path }) => /^(?:storage|backend)\.file$/.test(path))
      ? [say(product === 'openbao' ? 'vaultConfigNoteMigrate' : 'vaultConfigNoteFile')]
      : []),
    ...(relative > 0 ? [say('vaultConfigNoteRelative', { count: relative })] : []),
    ...(secrets.length > 0 ? [say('vaultConfigNoteSecrets', { names: secrets.join(', ') })] : []),
  ];
}
