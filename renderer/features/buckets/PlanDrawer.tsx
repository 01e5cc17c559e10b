import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { RulePlan } from '../../../shared/buckets.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { CopyAction } from '../../components/CopyValue.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerHead } from '../../components/DrawerHead.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import pane from '../../components/drawerPane.module.css';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { SpokenName } from '../../components/grid/RowName.tsx';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { inPlaceAddress, prefixAddress } from './place.ts';
import type { Done } from './ResultNotice.tsx';
import { RuleChoice } from './RuleChoice.tsx';
import type { Kms } from './useKeys.ts';

interface PlanProps {
  stack: StackSummary;
  chosen: readonly string[];
  kms: Kms;
  onClose(): void;
  onDone(done: Done): void;
}

const shownChanges = 8;

/** One rule for the chosen buckets: what it changes, for whom, what it leaves; then the one button that sets it. */
export function PlanDrawer({ stack, chosen, kms, onClose, onDone }: PlanProps) {
  const { t, language } = useWords();
  const { defaultKey } = kms;
  const [rule, setRule] = useState<BucketRule>(defaultKey === undefined ? { kind: 'sse-s3' } : { kind: 'sse-kms', key: defaultKey });
  const asked = useCall('buckets.plan', { stackId: stack.id, buckets: [...chosen], rule }, { keepPrevious: true });
  const apply = useAction('buckets.apply');
  const plan = asked.isPlaceholderData ? undefined : asked.data;
  const changes = (plan?.changes ?? []).filter(isChange);
  const number = (value: number): string => formatNumber(value, language);

  async function set(): Promise<void> {
    const found = await apply.run({ stackId: stack.id, changes });
    if (found) onDone({ kind: 'set', results: found.results, undo: found.undo });
  }

  return (
    <DrawerContent
      autoOpen="always"
      onLeave={onClose}
      foot={
        <>
          <ChangeButton
            variant="filled"
            disabled={changes.length === 0 || plan?.keyWorks?.ok !== true}
            loading={apply.pending}
            onClick={() => void set()}
          >
            {t('buckets.plan.set', { count: changes.length, number: number(changes.length) })}
          </ChangeButton>
          <Button variant="subtle" onClick={onClose}>
            {t('buckets.plan.discard')}
          </Button>
        </>
      }
    >
      <section className={pane.pane} aria-labelledby="bucket-plan">
        <DrawerHead
          id="bucket-plan"
          title={t('buckets.plan.title', { count: chosen.length, number: number(chosen.length) })}
          close={t('buckets.plan.close')}
          onClose={onClose}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={`${pane.body} ${styles.planBody}`} tabIndex={0}>
          <RuleChoice stackId={stack.id} rule={rule} kms={kms} onChange={setRule} />
          <div className={styles.keyLine}>
            <KeyLine works={plan?.keyWorks} byDefault={rule.kind === 'sse-s3'} failed={asked.error !== null} />
          </div>
          {asked.error ? <ErrorNotice error={asked.error} /> : null}
          {apply.error ? <ErrorNotice error={apply.error} /> : null}
          {asked.data && isOf(asked.data, chosen) ? <PlanText plan={asked.data} /> : null}
        </div>
      </section>
    </DrawerContent>
  );
}

/** While another rule is asked for, the former plan stays; that of other buckets does not. */
function isOf({ changes }: RulePlan, chosen: readonly string[]): boolean {
  return changes.length === chosen.length && changes.every(({ bucket }) => chosen.includes(bucket));
}

/** A bucket that has the rule already is no change. */
function isChange({ from, to }: RulePlan['changes'][number]): boolean {
  return from === undefined || from.kind !== to.kind || (from.kind === 'sse-kms' && to.kind === 'sse-kms' && from.key !== to.key);
}

function KeyLine({ works, byDefault, failed }: { works: RulePlan['keyWorks']; byDefault: boolean; failed: boolean }) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  if (!works) return failed ? null : <EvidenceLine mark="absent">{t('buckets.plan.testing')}</EvidenceLine>;
  if (works.error)
    return (
      <EvidenceLine mark="fail" at={works.at}>
        {explain(works.error).title}
        {language === 'en' ? '. ' : '。'}
        {explain(works.error).next}
      </EvidenceLine>
    );
  return (
    <EvidenceLine mark="ok" at={works.at}>
      {t(byDefault ? 'buckets.plan.worksDefault' : 'buckets.plan.works')}
    </EvidenceLine>
  );
}

function PlanText({ plan }: { plan: RulePlan }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const changes = plan.changes.filter(isChange);
  const same = plan.changes.length - changes.length;
  const number = (value: number): string => formatNumber(value, language);
  return (
    <>
      <h3>{t('buckets.plan.changes')}</h3>
      {changes.length === 0 ? <p className={styles.quiet}>{t('buckets.plan.nothing')}</p> : null}
      <ul className={styles.changes}>
        {changes.slice(0, shownChanges).map(({ bucket, from, to }) => (
          <li key={bucket}>
            <span className={styles.changeName}>
              <SpokenName name={bucket} />
            </span>
            <span className={styles.fromTo}>
              <RuleMark rule={from} />
              <IconArrowRight size={14} stroke={1.5} aria-label="→" />
              <RuleMark rule={to} />
            </span>
          </li>
        ))}
      </ul>
      {changes.length > shownChanges ? (
        <p className={styles.quiet}>
          {t('buckets.plan.more', { count: changes.length - shownChanges, number: number(changes.length - shownChanges) })}
        </p>
      ) : null}
      {same > 0 && changes.length > 0 ? (
        <p className={styles.quiet}>{t('buckets.plan.same', { count: same, number: number(same) })}</p>
      ) : null}
      <h3>{t('buckets.plan.affected')}</h3>
      {plan.affects.map(({ level, text }) => (
        <EvidenceLine key={text.code} mark={level}>
          {sentence(text)}
        </EvidenceLine>
      ))}
      <h3>{t('buckets.plan.doesNot')}</h3>
      {plan.doesNot.map((text) => (
        <EvidenceLine key={text.code} mark="info">
          {sentence(text)}
          {text.code === 'bucketLeavesPlain' ? <InPlaceLinks stays={plan.stays} /> : null}
          {text.code === 'bucketLeavesPrefix' && plan.changes.length === 1 ? (
            <span className={styles.links}>
              <Link href={prefixAddress(plan.changes[0]?.bucket ?? '')}>{t('buckets.plan.onePrefix')}</Link>
            </span>
          ) : null}
        </EvidenceLine>
      ))}
      <h3 className={styles.commandsHead}>
        {t('buckets.plan.commands')}
        <CopyAction value={plan.commands.join('\n')} label={t('components.copyCommands')} size={20} />
      </h3>
      <CommandBlock commands={plan.commands.map((line) => ({ line }))} />
    </>
  );
}

/** One audit and bucket a page; with several buckets each has its own link. */
function InPlaceLinks({ stays }: { stays: RulePlan['stays'] }) {
  const { t } = useWords();
  return (
    <span className={styles.links}>
      {stays.slice(0, 4).map(({ bucket, auditId }) => (
        <a key={bucket} href={inPlaceAddress(bucket, { auditId })}>
          {stays.length === 1 ? t('buckets.plan.inPlace') : t('buckets.plan.inPlaceOf', { bucket: shorten(bucket, 24) })}
        </a>
      ))}
    </span>
  );
}

function RuleMark({ rule }: { rule: BucketRule | undefined }) {
  const { t } = useWords();
  if (rule === undefined) return <span className={styles.quiet}>{t('buckets.unread')}</span>;
  if (rule.kind === 'none') return <span className={`sd-state ${styles.quiet}`}>{t('objects.rule.none')}</span>;
  return (
    <span title={rule.kind === 'sse-kms' ? rule.key : undefined}>
      <ObjectStateBadge state={rule.kind} />
    </span>
  );
}
