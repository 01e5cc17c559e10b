import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDots, IconPlayerPlay, IconPlayerStop, IconRotateClockwise } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { ServerProcess } from '../../../shared/lab.ts';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { Age } from '../../components/Age.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import type { Fact } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { shorten } from '../../components/format.ts';
import { HopIcon } from '../../components/HopPicture.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { serverName } from '../../components/serverName.ts';
import { useJobs } from '../../jobs/useJob.ts';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall, useLostAt } from '../../rpc/hooks.ts';
import styles from './overview.module.css';

// Asked for rarely: not part of the first screen.
const DangerDialog = lazy(async () => ({ default: (await import('../../components/DangerDialog.tsx')).DangerDialog }));

const RestartMinio = lazy(async () => ({ default: (await import('./RestartMinio.tsx')).RestartMinio }));

const marks: Record<ServerProcess['state'], Mark> = { running: 'ok', stopped: 'absent', died: 'fail', foreign: 'warn' };

/** Ages below an hour are spans, older ones a clock time: "for 5 min", "since 14:06". */
function lately(server: ServerProcess): boolean {
  return server.state === 'running' && server.startedAt !== undefined && Date.now() - Date.parse(server.startedAt) < 3_600_000;
}

interface Wish {
  readonly deed: 'stop' | 'restart';
  /** Absent: all of them. */
  readonly server?: ServerProcess;
}

const several = (all: readonly ServerProcess[], kind: ServerKind): number => all.filter((server) => server.kind === kind).length;

function nameIn(all: readonly ServerProcess[], { kind, node }: ServerProcess): string {
  return serverName(kind, node, several(all, kind));
}

/** Servers that Sealdeck started on this machine: state, and start, stop, restart. Stopping says first what it interrupts. */
export function Servers({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const input = { stackId: stack.id };
  const servers = useCall('lab.status', input, { every: 30_000 });
  const vault = useCall('vault.status', input).data;
  const start = useAction('lab.start');
  const stop = useAction('lab.stop');
  const restart = useAction('lab.restart');
  const [wish, setWish] = useState<Wish | undefined>(undefined);
  const busy = useJobs().some((job) => job.state === 'running' && /^lab(Start|Stop|Restart)/.test(job.title.code));
  const lost = useLostAt() !== undefined;
  const all = servers.data?.servers ?? [];
  // Through its admin API a cluster of MinIO restarts as a whole; that is done where its first node stands.
  const document = useCall('stacks.get', { id: stack.id }).data;
  const whole = document?.minioClusters.find(({ nodes }) => nodes[0]?.id === wish?.server?.node)?.id;
  const ours = all.filter((server) => server.state !== 'foreign');
  const anyDown = ours.some((server) => server.state !== 'running');
  const anyUp = ours.some((server) => server.state === 'running');
  const error = servers.error ?? start.error ?? stop.error ?? restart.error ?? undefined;

  function facts({ server: one }: Wish): Fact[] {
    const touched = all.filter((server) => server.state === 'running' && (one === undefined || server.node === one.node));
    const seals = touched.some((server) => server.kind === 'vault');
    const lead = vault?.nodes[0];
    const list: Fact[] = touched.map((server) => ({
      label: nameIn(all, server),
      value: t('overview.servers.process', { pid: server.pid ?? 0, url: server.url.replace(/^https?:\/\//, '') }),
    }));
    list.push({
      label: t('overview.servers.clients'),
      value: t(touched.some((server) => server.kind === 'minio') ? 'overview.servers.interrupted' : 'overview.servers.cannotOpen'),
    });
    if (seals && lead?.threshold !== undefined) {
      list.push({
        label: t('overview.servers.afterwards'),
        value: t('overview.servers.sealed', { threshold: lead.threshold, shares: lead.shares ?? 0 }),
      });
      list.push({ label: t('overview.servers.keptHere'), value: t('overview.servers.keptShares', { count: vault?.keptShares ?? 0 }) });
    }
    return list;
  }

  async function confirm({ deed, server }: Wish): Promise<void> {
    setWish(undefined);
    await (deed === 'stop' ? stop : restart).run({ ...input, ...(server ? { kind: server.kind, node: server.node } : {}) });
  }

  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('overview.servers.head')}</h2>
        {anyDown ? (
          <ChangeButton size="xs" disabled={busy} onClick={() => void start.run(input)}>
            {t('overview.servers.startAll')}
          </ChangeButton>
        ) : null}
        {anyUp && !anyDown ? (
          <ChangeButton size="xs" disabled={busy} onClick={() => setWish({ deed: 'stop' })}>
            {t('overview.servers.stopAll')}
          </ChangeButton>
        ) : null}
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      <ul className={styles.servers}>
        {all.map((server) => (
          <li key={server.node}>
            <HopIcon id={server.kind} size={16} />
            {/* Beside the icon of its kind the id says it all, and there is room for no more. */}
            <span className={styles.server} title={nameIn(all, server)}>
              {several(all, server.kind) > 1 ? shorten(server.node, 16) : serverNames[server.kind]}
            </span>
            <StateIcon mark={marks[server.state]} silent />
            <span className={styles.state}>
              {t(`overview.servers.state.${lately(server) ? 'runningFor' : server.state}`)}
              {server.state === 'running' && server.startedAt !== undefined ? (
                <>
                  {' '}
                  <Age at={server.startedAt} />
                </>
              ) : null}
            </span>
            <Tooltip label={server.url} disabled={server.url.length < 28}>
              <span className={styles.url}>{shorten(server.url.replace(/^https?:\/\//, ''), 22)}</span>
            </Tooltip>
            <ServerMenu
              server={server}
              name={nameIn(all, server)}
              busy={busy || lost || stack.readOnly}
              onStart={() => void start.run({ ...input, kind: server.kind, node: server.node })}
              onWish={(deed) => setWish({ deed, server })}
            />
          </li>
        ))}
      </ul>
      {wish?.deed === 'restart' && whole !== undefined ? (
        <Suspense>
          <RestartMinio stackId={stack.id} cluster={whole} onClose={() => setWish(undefined)} />
        </Suspense>
      ) : wish ? (
        <Suspense>
          <DangerDialog
            opened
            title={t(`overview.servers.${wish.deed}Title`, {
              name: wish.server === undefined ? t('overview.servers.all') : nameIn(all, wish.server),
            })}
            explanation={t('overview.servers.explain')}
            facts={facts(wish)}
            keep={t('overview.servers.keep')}
            doIt={t(`overview.servers.${wish.deed}`)}
            onClose={() => setWish(undefined)}
            onConfirm={() => void confirm(wish)}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function ServerMenu(props: { server: ServerProcess; name: string; busy: boolean; onStart(): void; onWish(deed: Wish['deed']): void }) {
  const { t } = useWords();
  const { server } = props;
  const icon = { size: 14, stroke: 1.5, 'aria-hidden': true } as const;
  if (server.state === 'foreign') return <span className={styles.menu} />;
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <ActionIcon
          className={styles.menu ?? ''}
          size={20}
          disabled={props.busy}
          aria-label={t('overview.servers.menu', { name: props.name })}
        >
          <IconDots size={14} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {server.state === 'running' ? (
          <>
            <Menu.Item leftSection={<IconRotateClockwise {...icon} />} onClick={() => props.onWish('restart')}>
              {t('overview.servers.restart')}…
            </Menu.Item>
            <Menu.Item leftSection={<IconPlayerStop {...icon} />} onClick={() => props.onWish('stop')}>
              {t('overview.servers.stop')}…
            </Menu.Item>
          </>
        ) : (
          <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={props.onStart}>
            {t('overview.servers.start')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
