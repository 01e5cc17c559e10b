import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Stack } from '../../../shared/stacks.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { LiftDialog } from '../../components/readOnly/LiftDialog.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './connect.module.css';

const path = ['key', 'minio', 'bucket', 'object', 'proof'] as const;

/** The stack is saved: looking needs nothing more; working on it is allowed by one deed, and begins in the guided steps. */
export function SavedStep({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const { readOnly } = stack;
  return (
    <>
      <PageHeader
        question={t('connect.saved.question', { name: stack.name })}
        answer={{ mark: 'ok', text: t(readOnly ? 'connect.saved.readOnly' : 'connect.saved.lifted') }}
      />
      <div className={styles.ways}>
        <section>
          <h2>{t('connect.saved.look')}</h2>
          <p>{t('connect.saved.lookText')}</p>
          <Button variant={readOnly ? 'filled' : 'default'} component={Link} href="/">
            {t('connect.saved.overview')}
          </Button>
        </section>
        <section>
          <h2>{t('connect.saved.work')}</h2>
          <p>{t('connect.saved.workText')}</p>
          <ol>
            {path.map((step) => (
              <li key={step}>{t(`connect.saved.path.${step}`)}</li>
            ))}
          </ol>
          {readOnly ? (
            <Button onClick={() => setAsking(true)}>{t('components.readOnly.lift')}…</Button>
          ) : (
            <Button variant="filled" component={Link} href="/setup">
              {t('connect.saved.steps')}
            </Button>
          )}
        </section>
      </div>
      {asking ? <LiftDialog stack={stack} onClose={() => setAsking(false)} /> : null}
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}
