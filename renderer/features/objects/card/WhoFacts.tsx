import type { ObjectCard, ObjectRight } from '../../../../shared/objects.ts';
import { Fact } from '../../../components/Fact.tsx';
import { formatDay, formatFull, shorten } from '../../../components/format.ts';
import { ObjectStateBadge } from '../../../components/ObjectStateBadge.tsx';
import facts from '../../../components/objectFacts.module.css';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import styles from './card.module.css';
import { FactGroup, PartValue } from './FactGroup.tsx';

const marks: Record<ObjectRight['answer'], Mark> = { yes: 'ok', no: 'absent', unknown: 'info' };

/** Who may decrypt with the key, and what the stack's credential may do here. */
export function WhoFacts({ card: { row, mayDecrypt, mayHere } }: { card: ObjectCard }) {
  const { t } = useWords();
  const language = useLanguage();
  const sealed = row.encryption.state === 'sse-kms' || row.encryption.state === 'sse-s3';
  return (
    <FactGroup title={t('objects.card.group.who')}>
      {sealed ? (
        <Fact label={t('objects.card.decrypt')}>
          <PartValue part={mayDecrypt} none={t('objects.card.right.unknown')}>
            {(names) =>
              names.length === 0 ? t('objects.card.nobody') : names.map((name) => shorten(name, 26)).join(language === 'en' ? ', ' : '、')
            }
          </PartValue>
        </Fact>
      ) : null}
      <PartValue part={mayHere} none={null} wrap={(failure) => <Fact label={t('objects.card.here')}>{failure}</Fact>}>
        {(rights) =>
          (['tried', 'policy'] as const).map((how) => (
            <Fact key={how} label={t(`objects.card.rights.${how}`)}>
              <Rights rights={rights.filter((right) => right.how === how)} />
            </Fact>
          ))
        }
      </PartValue>
    </FactGroup>
  );
}

function Rights({ rights }: { rights: readonly ObjectRight[] }) {
  const { t } = useWords();
  return (
    <ul className={styles.rights}>
      {rights.map(({ action, answer }) => (
        <li key={action}>
          <StateIcon mark={marks[answer]} silent />
          <span className="sd-mono">{action.replace('s3:', '')}</span>
          <span className={answer === 'yes' ? 'sd-hidden' : styles.answer}>{t(`objects.card.right.${answer}`)}</span>
        </li>
      ))}
    </ul>
  );
}

/** How the newest finished audit saw it. */
export function AuditFacts({ card: { audit, row } }: { card: ObjectCard }) {
  const { t } = useWords();
  const language = useLanguage();
  const other = audit && (audit.encryption.state !== row.encryption.state || audit.encryption.key !== row.encryption.key);
  const title = t('objects.card.group.audit');
  if (audit === undefined) {
    return (
      <section className={styles.group}>
        <h3>{title}</h3>
        <p className={facts.why}>{t('objects.card.seenNever')}</p>
      </section>
    );
  }
  return (
    <FactGroup title={title}>
      <Fact label={formatDay(audit.at, language)}>
        <a className={styles.marked} href={`#/audit/${audit.id}/objects`} title={formatFull(audit.at, language)}>
          <ObjectStateBadge state={audit.encryption.state} />
          {audit.encryption.key === undefined ? null : <span className="sd-mono">{shorten(audit.encryption.key, 20)}</span>}
        </a>
        {other ? <span className={facts.why}>{t('objects.card.seenOther')}</span> : null}
      </Fact>
    </FactGroup>
  );
}
