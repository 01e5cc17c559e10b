import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence } from '../../locales/language.ts';
import styles from './buckets.module.css';
import type { Kms } from './useKeys.ts';

/** Where MinIO's keys come from, when it is not a KES that answers, and the way forward. */
export function KmsNotice({ kms }: { kms: Kms }) {
  const { sentence } = useSentence();
  if (kms.kind === 'kes' && kms.says.code === 'bucketKmsKes') return null;
  return (
    <div className={styles.notice}>
      <div className={`sd-note ${styles.kms}`} data-mark="warn" role="note">
        <StateIcon mark="warn" size={16} />
        <div>
          <p>{sentence(kms.says)}</p>
          {kms.next ? <p>{sentence(kms.next)}</p> : null}
        </div>
      </div>
    </div>
  );
}
