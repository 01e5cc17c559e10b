import { Checkbox, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AuditScope } from '../../../shared/audit.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';
import { BucketPick } from './BucketPick.tsx';
import { EstimateFacts } from './EstimateFacts.tsx';
import { addressOf, go } from './place.ts';
import styles from './start.module.css';

const everything: AuditScope = { prefix: '', versions: false };
const gentleDefault = 10;
const settleMs = 400;

/** What shall be audited, beginning with what was asked for, and what that will take; asked of the server again whenever the scope changes. */
export function StartForm({ stackId, asked: wanted, centred }: { stackId: string; asked: AuditScope; centred: boolean }) {
  const { t } = useWords();
  const [some, setSome] = useState(wanted.buckets !== undefined);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(wanted.buckets));
  const [prefix, setPrefix] = useState(wanted.prefix);
  const [versions, setVersions] = useState(wanted.versions);
  const [verifyAll, setVerifyAll] = useState(false);
  const [gentle, setGentle] = useState(false);
  const [perSecond, setPerSecond] = useState<number | string>(gentleDefault);
  const start = useAction('audit.start');

  const scope: AuditScope = { ...(some && chosen.size > 0 ? { buckets: [...chosen].sort() } : {}), prefix, versions };
  // One answer lists the buckets; the other is about what was chosen of them.
  const all = useCall('audit.estimate', { stackId, scope: everything });
  const asked = useDebounced(JSON.stringify(scope), settleMs);
  const estimate = useCall('audit.estimate', { stackId, scope: JSON.parse(asked) as AuditScope }, { keepPrevious: true });
  const missing = some && chosen.size === 0;
  const rate = Number(perSecond);
  const options = { verifyAll, ...(gentle && rate > 0 ? { requestsPerSecond: rate } : {}) };

  async function begin(): Promise<void> {
    const begun = await start.run({ stackId, scope, options });
    if (begun) go(addressOf(begun.id));
  }

  return (
    <form
      className={centred ? `${styles.form} ${styles.centred}` : styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) void begin();
      }}
    >
      <div className={styles.fields}>
        <fieldset className={styles.group}>
          <legend>{t('audit.start.which')}</legend>
          <SegmentedControl
            aria-label={t('audit.start.which')}
            value={some ? 'some' : 'all'}
            onChange={(value) => setSome(value === 'some')}
            data={(['all', 'some'] as const).map((value) => ({ value, label: t(`audit.start.${value}`) }))}
          />
          {some ? <BucketPick buckets={all.data?.buckets ?? []} chosen={chosen} onChange={setChosen} /> : null}
        </fieldset>
        <TextInput
          label={t('audit.start.prefix')}
          description={t('audit.start.prefixWhy')}
          classNames={{ input: 'sd-mono' }}
          value={prefix}
          maxLength={1024}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
        <Checkbox
          label={t('audit.start.versions')}
          description={t('audit.start.versionsWhy')}
          checked={versions}
          onChange={(event) => setVersions(event.currentTarget.checked)}
        />
        <Checkbox
          label={t('audit.start.verify')}
          description={t('audit.start.verifyWhy')}
          checked={verifyAll}
          onChange={(event) => setVerifyAll(event.currentTarget.checked)}
        />
        <div className={styles.gentle}>
          <Checkbox
            label={t('audit.start.gentle')}
            description={t('audit.start.gentleWhy')}
            checked={gentle}
            onChange={(event) => setGentle(event.currentTarget.checked)}
          />
          {gentle ? (
            <NumberInput
              aria-label={t('audit.start.perSecond')}
              className={styles.rate}
              value={perSecond}
              onChange={setPerSecond}
              min={0.1}
              max={1000}
              suffix="/s"
            />
          ) : null}
        </div>
      </div>
      <div className={styles.side}>
        <EstimateFacts estimate={estimate.data} options={options} asking={estimate.isFetching} />
        {estimate.error ? <ErrorNotice error={estimate.error} /> : null}
        {start.error ? <ErrorNotice error={start.error} /> : null}
        <div className={styles.go}>
          <EngineButton type="submit" variant="filled" disabled={missing} loading={start.pending}>
            {t('audit.start.go')}
          </EngineButton>
          {missing ? <span className={styles.why}>{t('audit.start.chooseOne')}</span> : null}
        </div>
      </div>
    </form>
  );
}
