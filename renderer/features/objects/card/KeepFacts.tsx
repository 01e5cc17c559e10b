import { UnstyledButton } from '@mantine/core';
import type { ObjectCard } from '../../../../shared/objects.ts';
import { Age } from '../../../components/Age.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { formatFull, formatNumber } from '../../../components/format.ts';
import { ObjectStateBadge } from '../../../components/ObjectStateBadge.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import styles from './card.module.css';
import { FactGroup, PartValue } from './FactGroup.tsx';

/** More are behind the page's own switch for versions. */
const mostShown = 8;

interface KeepFactsProps {
  card: ObjectCard;
  /** Shows the card of another version; absent: the page cannot. */
  onVersion: ((versionId: string) => void) | undefined;
}

/** Retention, legal hold, and the versions of this name. */
export function KeepFacts({ card: { row, retention, legalHold, versions }, onVersion }: KeepFactsProps) {
  const { t } = useWords();
  const language = useLanguage();
  const number = (value: number): string => formatNumber(value, language);
  return (
    <FactGroup title={t('objects.card.group.keep')}>
      {row.deleteMarker ? null : (
        <>
          <Fact label={t('objects.card.retention')}>
            <PartValue part={retention} none={t('objects.card.none')}>
              {({ mode, until }) => t('objects.card.retentionValue', { mode, until: formatFull(until, language) })}
            </PartValue>
          </Fact>
          <Fact label={t('objects.card.hold')}>
            <PartValue part={legalHold} none={t('objects.card.no')}>
              {(on) => t(on ? 'objects.card.on' : 'objects.card.no')}
            </PartValue>
          </Fact>
        </>
      )}
      <Fact label={t('objects.card.versions')}>
        <PartValue part={versions} none={t('objects.card.none')}>
          {({ rows, more }) => (
            <>
              {more
                ? t('objects.card.versionsMore', { number: number(rows.length) })
                : t('objects.card.versionsCount', { count: rows.length, number: number(rows.length) })}
              {rows.length < 2 ? null : (
                <ul className={styles.versions}>
                  {rows.slice(0, mostShown).map((version) => {
                    const here = row.versionId === undefined ? version.latest === true : version.versionId === row.versionId;
                    const full = version.modifiedAt === undefined ? '' : formatFull(version.modifiedAt, language);
                    const id = version.versionId;
                    const what = version.deleteMarker ? (
                      t('objects.card.version.marker')
                    ) : version.encryption.state === 'notRead' ? (
                      <span>{t('components.state.unknown')}</span>
                    ) : (
                      <ObjectStateBadge state={version.encryption.state} />
                    );
                    return (
                      <li key={id ?? full} data-here={here || undefined}>
                        {here || id === undefined || version.deleteMarker || !onVersion ? (
                          what
                        ) : (
                          <UnstyledButton
                            aria-label={t('objects.card.version.open', { at: full })}
                            title={id}
                            onClick={() => onVersion(id)}
                          >
                            {what}
                          </UnstyledButton>
                        )}
                        <span className={styles.when} title={full}>
                          {here ? (
                            t('objects.card.version.shown')
                          ) : version.latest || version.modifiedAt === undefined ? (
                            t('objects.card.version.current')
                          ) : (
                            <Age at={version.modifiedAt} />
                          )}
                        </span>
                      </li>
                    );
                  })}
                  {rows.length > mostShown ? (
                    <li>{t('objects.card.moreVersions', { count: rows.length - mostShown, number: number(rows.length - mostShown) })}</li>
                  ) : null}
                </ul>
              )}
            </>
          )}
        </PartValue>
      </Fact>
    </FactGroup>
  );
}
