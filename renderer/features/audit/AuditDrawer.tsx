import type { Audit } from '../../../shared/audit.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { useStackDocument } from '../../components/cluster.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { formatNumber, shorten, shortVersion } from '../../components/format.ts';
import type { EvidenceText } from '../../components/hops.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { auditCommands, planHead } from './auditCommands.ts';

interface AuditDrawerProps {
  audit: Audit;
  /** What is shown of it; absent: all of it. */
  place?: { readonly bucket?: string | undefined; readonly prefix: string };
  /** The plans of findings, in place of the lines that look at the place. */
  commands?: readonly CommandLine[];
}

/** The same by mc, and who answered what, when. */
export function AuditDrawer({ audit, place, commands }: AuditDrawerProps) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const document = useStackDocument(audit.sample ? undefined : audit.stackId, audit.cluster);
  const dataFolder = useCall('app.info', {}).data?.dataFolder;
  const n = (value: number): string => formatNumber(value, language);
  const { who, at } = audit;
  const version = who.serverVersion === undefined ? undefined : shortVersion(who.serverVersion);
  const answered = audit.sample ? ('info' as const) : ('ok' as const);
  const lines: EvidenceText[] = [
    ...(audit.sample ? [{ mark: 'info' as const, text: t('audit.map.evidence.sample') }] : []),
    {
      mark: answered,
      text: t('audit.map.evidence.server', { server: who.server.replace(/^https?:\/\//, ''), version: version ?? '' }).trim(),
      at,
    },
    {
      mark: answered,
      text: t('audit.map.evidence.credential', { credential: shorten(who.credential, 32), user: who.user }),
      at: audit.startedAt,
    },
    { mark: answered, text: t(`audit.map.evidence.${audit.method}`, { count: audit.requests, number: n(audit.requests) }), at },
    ...(audit.expected
      ? [{ mark: 'info' as const, text: t('audit.map.evidence.expected', { number: n(audit.expected.objects) }), at: audit.expected.at }]
      : []),
    ...(audit.gaps > 0
      ? [{ mark: 'warn' as const, text: t('audit.answer.more.gaps', { count: audit.gaps, number: n(audit.gaps) }), at }]
      : []),
    ...(audit.error ? [{ mark: 'fail' as const, text: explain(audit.error).title, at }] : []),
    ...(audit.protected ? [] : [{ mark: 'warn' as const, text: t('audit.map.evidence.practice') }]),
  ];
  const plan = commands && [...(document ? planHead(document) : []), ...commands];
  const look = document && dataFolder !== undefined ? auditCommands(document, audit, place, dataFolder) : [];
  return <DrawerContent commands={plan ?? look} lines={lines} />;
}
