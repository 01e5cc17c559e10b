import type { ReactNode } from 'react';
import type { BoardCertificate } from '../../../../shared/certificateBoard.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { FactList } from '../../../components/FactList.tsx';
import { formatDay } from '../../../components/format.ts';
import { useLanguage, useWords } from '../../../locales/language.ts';

export const factNames = [
  'subject',
  'issuer',
  'names',
  'validity',
  'keyType',
  'signature',
  'isCa',
  'usages',
  'serial',
  'fingerprint',
  'identity',
] as const;
export type FactName = (typeof factNames)[number];

/** One fact of a certificate in words, comparable with the same of another one. */
export function useFactText(): (name: FactName, certificate: BoardCertificate) => string {
  const { t } = useWords();
  const language = useLanguage();
  return (name, certificate) => {
    switch (name) {
      case 'names':
        return certificate.names?.join(' ') || t('certificateBoard.fact.none');
      case 'validity':
        return [certificate.notBefore, certificate.notAfter].map((at) => (at ? formatDay(at, language) : '')).join(' – ');
      case 'isCa':
        return certificate.isCa ? 'CA:TRUE' : 'CA:FALSE';
      case 'usages':
        return certificate.usages?.join(' ') || t('certificateBoard.fact.any');
      default:
        return certificate[name] ?? '';
    }
  };
}

const hashes: readonly FactName[] = ['serial', 'fingerprint', 'identity'];

/** What a certificate says of itself. */
export function Facts({ certificate }: { certificate: BoardCertificate }) {
  const { t } = useWords();
  const text = useFactText();
  return (
    <FactList label={96}>
      {factNames.map((name) => {
        const value = text(name, certificate);
        const shown: ReactNode = hashes.includes(name) ? (
          <CopyValue value={value} longest={22} />
        ) : (
          <span className={name === 'names' ? 'sd-mono' : undefined}>{value}</span>
        );
        return (
          <Fact key={name} label={t(`certificateBoard.fact.${name}`)}>
            {shown}
          </Fact>
        );
      })}
    </FactList>
  );
}
