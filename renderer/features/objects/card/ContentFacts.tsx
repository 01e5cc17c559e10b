import type { ObjectCard } from '../../../../shared/objects.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { formatBytes, formatFull, formatNumber } from '../../../components/format.ts';
import facts from '../../../components/objectFacts.module.css';
import { useLanguage, useWords } from '../../../locales/language.ts';
import { FactGroup, Pairs, PartValue } from './FactGroup.tsx';

/** Size, time, type, ETag and checksums, metadata and tags. */
export function ContentFacts({ card, place }: { card: ObjectCard; place: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const { row, sizeOnDisk, contentType, etag, etagKind, checksums, parts, metadata, tags, storageClass, headError } = card;
  const number = (value: number): string => formatNumber(value, language);
  const told = headError === undefined || sizeOnDisk !== undefined || row.size > 0;
  const none = t('objects.card.none');
  return (
    <FactGroup title={t('objects.card.group.content')}>
      <Fact label={t('objects.card.name')}>
        <CopyValue value={place} longest={19} />
      </Fact>
      {row.deleteMarker ? null : (
        <Fact label={t('objects.card.size')}>
          {!told
            ? t('objects.sizeUnknown')
            : row.size < 1024
              ? formatBytes(row.size, language)
              : t('objects.card.sizeValue', { size: formatBytes(row.size, language), bytes: number(row.size) })}
        </Fact>
      )}
      {sizeOnDisk === undefined ? null : (
        <Fact label={t('objects.card.disk')}>
          <span title={t('objects.card.diskWhy')}>{t('objects.card.diskValue', { bytes: number(sizeOnDisk) })}</span>
        </Fact>
      )}
      {row.modifiedAt === undefined ? null : <Fact label={t('objects.card.written')}>{formatFull(row.modifiedAt, language)}</Fact>}
      {contentType === undefined ? null : <Fact label={t('objects.card.type')}>{contentType}</Fact>}
      {etag === undefined || etag === '' || row.deleteMarker ? null : (
        <Fact label={t('objects.card.etag')}>
          <CopyValue value={etag} longest={17} />
          {etagKind === undefined ? null : <span className={facts.why}>{t(`objects.card.etagKind.${etagKind}`)}</span>}
        </Fact>
      )}
      {parts === undefined ? null : <Fact label={t('objects.card.parts')}>{number(parts)}</Fact>}
      {checksums.map(({ algorithm, value, kind }) => (
        <Fact key={algorithm} label={t('objects.card.checksum')}>
          <CopyValue value={value} longest={19} />
          <span className={facts.why}>
            {algorithm}
            {kind === 'composite' ? ` ${t('objects.card.composite')}` : ''}
          </span>
        </Fact>
      ))}
      {row.deleteMarker ? null : (
        <>
          <Fact label={t('objects.card.tags')}>
            <PartValue part={tags} none={none}>
              {(value) => <Pairs pairs={value} none={none} />}
            </PartValue>
          </Fact>
          <Fact label={t('objects.card.metadata')}>
            <Pairs pairs={metadata} none={headError ? t('objects.card.right.unknown') : none} />
          </Fact>
        </>
      )}
      {storageClass === undefined ? null : <Fact label={t('objects.card.storageClass')}>{storageClass}</Fact>}
    </FactGroup>
  );
}
