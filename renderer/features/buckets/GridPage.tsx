import { IconBucket, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useStackDocument } from '../../components/cluster.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';
import { answerOf } from './answer.ts';
import { BucketGrid } from './BucketGrid.tsx';
import styles from './buckets.module.css';
import { KmsNotice } from './KmsNotice.tsx';
import { gridCommands } from './mcLines.ts';
import { NewBucket } from './NewBucket.tsx';
import { PlanDrawer } from './PlanDrawer.tsx';
import { winsAddress } from './place.ts';
import { RemoveDialog } from './RemoveDialog.tsx';
import { type Done, ResultNotice } from './ResultNotice.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { nothing, stillThere } from './selection.ts';

/** The grid of all buckets, and what is done with those that are chosen. */
export function GridPage({ stack, rule }: { stack: StackSummary; rule: string | undefined }) {
  const { t } = useWords();
  const list = useCall('buckets.list', { stackId: stack.id });
  if (list.data) return <Known stack={stack} list={list.data} rule={rule} />;
  return (
    <>
      <PageHeader question={t('buckets.question')} />
      <div className={styles.notice}>
        {list.error ? <ErrorNotice error={list.error} /> : <p className={styles.quiet}>{t('buckets.loading')}</p>}
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

type Doing = 'plan' | 'remove' | 'make' | undefined;

interface KnownProps {
  stack: StackSummary;
  list: Output<'buckets.list'>;
  /** The bucket whose plan is open at the beginning. */
  rule: string | undefined;
}

function Known({ stack, list, rule }: KnownProps) {
  const { t, language } = useWords();
  const { buckets, kms, at } = list;
  const [, go] = useLocation();
  const [selection, setSelection] = useState(() => (rule === undefined ? nothing : { ...nothing, chosen: new Set([rule]) }));
  const [doing, setDoing] = useState<Doing>(rule === undefined ? undefined : 'plan');
  const [done, setDone] = useState<Done>();
  const document = useStackDocument(stack.id);
  const names = buckets.map(({ name }) => name);
  const chosen = stillThere(selection, names);
  const number = (value: number): string => formatNumber(value, language);
  const answer = answerOf(buckets, kms);

  function finish(what: Done): void {
    setDone(what);
    setDoing(undefined);
    setSelection(nothing);
  }

  const make = (
    <ChangeButton
      leftSection={<IconPlus size={16} stroke={1.5} />}
      {...(buckets.length === 0 ? { variant: 'filled' } : {})}
      onClick={() => setDoing('make')}
    >
      {t('buckets.newBucket')}
    </ChangeButton>
  );
  return (
    <div className="sd-fill">
      <PageHeader
        question={t('buckets.question')}
        answer={
          answer && {
            mark: answer.mark,
            text: t(`buckets.answer.${answer.says}`, {
              count: buckets.length,
              number: number(buckets.length),
              ruled: number(answer.ruled),
              open: number(answer.open),
              unread: number(answer.unread),
            }),
          }
        }
        actions={buckets.length === 0 ? undefined : make}
      />
      <KmsNotice kms={kms} />
      {done ? <ResultNotice stackId={stack.id} done={done} automatic={kms.autoEncryption ?? false} onDone={setDone} /> : null}
      {buckets.length === 0 ? (
        <EmptyState
          picture={<IconBucket size={36} stroke={1} aria-hidden />}
          question={t('buckets.none.question')}
          sentence={t('buckets.none.sentence')}
          action={make}
        />
      ) : (
        <>
          <SelectionBar
            stackId={stack.id}
            chosen={chosen}
            buckets={buckets}
            at={at}
            planning={doing === 'plan'}
            onPlan={() => setDoing('plan')}
            onRemove={() => setDoing('remove')}
            onClear={() => {
              setSelection(nothing);
              setDoing(undefined);
            }}
            onDone={setDone}
          />
          <BucketGrid
            rows={buckets}
            defaultKey={kms.defaultKey}
            selection={selection}
            onSelect={setSelection}
            onOpen={(bucket) => go(`/objects/${bucket}`)}
          />
        </>
      )}
      {buckets.length === 0 ? null : (
        <div className={`sd-foot ${styles.foot}`}>
          <StateIcon mark="info" silent />
          <span>
            {t(`buckets.foot.${kms.autoEncryption === undefined ? 'unknown' : kms.autoEncryption ? 'on' : 'off'}`, {
              key: kms.defaultKey ?? '',
            })}{' '}
            {kms.kind === 'none' ? null : <Link href={winsAddress}>{t('buckets.foot.wins')}</Link>}{' '}
            <Link href="/minio-variables">{t('frame.page.minioVariables')}</Link>
          </span>
        </div>
      )}
      {doing === 'plan' && chosen.length > 0 ? (
        <PlanDrawer stack={stack} chosen={chosen} kms={kms} onClose={() => setDoing(undefined)} onDone={finish} />
      ) : (
        <DrawerContent commands={document ? gridCommands(document, chosen.length > 0 ? chosen : names) : []} evidence={[]} />
      )}
      {doing === 'remove' && chosen.length > 0 ? (
        <RemoveDialog
          stackId={stack.id}
          buckets={buckets.filter(({ name }) => chosen.includes(name))}
          automatic={kms.autoEncryption ?? false}
          onClose={() => setDoing(undefined)}
          onDone={finish}
        />
      ) : null}
      {doing === 'make' ? <NewBucket stackId={stack.id} kms={kms} onClose={() => setDoing(undefined)} onDone={finish} /> : null}
    </div>
  );
}
