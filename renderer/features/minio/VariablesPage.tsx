import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { VariablesPlace } from '../../../shared/minioVariables.ts';
import { useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import { ReadForm, type VariablesRead } from './ReadForm.tsx';
import { Running } from './Running.tsx';
import { StaticKey } from './StaticKey.tsx';
import { TodayPane } from './TodayPane.tsx';
import { VariableTable } from './VariableTable.tsx';
import styles from './variables.module.css';

/** What do the variables of this MinIO do today? A file of any year in, the same with today's names out. */
export function VariablesPage() {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  const [read, setRead] = useState<VariablesRead | undefined>(undefined);
  const [at, setAt] = useState(0);
  const place = read?.places[at];
  const take = (answer: VariablesRead | undefined): void => {
    setRead(answer);
    setAt(0);
  };
  const hasKey = place?.variables.some(({ name, now, carried }) => carried && (now ?? name) === 'MINIO_KMS_SECRET_KEY');
  return (
    <div className="sd-fill">
      <PageHeader
        question={t('minioVariables.question')}
        answer={place ? answerOf(place, t) : { mark: 'absent', text: t('minioVariables.none') }}
        actions={place ? <Button onClick={() => take(undefined)}>{t('minioVariables.read.again')}</Button> : undefined}
      />
      <div className={styles.page}>
        {read && place ? (
          <div className={styles.both}>
            <div>
              {read.places.length > 1 ? (
                <Select
                  className={styles.place}
                  label={t('minioVariables.place')}
                  value={String(at)}
                  allowDeselect={false}
                  data={read.places.map(({ name }, index) => ({ value: String(index), label: name }))}
                  onChange={(value) => setAt(Number(value))}
                />
              ) : null}
              <VariableTable place={place} />
              {place.variables.some(({ note }) => note?.code === 'minioVarVault') ? (
                <p className={styles.wayOut}>
                  <Link href="/minio-copy">{t('frame.page.minioCopy')}</Link>
                </p>
              ) : null}
            </div>
            <TodayPane key={`${read.source} ${at}`} source={read.source} place={at} read={place.form} />
          </div>
        ) : (
          <>
            <ReadForm onRead={take} />
            {stack ? <Running key={stack.id} stackId={stack.id} /> : null}
          </>
        )}
        <StaticKey stack={stack} held={read && hasKey ? { source: read.source, place: at } : undefined} onMade={take} />
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </div>
  );
}

function answerOf(place: VariablesPlace, t: ReturnType<typeof useWords>['t']) {
  const all = place.variables.length;
  const lost = place.variables.filter(({ standing }) => standing === 'ignored' || standing === 'useless').length;
  return lost === 0
    ? { mark: place.findings.length > 0 ? ('warn' as const) : ('ok' as const), text: t('minioVariables.answer.good', { count: all }) }
    : { mark: 'fail' as const, text: t('minioVariables.answer.old', { count: lost, all }) };
}
