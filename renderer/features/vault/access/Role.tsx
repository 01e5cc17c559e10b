import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { type Evidence, evidence } from '../../../../shared/setup.ts';
import type { RoleDetail } from '../../../../shared/vaultAccess.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import type { StackSummary } from '../../../components/currentStack.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { FactList } from '../../../components/FactList.tsx';
import { formatSeconds } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './access.module.css';
import { Findings } from './Findings.tsx';
import { addressOf } from './place.ts';
import { RoleDialog } from './RoleDialog.tsx';
import { RotateDialog } from './RotateDialog.tsx';
import { SecretIds } from './SecretIds.tsx';

interface RoleProps {
  stack: StackSummary;
  detail: RoleDetail;
  did(evidence: readonly Evidence[]): void;
}

/** One role: what it gives, how long, to whom, and its secret IDs. */
export function Role({ stack, detail, did }: RoleProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const [work, setWork] = useState<'change' | 'rotate' | undefined>(undefined);
  const unlock = useAction('vault.unlockRole');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const job = useJob(jobId);
  const told = useRef<string>(undefined);
  useEffect(() => {
    const found = job?.state === 'succeeded' && told.current !== job.id ? evidence.array().safeParse(job.result) : undefined;
    if (!found?.success) return;
    told.current = job?.id;
    did(found.data);
  }, [job, did]);
  const { mount, role, fields } = detail;
  const name = { stackId: stack.id, mount, role };
  const life = (seconds: number): string => (seconds === 0 ? t('vaultAccess.role.noEnd') : formatSeconds(seconds, language));
  const times = (count: number): string => (count === 0 ? t('vaultAccess.role.anyTimes') : t('vaultAccess.role.times', { count }));

  async function open(): Promise<void> {
    const done = await unlock.run(name);
    if (done) did(done.evidence);
  }

  return (
    <section aria-labelledby="role-head">
      <div className={styles.head}>
        <h2 id="role-head">
          {role} <span className={styles.quiet}>auth/{mount}</span>
        </h2>
        {detail.locked ? (
          <ChangeButton size="xs" variant="filled" loading={unlock.pending} onClick={() => void open()}>
            {t('vaultAccess.role.unlock')}
          </ChangeButton>
        ) : null}
        <Button size="xs" onClick={() => setWork('change')}>
          {t('vaultAccess.role.change')}
        </Button>
        {detail.kes ? (
          <ChangeButton size="xs" loading={job?.state === 'running'} onClick={() => setWork('rotate')}>
            {t('vaultAccess.role.rotate')}
          </ChangeButton>
        ) : null}
      </div>
      {unlock.error ? <ErrorNotice error={unlock.error} /> : null}
      {job?.state === 'running' && job.note ? <p className={styles.sentence}>{sentence(job.note)}</p> : null}
      {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
      {job?.state === 'succeeded' ? <p className={styles.sentence}>{t('vaultAccess.role.rotated')}</p> : null}
      <Findings findings={detail.findings} />
      <FactList label={148}>
        <Fact label="Role ID">
          <CopyValue value={detail.roleId} longest={40} />
        </Fact>
        <Fact label={t('vaultAccess.roles.policies')}>
          <span className="sd-mono">{fields.token_policies.join(', ')}</span>{' '}
          <Link href={addressOf('policies')}>{t('vaultAccess.role.look')}</Link>
        </Fact>
        <Fact label={t('vaultAccess.role.token')}>
          {fields.token_period > 0
            ? t('vaultAccess.role.periodic', { life: life(fields.token_period) })
            : t('vaultAccess.role.lives', { life: life(fields.token_ttl), most: life(fields.token_max_ttl) })}
        </Fact>
        <Fact label={t('vaultAccess.role.tokenUses')}>{times(fields.token_num_uses)}</Fact>
        <Fact label={t('vaultAccess.role.secretId')}>
          {t('vaultAccess.role.secretIdValue', {
            life: fields.secret_id_ttl === 0 ? t('vaultAccess.secretIds.forEver') : life(fields.secret_id_ttl),
            uses: times(fields.secret_id_num_uses),
          })}
        </Fact>
        <Fact label={t('vaultAccess.role.addresses')}>
          {fields.secret_id_bound_cidrs.length + fields.token_bound_cidrs.length === 0
            ? t('vaultAccess.role.anywhere')
            : t('vaultAccess.role.from', {
                logins: fields.secret_id_bound_cidrs.join(', ') || t('vaultAccess.role.anywhere'),
                tokens: fields.token_bound_cidrs.join(', ') || t('vaultAccess.role.anywhere'),
              })}
        </Fact>
      </FactList>
      <SecretIds stackId={stack.id} detail={detail} did={did} />
      {work === 'change' ? (
        <RoleDialog
          stackId={stack.id}
          mount={mount}
          role={detail}
          onClose={() => setWork(undefined)}
          onDone={(_, evidence) => {
            did(evidence);
            setWork(undefined);
          }}
        />
      ) : null}
      {work === 'rotate' ? (
        <RotateDialog
          stackId={stack.id}
          detail={detail}
          onClose={() => setWork(undefined)}
          onStarted={(id) => {
            setJobId(id);
            setWork(undefined);
          }}
        />
      ) : null}
    </section>
  );
}
