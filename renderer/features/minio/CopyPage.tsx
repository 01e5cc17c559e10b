import { Button, Select } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { CopyPlan, MinioCopy } from '../../../shared/minioCopy.ts';
import { useStackDocument } from '../../components/cluster.tsx';
import { type StackSummary, useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatBytes, formatNumber } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useJob } from '../../jobs/useJob.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { PlanWarnings } from '../../wizard/PlanView.tsx';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import styles from './variables.module.css';

/** The way out of a MinIO whose objects only it can open: read there, written here, compared. */
export function CopyPage() {
  const { stack, stacks } = useCurrentStack();
  return stack ? (
    <Copy key={stack.id} stack={stack} others={stacks.filter(({ id, origin }) => id !== stack.id && origin !== 'sample')} />
  ) : null;
}

function Copy({ stack, others }: { stack: StackSummary; others: readonly StackSummary[] }) {
  const { t } = useWords();
  const copies = useCall('minio.copies', { stackId: stack.id }).data?.copies ?? [];
  const document = useStackDocument(stack.id);
  const key = document?.minioClusters[0]?.defaultKey;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [kind, setKind] = useState<'sse-kms' | 'sse-s3'>('sse-kms');
  const from = chosen ?? copies.at(-1)?.from ?? others[0]?.id;
  const copy = copies.find((one) => one.from === from);
  const look = useAction('minio.planCopy');
  const start = useAction('minio.copyFrom');
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  const [plan, setPlan] = useState<CopyPlan | undefined>(undefined);
  const job = useJob(followed ?? copy?.jobId);
  const running = job?.state === 'running';
  const encrypt = kind === 'sse-kms' && key !== undefined ? { kind, key } : { kind: 'sse-s3' as const };
  const answer = useAnswer(plan, copy, running);
  const known = plan !== undefined || copy !== undefined;

  return (
    <div className="sd-fill">
      <PageHeader
        above={<Link href="/minio-variables">{t('frame.page.minioVariables')}</Link>}
        question={t('minioCopy.question')}
        answer={answer}
      />
      <div className={styles.page}>
        {others.length === 0 ? (
          <EmptyState
            picture={<IconServer2 size={36} stroke={1} aria-hidden />}
            question={t('minioCopy.noOther')}
            sentence={t('minioCopy.fromWhy')}
            action={
              <Button component={Link} href="/connect" variant="filled">
                {t('minioCopy.connect')}
              </Button>
            }
          />
        ) : (
          <div className={styles.choices}>
            <Select
              label={t('minioCopy.from')}
              value={from ?? null}
              allowDeselect={false}
              data={others.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(value) => {
                setChosen(value ?? undefined);
                setPlan(undefined);
              }}
            />
            <Select
              label={t('minioCopy.encrypt')}
              value={encrypt.kind}
              allowDeselect={false}
              data={[
                ...(key === undefined ? [] : [{ value: 'sse-kms', label: t('minioCopy.kms', { key }) }]),
                { value: 'sse-s3', label: t('minioCopy.s3') },
              ]}
              onChange={(value) => setKind(value === 'sse-s3' ? 'sse-s3' : 'sse-kms')}
            />
            <EngineButton
              variant={known ? 'default' : 'filled'}
              loading={look.pending}
              disabled={from === undefined || running}
              onClick={() => from && void look.run({ stackId: stack.id, from }).then((found) => found && setPlan(found))}
            >
              {t('minioCopy.plan')}
            </EngineButton>
            {known ? (
              <ChangeButton
                variant="filled"
                loading={start.pending || running}
                onClick={() =>
                  from && void start.run({ stackId: stack.id, from, encrypt }).then((begun) => begun && setFollowed(begun.jobId))
                }
              >
                {t(copy?.state === 'stopped' ? 'minioCopy.goOn' : 'minioCopy.start')}
              </ChangeButton>
            ) : null}
          </div>
        )}
        {[look.error, start.error, job?.state === 'failed' ? job.error : undefined].map((error) =>
          error ? <ErrorNotice key={error.code} error={error} /> : null,
        )}
        {running ? <RunningLine job={job} /> : null}
        {plan ? <Plan plan={plan} /> : null}
        {copy && copy.failures.length > 0 && !running ? <Failures copy={copy} /> : null}
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </div>
  );
}

function useAnswer(plan: CopyPlan | undefined, copy: MinioCopy | undefined, running: boolean) {
  const { t } = useWords();
  const language = useLanguage();
  if (running) return { mark: 'info' as const, text: t('minioCopy.answer.running', { count: copy?.copied ?? 0 }) };
  if (copy && copy.failures.length > 0)
    return { mark: 'warn' as const, text: t('minioCopy.answer.failed', { copied: copy.copied, count: copy.failures.length }) };
  if (copy?.state === 'done') return { mark: 'ok' as const, text: t('minioCopy.answer.done', { count: copy.copied }) };
  if (copy?.state === 'stopped') return { mark: 'warn' as const, text: t('minioCopy.answer.stopped', { count: copy.copied }) };
  if (!plan) return { mark: 'absent' as const, text: t('minioCopy.answer.none') };
  const objects = plan.buckets.reduce((sum, bucket) => sum + bucket.objects, 0);
  const bytes = plan.buckets.reduce((sum, bucket) => sum + bucket.bytes, 0);
  const time = t('minioCopy.minutes', { count: Math.max(1, Math.ceil(plan.seconds / 60)) });
  return { mark: 'info' as const, text: t('minioCopy.answer.planned', { count: objects, size: formatBytes(bytes, language), time }) };
}

function Plan({ plan }: { plan: CopyPlan }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <>
      <div className={styles.findings}>
        <PlanWarnings warnings={plan.warnings} />
      </div>
      <table className={styles.table} aria-label={t('minioCopy.table.label')}>
        <thead>
          <tr>
            <th scope="col">{t('minioCopy.table.bucket')}</th>
            <th scope="col">{t('minioCopy.table.objects')}</th>
            <th scope="col">{t('minioCopy.table.size')}</th>
            <th scope="col">{t('minioCopy.table.here')}</th>
          </tr>
        </thead>
        <tbody>
          {plan.buckets.map(({ name, objects, bytes, counted, there }) => (
            <tr key={name}>
              <td className="sd-mono">{name}</td>
              <td>
                {counted ? formatNumber(objects, language) : t('minioCopy.table.atLeast', { count: formatNumber(objects, language) })}
              </td>
              <td>{formatBytes(bytes, language)}</td>
              <td>{there === undefined ? t('minioCopy.table.no') : formatNumber(there, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Failures({ copy }: { copy: MinioCopy }) {
  const { t } = useWords();
  return (
    <section className={styles.findings}>
      <h2>{t('minioCopy.failures')}</h2>
      {copy.failures.slice(0, 100).map(({ bucket, key, code }) => (
        <ErrorNotice key={`${bucket}/${key}`} error={{ code, details: { where: `${bucket}/${key}`, found: '' } }} />
      ))}
    </section>
  );
}
