import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type BoardFix, type CertificateBoard, type Renewable, renewable } from '../../../../shared/certificateBoard.ts';
import { serverKind } from '../../../../shared/stacks.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import type { EvidenceText } from '../../../components/hops.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { answerOf } from './answer.ts';
import styles from './board.module.css';
import { Compare } from './Compare.tsx';
import { Expiries } from './Expiries.tsx';
import { Folders, InstallPlan } from './Folders.tsx';
import { Identities } from './Identities.tsx';
import { knownCertificates, type NamedCertificate } from './known.ts';
import { lookCommands } from './lookCommands.ts';
import { Matrix } from './Matrix.tsx';
import { ReloadPlan, RenewPlan, SwapPlan } from './Plans.tsx';
import { RowDrawer } from './RowDrawer.tsx';

/** Handshakes cost little; a certificate that was exchanged elsewhere is seen soon. */
const every = 60_000;

/** Does every address serve a certificate that fits? */
export function ServedPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const board = useCall('certificates.served', { stackId: stack.id }, { every });
  if (board.data) return <Known stack={stack} board={board.data} again={() => void board.refetch()} looking={board.isFetching} />;
  return (
    <>
      <PageHeader question={t('certificateBoard.question')} />
      <div className={styles.notice}>
        {board.error ? <ErrorNotice error={board.error} /> : <p className={styles.quiet}>{t('certificateBoard.loading')}</p>}
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

type Doing =
  | { kind: 'row'; id: string }
  | { kind: 'renew'; id: Renewable }
  | { kind: 'swap' }
  | { kind: 'reload'; server: CertificateBoard['rows'][number]['server'] }
  | { kind: 'install'; from: { folder: string; name: string; server: CertificateBoard['rows'][number]['server'] } | undefined }
  | { kind: 'compare'; left: NamedCertificate; right: NamedCertificate };

interface KnownProps {
  stack: StackSummary;
  board: CertificateBoard;
  looking: boolean;
  again(): void;
}

function Known({ stack, board, again, looking }: KnownProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const calendar = useAction('certificates.calendar');
  const answer = answerOf(board);
  const known = knownCertificates(board, ({ what }) => sentence(what));
  const row = doing?.kind === 'row' ? board.rows.find(({ id }) => id === doing.id) : undefined;
  const close = (): void => setDoing(undefined);
  const words = { count: answer.count, number: answer.count, total: answer.total };

  function finish(): void {
    close();
    void queries.invalidateQueries({ queryKey: ['certificates.served', { stackId: stack.id }] });
  }

  function mend({ kind, target }: BoardFix): void {
    const id = renewable.safeParse(target);
    const server = serverKind.safeParse(target);
    if (kind === 'renew' && id.success) setDoing({ kind, id: id.data });
    else if (kind === 'swap') setDoing({ kind });
    else if (kind === 'reload' && server.success) setDoing({ kind, server: server.data });
    else if (kind === 'install' && server.success) {
      const source = board.sources.find((one) => one.server === server.data);
      setDoing({ kind, from: source });
    }
  }

  async function save(): Promise<void> {
    const file = await calendar.run({ stackId: stack.id });
    if (file) saveText(file.name, file.content, 'text/calendar');
  }

  return (
    <>
      <PageHeader
        question={t('certificateBoard.question')}
        answer={{ mark: answer.mark, text: t(`certificateBoard.answer.${answer.says}`, words) }}
        actions={
          <>
            <EngineButton loading={calendar.pending} onClick={() => void save()}>
              {t('certificateBoard.calendar')}
            </EngineButton>
            <EngineButton loading={looking} onClick={again}>
              {t('certificateBoard.again')}
            </EngineButton>
          </>
        }
      />
      {calendar.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={calendar.error} />
        </div>
      ) : null}
      <Matrix rows={board.rows} open={row?.id} onOpen={(id) => setDoing(row?.id === id ? undefined : { kind: 'row', id })} />
      <Identities
        board={board}
        onRenew={(id) => {
          const parsed = renewable.safeParse(id);
          if (parsed.success) setDoing({ kind: 'renew', id: parsed.data });
        }}
        onSwap={() => setDoing({ kind: 'swap' })}
      />
      <Expiries stackId={stack.id} board={board} onKept={again} />
      <Folders board={board} onInstall={(source) => setDoing({ kind: 'install', from: source })} />
      {row ? (
        <RowDrawer
          key={row.id}
          row={row}
          known={known}
          onFix={mend}
          onClose={close}
          onCompare={(right) => {
            if (row.certificate)
              setDoing({
                kind: 'compare',
                right,
                left: { id: row.id, label: row.url.replace('https://', ''), certificate: row.certificate },
              });
          }}
        />
      ) : null}
      {doing?.kind === 'renew' ? <RenewPlan key={doing.id} stackId={stack.id} id={doing.id} onClose={finish} /> : null}
      {doing?.kind === 'swap' ? <SwapPlan stackId={stack.id} onClose={finish} /> : null}
      {doing?.kind === 'reload' ? <ReloadPlan key={doing.server} stackId={stack.id} server={doing.server} onClose={finish} /> : null}
      {doing?.kind === 'install' ? (
        <InstallPlan key={doing.from?.server ?? ''} stackId={stack.id} from={doing.from} onClose={finish} />
      ) : null}
      {doing?.kind === 'compare' ? <Compare left={doing.left} right={doing.right} onClose={close} /> : null}
      {doing === undefined || (doing.kind === 'row' && !row) ? (
        <DrawerContent commands={lookCommands(board.rows)} lines={handshakes(board.rows)} />
      ) : null}
    </>
  );
}

/** What each server showed at its handshake; one address may have clients of several trusts. */
function handshakes(rows: CertificateBoard['rows']): EvidenceText[] {
  const once = new Map(rows.map((row) => [row.url, row]));
  return [...once.values()].flatMap(({ url, live, at, certificate }) =>
    live && certificate ? [{ mark: 'ok', text: `${url.replace('https://', '')}: ${certificate.subject}`, at }] : [],
  );
}
