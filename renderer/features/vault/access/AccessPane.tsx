import { useLocation } from 'wouter';
import type { StackSummary } from '../../../components/currentStack.ts';
import { useWords } from '../../../locales/language.ts';
import { PartFrame } from '../PartFrame.tsx';
import { Audit } from './Audit.tsx';
import styles from './access.module.css';
import { Engines } from './Engines.tsx';
import { Policies } from './Policies.tsx';
import { addressOf, parts, placeOf } from './place.ts';
import { Roles } from './Roles.tsx';
import { Transit } from './Transit.tsx';

/** Who may do what in Vault: log-ins, engines, policies, audit and the second layer. */
export function AccessPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const [address, go] = useLocation();
  const { part, role } = placeOf(address);
  return (
    <PartFrame
      key={part}
      question={t(`vaultAccess.question.${part}`)}
      label={t('vaultAccess.parts')}
      parts={parts.map((value) => ({ value, label: t(`vaultAccess.part.${value}`) }))}
      part={part}
      onPart={(next) => go(addressOf(next))}
      evidenceOf={t('vaultAccess.evidenceOf')}
    >
      {(props) => (
        <div className={styles.part}>
          {part === 'roles' ? <Roles stack={stack} {...props} role={role} /> : null}
          {part === 'engines' ? <Engines stack={stack} {...props} /> : null}
          {part === 'policies' ? <Policies stack={stack} {...props} /> : null}
          {part === 'audit' ? <Audit stack={stack} {...props} /> : null}
          {part === 'transit' ? <Transit stack={stack} {...props} /> : null}
        </div>
      )}
    </PartFrame>
  );
}
