import { keyStoreNames, otherKeyStoreOf, serverKinds, wayOf } from '../../shared/servers.ts';
import type { ServerKind } from '../../shared/stacks.ts';
import { useLanguage, useSentence, useWords } from '../locales/language.ts';
import { useCall } from '../rpc/hooks.ts';
import { useStackDocument } from './cluster.tsx';
import { commonName } from './connect/certificateFacts.ts';
import { knownServer } from './connect/knownServer.ts';
import type { StackSummary } from './currentStack.ts';
import { formatDay, formatNumber, shorten, shortVersion } from './format.ts';
import { bucketMark, certificateMark, firstToEnd, isOpen, kesMark, minioMark, ruleCounts, vaultMark, warnDays } from './health.ts';
import type { HopState, LinkState } from './hops.ts';
import type { Mark } from './StateIcon.tsx';

/** How often a visible window asks the servers again, ms: sooner while one is on its way up. */
const calmly = 30_000;
const soon = 5_000;

function often(answer: { readonly nodes: readonly { readonly state: string }[] } | undefined): number {
  const settled = answer?.nodes.every((node) => ['active', 'standby', 'working'].includes(node.state)) ?? true;
  return settled ? calmly : soon;
}

type Line = HopState['evidence'][number];
type Failure = { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined };

const host = (url: string | undefined): string => (url === undefined ? '' : url.replace(/^https?:\/\//, ''));
const line = (mark: Mark, text: string, at?: string): Line => ({ mark, text, ...(at === undefined ? {} : { at }) });

/** The chain of a stack with live evidence, and the lines between; asked again every half minute while the window is visible. */
export function useHops(stack: StackSummary | undefined): { hops: HopState[]; links: LinkState[] } {
  const { t } = useWords();
  const language = useLanguage();
  const { explain } = useSentence();
  const input = { stackId: stack?.id ?? '' };
  const asked = { enabled: stack !== undefined, every: often };
  const certificates = useCall('certificates.list', input, { enabled: stack !== undefined, every: 600_000 });
  const document = useStackDocument(stack?.id);
  const other = document && otherKeyStoreOf(document);
  const vault = useCall('vault.status', input, asked);
  const kes = useCall('kes.status', input, asked);
  const minio = useCall('minio.status', input, asked);
  const minioUp = minio.data?.nodes.some((node) => node.state !== 'unreachable') ?? false;
  const buckets = useCall('minio.buckets', input, { enabled: stack !== undefined && minioUp, every: 60_000 });
  // Connected servers were there before: their silence is a failure from the beginning.
  const building = stack !== undefined && stack.origin === 'lab' && stack.setup.proven < stack.setup.total;
  const readAt = (time: number): string | undefined => (time === 0 ? undefined : new Date(time).toISOString());
  const refused = (error: Failure | null | undefined): Line[] => (error ? [line('fail', explain(error).title)] : []);
  const named = (name: string, version: string): string => {
    const short = shortVersion(version);
    return short === undefined ? t('components.hop.fromSource', { name }) : `${name} ${short}`;
  };
  // A server that the set-up has not reached yet is absent, not broken.
  const silence = (error: Failure | undefined, mark: Mark, at: string): Line => {
    if (mark === 'absent') return line('absent', t('components.hop.notYet'));
    const closed = error === undefined || error.code === 'networkRefused' || error.code === 'networkTimeout';
    return line('fail', closed ? t('components.hop.silent') : explain(error).title, at);
  };

  const papers = certificates.data?.certificates ?? [];
  const now = Date.now();
  const first = firstToEnd(papers, now);
  const authority = papers.find((paper) => paper.id === 'ca');
  const client = papers.find((paper) => paper.id === 'minio-client');
  const papersAt = readAt(certificates.dataUpdatedAt);
  const paperLines: Line[] = [
    ...refused(certificates.error),
    ...(papers.length > 0 ? [line('ok', t('components.hop.certificates', { count: papers.length }), papersAt)] : []),
    ...(first
      ? [
          first.days < 0
            ? line('fail', t('components.hop.ended', { name: first.certificate.id }), papersAt)
            : first.days < warnDays
              ? line('warn', t('components.hop.endsIn', { name: first.certificate.id, count: first.days }), papersAt)
              : line('ok', t('components.hop.validUntil', { day: formatDay(first.certificate.notAfter, language) }), papersAt),
        ]
      : []),
    ...(client?.identity === undefined ? [] : [line('ok', t('components.hop.identity', { hash: shorten(client.identity, 9) }), papersAt)]),
  ];

  // Servers that others run show certificates of their own: who vouches for them, and since when a person said so.
  const given = document === undefined ? [] : serverKinds.filter((kind) => wayOf(document, kind) === 'api');
  const vouched = given.map((kind) => ({ kind, ca: knownServer(document, kind)?.ca }));
  for (const { ca } of vouched.filter(({ ca }, at) => vouched.findIndex((other) => other.ca?.fingerprint === ca?.fingerprint) === at)) {
    const whom = ca === undefined ? t('components.hop.nobody') : ca.kind === 'system' ? t('components.hop.system') : commonName(ca.subject);
    const parts = vouched.filter((other) => other.ca?.fingerprint === ca?.fingerprint).map(({ kind }) => t(`components.part.${kind}`));
    paperLines.push(line(ca ? 'ok' : 'warn', t('components.hop.vouched', { part: parts.join(', '), whom }), ca?.confirmedAt));
  }
  const papersMark = (): Mark => {
    if (papers.length > 0 || vouched.length === 0) return certificateMark(papers, now);
    return vouched.every(({ ca }) => ca !== undefined) ? 'ok' : 'warn';
  };
  const place = (kind: ServerKind, url: string | undefined, nodes: readonly unknown[]): string => {
    const where = url !== undefined && given.includes(kind) ? t('components.hop.byApi', { host: host(url) }) : host(url);
    return nodes.length > 1 ? `${where}, +${nodes.length - 1}` : where;
  };
  // The lines below are of one server: where there are several, how many are as good as it.
  const among = (nodes: readonly { readonly state: string; readonly at: string }[], mark: Mark): Line[] => {
    const working = nodes.filter(({ state }) => state === 'working').length;
    if (nodes.length < 2 || mark === 'absent') return [];
    return [line(mark, t('components.hop.ofWorking', { working, total: nodes.length }), nodes[0]?.at)];
  };

  const vaultNodes = other ? [] : (vault.data?.nodes ?? []);
  const vaultState = vault.error ? 'fail' : vaultMark(vaultNodes, building);
  const vaultLead = vaultNodes.find(isOpen) ?? vaultNodes[0];
  const vaultName = vaultLead?.product === 'openbao' ? 'OpenBao' : 'Vault';
  const vaultLines: Line[] = [...refused(vault.error)];
  if (vaultLead?.state === 'unreachable') vaultLines.push(silence(vaultLead.error, vaultState, vaultLead.at));
  else if (vaultLead) {
    const open = vaultNodes.filter(isOpen).length;
    const openMark = open === vaultNodes.length ? 'ok' : open > 0 ? 'warn' : vaultLead.state === 'uninitialised' ? 'warn' : 'fail';
    const openText =
      vaultLead.state === 'uninitialised'
        ? t('components.hop.uninitialised')
        : open === 0
          ? t('components.hop.sealed', { progress: vaultLead.progress ?? 0, threshold: vaultLead.threshold ?? 0 })
          : t('components.hop.unsealed', { open, total: vaultNodes.length });
    vaultLines.push(line(openMark, openText, vaultLead.at));
    if (vaultLead.version !== undefined) {
      vaultLines.push(line('ok', [`${vaultName} ${vaultLead.version}`, vaultLead.storage].filter(Boolean).join(', '), vaultLead.at));
    }
    if (vault.data?.rootToken === 'revoked') vaultLines.push(line('ok', t('components.hop.rootRevoked'), vaultLead.at));
    if (vault.data?.rootToken === 'kept') vaultLines.push(line('warn', t('components.hop.rootKept'), vaultLead.at));
  }

  const kesNodes = kes.data?.nodes ?? [];
  // Before its first key nothing is broken, whoever runs it.
  const young = stack !== undefined && stack.setup.proven < stack.setup.total && kesNodes.every(({ state }) => state === 'keyMissing');
  const kesState = kes.error ? 'fail' : kesMark(kesNodes, building || young);
  const kesLead = kesNodes.find((node) => node.state === 'working') ?? kesNodes[0];
  const kesLines: Line[] = [...refused(kes.error), ...among(kesNodes, kesState)];
  if (kesLead?.state === 'unreachable') kesLines.push(silence(kesLead.error, kesState, kesLead.at));
  else if (kesLead) {
    if (kesLead.state === 'keyStoreDown') kesLines.push(line('fail', t('components.hop.keyStoreDown'), kesLead.at));
    else {
      const latency = kesLead.keyStoreLatencyMs;
      kesLines.push(
        line(
          'ok',
          latency === undefined
            ? t('components.hop.keyStoreUp')
            : t('components.hop.keyStoreUpMs', { ms: formatNumber(latency, language) }),
          kesLead.at,
        ),
      );
    }
    if (kesLead.state === 'working') kesLines.push(line('ok', t('components.hop.realKey'), kesLead.at));
    if (kesLead.state === 'keyMissing') kesLines.push(line('warn', t('components.hop.noKey'), kesLead.at));
    if (kesLead.state === 'credentialsDead') kesLines.push(line('fail', t('components.hop.credentialsDead'), kesLead.at));
    if (kesLead.version !== undefined) kesLines.push(line('ok', named('KES', kesLead.version), kesLead.at));
  }

  // A key store of others has no seal to ask for: what KES says of it is all there is, and only a real key proves it.
  const storeMark: Mark =
    kesLead === undefined || kesLead.state === 'unreachable'
      ? 'absent'
      : kesLead.state === 'keyStoreDown' || kesLead.state === 'credentialsDead'
        ? 'fail'
        : 'ok';
  const storeLines: Line[] =
    kesLead === undefined || storeMark === 'absent'
      ? [line('absent', t('components.hop.notYet'))]
      : storeMark === 'fail'
        ? [line('fail', kesLead.error ? explain(kesLead.error).title : t('components.hop.keyStoreDown'), kesLead.at)]
        : [
            line(
              'ok',
              kesLead.keyStoreLatencyMs === undefined
                ? t('components.hop.keyStoreUp')
                : t('components.hop.keyStoreUpMs', { ms: formatNumber(kesLead.keyStoreLatencyMs, language) }),
              kesLead.at,
            ),
          ];

  const minioNodes = minio.data?.nodes ?? [];
  const minioState = minio.error ? 'fail' : minioMark(minioNodes, building);
  const minioLead = minioNodes.find(({ state }) => state === 'working') ?? minioNodes[0];
  const minioLines: Line[] = [...refused(minio.error), ...among(minioNodes, minioState)];
  const endpoints = minioLead?.kesEndpoints ?? [];
  const online = endpoints.filter((endpoint) => endpoint.online).length;
  if (minioLead?.state === 'unreachable') minioLines.push(silence(minioLead.error, minioState, minioLead.at));
  else if (minioLead) {
    if (minioLead.state === 'notReady') minioLines.push(line('warn', t('components.hop.notReady'), minioLead.at));
    if (minioLead.state === 'noKms') minioLines.push(line('warn', t('components.hop.noKms'), minioLead.at));
    else if (endpoints.length > 0) {
      const mark = online === endpoints.length ? 'ok' : online > 0 ? 'warn' : 'fail';
      minioLines.push(line(mark, t('components.hop.kmsOnline', { online, total: endpoints.length }), minioLead.at));
    }
    if (minioLead.defaultKey !== undefined) {
      const name = shorten(minioLead.defaultKey, 18);
      if (minioLead.state === 'keyFails') minioLines.push(line('fail', t('components.hop.keyFails', { name }), minioLead.at));
      else if (minioLead.state === 'working') minioLines.push(line('ok', t('components.hop.keyOpens', { name }), minioLead.at));
    }
    if (minioLead.version !== undefined) minioLines.push(line('ok', named('MinIO', minioLead.version), minioLead.at));
  }

  const all = minioUp ? (buckets.data?.buckets ?? []) : [];
  const counts = ruleCounts(all);
  const bucketsAt = readAt(buckets.dataUpdatedAt);
  const bucketLines: Line[] = [
    ...(minioUp ? refused(buckets.error) : []),
    ...(counts.ruled > 0 ? [line('ok', t('components.hop.ruled', { count: counts.ruled }), bucketsAt)] : []),
    ...(counts.open > 0 ? [line('warn', t('components.hop.unruled', { count: counts.open }), bucketsAt)] : []),
    ...(counts.unread > 0 ? [line('warn', t('components.hop.ruleUnread', { count: counts.unread }), bucketsAt)] : []),
  ];
  if (minioUp && buckets.data && all.length === 0) bucketLines.push(line('absent', t('components.hop.noBuckets'), bucketsAt));

  const reachable = (nodes: readonly { state: string }[]): boolean => nodes.some((node) => node.state !== 'unreachable');
  const linkMark = (mark: Mark, up: boolean): Mark => (up ? (mark === 'absent' ? 'ok' : mark) : mark === 'absent' ? 'absent' : 'fail');
  const vaultUp = reachable(vaultNodes);
  const kesUp = reachable(kesNodes);
  const nothing = t('components.hop.noAnswer');
  const latency = kesLead?.keyStoreLatencyMs;
  const hops: HopState[] = [
    {
      id: 'certificates',
      name: t('components.part.certificates'),
      address: authority
        ? authority.subject.replace(/^.*?CN=/, '').replace(/,.*$/, '')
        : t(vouched.length > 0 ? 'components.hop.theirs' : 'components.hop.selfSigned'),
      mark: certificates.error ? 'fail' : papersMark(),
      evidence: paperLines,
    },
    other
      ? {
          id: 'vault',
          name: keyStoreNames[other.kind],
          part: t('components.hop.keyStore'),
          address: host(other.values.endpoint ?? other.values.project_id),
          mark: storeMark,
          evidence: storeLines,
        }
      : {
          id: 'vault',
          name: vaultLead?.product === 'openbao' ? 'OpenBao' : t('components.part.vault'),
          address: place('vault', vaultLead?.url, vaultNodes),
          mark: vaultState,
          evidence: vaultLines,
        },
    { id: 'kes', name: t('components.part.kes'), address: place('kes', kesLead?.url, kesNodes), mark: kesState, evidence: kesLines },
    {
      id: 'minio',
      name: t('components.part.minio'),
      address: place('minio', minioLead?.url, minioNodes),
      mark: minioState,
      evidence: minioLines,
    },
    {
      id: 'buckets',
      name: t('components.part.buckets'),
      address: minioUp && buckets.data ? t('components.hop.buckets', { count: all.length }) : '',
      mark: minioUp ? bucketMark(all) : 'absent',
      evidence: bucketLines,
    },
  ];
  const links: LinkState[] = [
    other
      ? {
          carrier: other.kind === 'fs' ? '' : 'TLS',
          mark: linkMark('ok', storeMark === 'ok' || storeMark === 'absent'),
          measure:
            storeMark === 'ok' && other.kind !== 'fs' && !/^http:/.test(other.values.endpoint ?? '') ? t('components.hop.trusted') : '',
        }
      : {
          carrier: 'TLS',
          mark: linkMark('ok', vaultUp || vaultState === 'absent'),
          measure: vaultUp ? t('components.hop.trusted') : nothing,
        },
    {
      carrier: other ? (other.kind === 'fs' ? 'fs' : 'API') : 'AppRole',
      mark: linkMark(kesState, kesUp),
      measure: kesUp ? (latency === undefined ? '' : `${formatNumber(latency, language)} ms`) : nothing,
    },
    {
      carrier: 'mTLS',
      mark: linkMark(minioState, minioUp),
      measure: endpoints.length > 0 ? t('components.hop.ofOnline', { online, total: endpoints.length }) : nothing,
    },
    {
      carrier: 'SSE',
      mark: minioUp ? bucketMark(all) : 'absent',
      measure: all.length > 0 ? t('components.hop.ofRuled', { ruled: counts.ruled, total: all.length }) : nothing,
    },
  ];
  return { hops, links };
}
