import { Link } from 'wouter';
import { CopyAction } from '../../components/CopyValue.tsx';
import { quoted } from '../../components/serverLines.ts';
import { useWords } from '../../locales/language.ts';
import type { Ruled } from './place.ts';
import styles from './prefix.module.css';
import require from './require.module.css';

interface HeaderProps {
  bucket: string;
  prefix: string;
  rule: Ruled;
}

/** What each upload says of its encryption, as HTTP and as mc has it. */
export function PrefixHeader({ bucket, prefix, rule }: HeaderProps) {
  const { t } = useWords();
  const lines = headerLines(rule);
  const command = mcLine(bucket, prefix, rule);
  return (
    <section>
      <h2>{t('buckets.prefix.header')}</h2>
      <p>{t('buckets.prefix.headerWhy')}</p>
      <div className={styles.lines}>
        {[lines.join('\n'), command].map((text) => (
          <div key={text} className={styles.line}>
            <pre className={require.policy}>{text}</pre>
            <CopyAction value={text} />
          </div>
        ))}
      </div>
      <p>
        {t('buckets.prefix.headerHere')}{' '}
        <Link href={`/objects/${bucket}${prefix === '' ? '' : `/${encodeURIComponent(prefix)}`}`}>{t('buckets.prefix.upload')}</Link>
      </p>
    </section>
  );
}

/** The request headers of an upload. Pure. */
export function headerLines(rule: Ruled): string[] {
  if (rule.kind === 'sse-s3') return ['x-amz-server-side-encryption: AES256'];
  return ['x-amz-server-side-encryption: aws:kms', `x-amz-server-side-encryption-aws-kms-key-id: ${rule.key}`];
}

/** The same with mc, whose flag is for all that begins like its place. Pure. */
export function mcLine(bucket: string, prefix: string, rule: Ruled): string {
  const place = `sealdeck/${bucket}/${prefix}`;
  const flag = rule.kind === 'sse-s3' ? `--enc-s3 ${quoted(place)}` : `--enc-kms ${quoted(`${place}=${rule.key}`)}`;
  return `mc cp ${flag} FILE ${quoted(place)}`;
}
