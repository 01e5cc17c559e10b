import { Button, Table } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { clustersOf, keyStoreNames, otherKeyStoreOf, serverKinds, serverNames, wayOf } from '../../../shared/servers.ts';
import type { ServerKind, Stack, StackCa, StackNode } from '../../../shared/stacks.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatFull, shorten } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { LiftDialog } from '../../components/readOnly/LiftDialog.tsx';
import { serverName } from '../../components/serverName.ts';
import { useDataOption } from '../../components/useDataOption.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { BackupDialog } from './BackupDialog.tsx';
import { RemoveStack } from './RemoveStack.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { ReplaceDialog } from './ReplaceDialog.tsx';
import styles from './stacks.module.css';

type Asked = 'rename' | 'lift' | 'backup' | 'remove' | { replace: ServerKind } | undefined;

/** What a stack is made of, and what keeps it for years: backup, stack file, log-ins, its end. */
export function StackPage() {
  const { t } = useWords();
  const { stack: summary } = useCurrentStack();
  const document = useCall('stacks.get', { id: summary?.id ?? '' }, { enabled: summary !== undefined });
  const stack = document.data;
  const [asked, setAsked] = useState<Asked>(undefined);
  const data = useDataOption();
  const [, navigate] = useLocation();
  const none = (): void => setAsked(undefined);
  if (document.error) return <ErrorNotice error={document.error} />;
  if (!summary || !stack) return null;
  const answer = stack.draft ? 'draft' : stack.readOnly ? 'readOnly' : stack.origin;
  return (
    <>
      <PageHeader
        question={t('stacks.question', { name: shorten(stack.name, 40) })}
        answer={{ mark: stack.draft ? 'warn' : 'ok', text: t(`stacks.answer.${answer}`) }}
      />
      <Section title={t('stacks.identity')}>
        <Identity stack={stack} onAsk={setAsked} />
      </Section>
      <Section title={t('stacks.servers')}>
        <Servers stack={stack} />
      </Section>
      <Section title={t('stacks.credentials')}>
        <Credentials stack={stack} onReplace={(kind) => setAsked({ replace: kind })} />
      </Section>
      <Section title={t('stacks.keeping')}>
        <Keeping stack={stack} onAsk={setAsked} />
      </Section>
      {asked === 'rename' ? <RenameDialog stack={stack} onClose={none} /> : null}
      {asked === 'lift' ? <LiftDialog stack={stack} onClose={none} /> : null}
      {asked === 'backup' ? <BackupDialog stack={stack} onClose={none} /> : null}
      {asked === 'remove' ? <RemoveStack stack={stack} onClose={none} onRemoved={() => navigate('/')} /> : null}
      {typeof asked === 'object' ? <ReplaceDialog stack={stack} kind={asked.replace} onClose={none} /> : null}
      <DrawerContent
        commands={[
          { line: `npx --no-install sealdeck backup --stack ${stack.id} --to FOLDER --passphrase-file FILE${data}` },
          { line: 'npx --no-install sealdeck restore FILE --dir FOLDER --passphrase-file FILE' },
          { line: `echo '{"id":"${stack.id}"}' | npx --no-install sealdeck call stacks.export - --json${data}` },
        ]}
      />
    </>
  );
}

/** A part of the page under its own heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      <div className={styles.content}>{children}</div>
    </section>
  );
}

function Identity({ stack, onAsk }: { stack: Stack; onAsk(asked: Asked): void }) {
  const { t } = useWords();
  const language = useLanguage();
  const protect = useAction('stacks.readOnly');
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t('stacks.name')}</dt>
        <dd>
          <span>{stack.name}</span>
          <Button size="xs" onClick={() => onAsk('rename')}>
            {t('stacks.rename')}
          </Button>
        </dd>
        <dt>{t('stacks.id')}</dt>
        <dd className="sd-mono">{stack.id}</dd>
        <dt>{t('stacks.folder')}</dt>
        <dd>
          <CopyValue value={stack.folder} longest={64} />
        </dd>
        <dt>{t('stacks.made')}</dt>
        <dd>{formatFull(stack.createdAt, language)}</dd>
        <dt>{t('stacks.protection')}</dt>
        <dd>
          <span>{t(stack.readOnly ? 'stacks.refused' : 'stacks.allowed')}</span>
          {stack.readOnly ? (
            <Button size="xs" onClick={() => onAsk('lift')}>
              {t('stacks.lift')}
            </Button>
          ) : stack.origin === 'connected' ? (
            <EngineButton size="xs" loading={protect.pending} onClick={() => void protect.run({ id: stack.id, readOnly: true })}>
              {t('stacks.protect')}
            </EngineButton>
          ) : null}
          {stack.draft ? <Link href={`/connect/${stack.id}/servers`}>{t('stacks.addMissing')}</Link> : null}
        </dd>
      </dl>
      {protect.error ? <ErrorNotice error={protect.error} /> : null}
    </>
  );
}

function Servers({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const other = otherKeyStoreOf(stack);
  const ca = other && stack.cas.find(({ id }) => id === other.ca);
  return (
    <Table className={styles.table ?? ''}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className={styles.kind ?? ''}>{t('stacks.server')}</Table.Th>
          <Table.Th>{t('stacks.address')}</Table.Th>
          <Table.Th className={styles.way ?? ''}>{t('stacks.way')}</Table.Th>
          <Table.Th>{t('stacks.vouched')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {other ? (
          <Table.Tr>
            <Table.Td>{keyStoreNames[other.kind]}</Table.Td>
            <Table.Td>{other.values.endpoint === undefined ? '' : <CopyValue value={other.values.endpoint} longest={48} />}</Table.Td>
            <Table.Td className={styles.quiet ?? ''}>{t('stacks.byKes')}</Table.Td>
            <Table.Td className={styles.quiet ?? ''}>
              {ca === undefined ? '' : t('stacks.trust.file', { subject: shorten(ca.subject.replace(/^CN=/, ''), 32) })}
            </Table.Td>
          </Table.Tr>
        ) : null}
        {serverKinds
          .filter((kind) => kind !== 'vault' || other === undefined)
          .flatMap((kind) => {
            const nodes = clustersOf(stack, kind).flatMap((cluster) => cluster.nodes.map((node) => ({ node, ca: cluster.ca })));
            if (nodes.length === 0) return [<ServerRow key={kind} name={serverNames[kind]} way="none" />];
            return nodes.map(({ node, ca }) => (
              <ServerRow
                key={node.id}
                name={serverName(kind, shorten(node.id, 24), nodes.length)}
                way={node.way}
                url={node.url}
                ca={stack.cas.find(({ id }) => id === ca)}
              />
            ));
          })}
      </Table.Tbody>
    </Table>
  );
}

interface ServerRowProps {
  name: string;
  way: StackNode['way'] | 'none';
  /** Absent: the stack does not know such a server yet. */
  url?: string;
  ca?: StackCa | undefined;
}

function ServerRow({ name, way, url, ca }: ServerRowProps) {
  const { t } = useWords();
  const vouched =
    url === undefined ? '' : t(`stacks.trust.${ca?.kind ?? 'none'}`, { subject: shorten(ca?.subject.replace(/^CN=/, '') ?? '', 32) });
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td>{url === undefined ? '' : <CopyValue value={url} longest={48} />}</Table.Td>
      <Table.Td className={styles.quiet ?? ''}>{t(`stacks.ways.${way}`)}</Table.Td>
      <Table.Td className={styles.quiet ?? ''}>{vouched}</Table.Td>
    </Table.Tr>
  );
}

function Credentials({ stack, onReplace }: { stack: Stack; onReplace(kind: ServerKind): void }) {
  const { t } = useWords();
  return (
    <div className={styles.rows}>
      <p className={styles.quiet}>{t('stacks.credentialText')}</p>
      {serverKinds
        // Identity and root of servers that run here were made by Sealdeck itself; nobody rotates them elsewhere.
        .filter((kind) => wayOf(stack, kind) !== 'none' && (kind === 'vault' || wayOf(stack, kind) !== 'here'))
        .map((kind) => (
          <div key={kind} className={styles.row}>
            <span>{t(`stacks.credential.${kind}`)}</span>
            <span>
              <Button size="xs" onClick={() => onReplace(kind)} aria-label={`${t('stacks.replace')} ${t(`stacks.credential.${kind}`)}`}>
                {t('stacks.replace')}
              </Button>
            </span>
          </div>
        ))}
      <div className={styles.row}>
        <span>{t('objects.keys.link')}</span>
        <span>
          <Link href="/customer-keys">{t('objects.keys.manage')}</Link>
        </span>
      </div>
    </div>
  );
}

function Keeping({ stack, onAsk }: { stack: Stack; onAsk(asked: Asked): void }) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const exported = useAction('stacks.export');
  async function save(): Promise<void> {
    const file = await exported.run({ id: stack.id });
    if (file) saveText(file.name, file.content, 'application/json');
  }
  const rows = [
    { name: 'backup', act: () => onAsk('backup') },
    { name: 'restore', act: () => navigate('/restore') },
    { name: 'exportFile', text: 'exportText', act: () => void save() },
    { name: 'importFile', text: 'importText', act: () => navigate('/restore') },
    { name: 'remove', act: () => onAsk('remove'), danger: true },
  ] as const;
  return (
    <div className={styles.rows}>
      {rows.map((row) => (
        <div key={row.name} className={styles.row}>
          <Button onClick={row.act} {...('danger' in row ? { className: styles.danger ?? '' } : {})}>
            {t(`stacks.${row.name}`)}
          </Button>
          <span className={styles.quiet}>{t('text' in row ? `stacks.${row.text}` : `stacks.${row.name}Text`)}</span>
        </div>
      ))}
      {exported.error ? <ErrorNotice error={exported.error} /> : null}
    </div>
  );
}
