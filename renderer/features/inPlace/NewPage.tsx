import { Radio } from '@mantine/core';
import { useState } from 'react';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { InPlace, InPlaceScope } from '../../../shared/inPlace.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { addressOf, go, listAddress } from './place.ts';
import { TargetChoice } from './TargetChoice.tsx';
import { scopeWords } from './words.ts';

interface NewProps {
  stackId: string;
  scope: InPlaceScope | undefined;
  /** What the address says of how. */
  proposed: EncryptionChoice | undefined;
}

/** What shall be encrypted and how; the plan comes next and changes nothing. */
export function NewPage({ stackId, scope, proposed }: NewProps) {
  const words = useWords();
  const { t } = words;
  const [target, setTarget] = useState(proposed);
  const [mode, setMode] = useState<InPlace['mode']>(
    scope?.from === 'audit' && scope.filter.versions === 'noncurrent' ? 'history' : 'current',
  );
  const plan = useAction('inPlace.plan');
  const above = (
    <span className={styles.place}>
      <a href={listAddress}>{t('inPlace.runs')}</a>
      <span aria-hidden>/</span>
      {t('inPlace.new.head')}
    </span>
  );
  if (!scope) {
    return <PageHeader above={above} question={t('inPlace.question')} answer={{ mark: 'warn', text: t('inPlace.new.noScope') }} />;
  }
  const asked = scope;
  async function begin(): Promise<void> {
    if (!target) return;
    const begun = await plan.run({ stackId, scope: asked, target, mode });
    if (begun) go(addressOf(begun.id));
  }
  return (
    <>
      <PageHeader
        above={above}
        question={t('inPlace.question')}
        answer={{
          mark: 'info',
          text: (
            <span title={scopeWords(scope, words)}>
              {t(isPlain(scope) ? 'inPlace.new.scope' : 'inPlace.new.scopeOther', { scope: scopeWords(scope, words) })}
            </span>
          ),
        }}
      />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <TargetChoice
          stackId={stackId}
          target={target}
          onChange={setTarget}
          bucket={scope.from === 'audit' ? scope.filter.bucket : scope.bucket}
        />
        <fieldset className={styles.group}>
          <legend>{t('inPlace.mode.head')}</legend>
          <Radio.Group
            value={mode}
            onChange={(value) => setMode(value === 'history' ? 'history' : 'current')}
            aria-label={t('inPlace.mode.head')}
          >
            <div className={styles.rows}>
              {(['current', 'history'] as const).map((one) => (
                <Radio key={one} value={one} label={t(`inPlace.mode.${one}`)} description={t(`inPlace.mode.${one}Why`)} />
              ))}
            </div>
          </Radio.Group>
        </fieldset>
        {plan.error ? <ErrorNotice error={plan.error} /> : null}
        <div className={styles.go}>
          <EngineButton type="submit" variant="filled" disabled={!target} loading={plan.pending}>
            {t('inPlace.new.plan')}
          </EngineButton>
          <span className={styles.why}>{t('inPlace.new.planWhy')}</span>
        </div>
      </form>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

/** Objects that were named, or of another state, may be encrypted already: with another key then. */
function isPlain(scope: InPlaceScope): boolean {
  return scope.from === 'prefix' || (scope.from === 'audit' && scope.filter.states?.join() === 'plaintext');
}
