import { useDebouncedValue } from '@mantine/hooks';
import { useEffect } from 'react';
import { keyName } from '../../../../shared/kes.ts';
import { useAgo } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from './tray.module.css';

const typingMs = 400;

interface KmsKeyAnswerProps {
  stackId: string;
  name: string;
  more: boolean;
  onFails(fails: boolean): void;
}

/** Whether MinIO can work with the key now, asked when the typing rests. */
export function KmsKeyAnswer({ stackId, name, more, onFails }: KmsKeyAnswerProps) {
  const { t } = useWords();
  const [settled] = useDebouncedValue(name, typingMs);
  const isName = keyName.safeParse(name).success;
  const tried = useCall('uploads.tryKey', { stackId, key: settled }, { enabled: isName && settled === name });
  const answer = settled === name ? tried.data : undefined;
  const ago = useAgo(answer?.at);
  const fails = answer?.ok === false;
  useEffect(() => onFails(fails), [fails, onFails]);
  if (!isName) return <p className={styles.quiet}>{t(name === '' && more ? 'objects.tray.keyWhy' : 'objects.tray.keyBad')}</p>;
  const error = settled === name ? (tried.error ?? (fails ? answer.error : undefined)) : undefined;
  if (error) return <ErrorNotice error={error} />;
  return (
    <p className={styles.evidence} role="status">
      {answer?.ok ? <StateIcon mark="ok" silent /> : null}
      {answer?.ok ? t('objects.tray.keyOpened', { ago }) : t('objects.tray.keyTrying')}
    </p>
  );
}
