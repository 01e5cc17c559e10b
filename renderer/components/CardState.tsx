import type { ObjectState } from '../../shared/objects.ts';
import { useLanguage, useWords } from '../locales/language.ts';
import { useAgo } from './Age.tsx';
import { formatFull } from './format.ts';
import facts from './objectFacts.module.css';
import { StateSwatch } from './StateSwatch.tsx';

interface CardStateProps {
  /** Undefined: a delete marker, which has none. */
  state: ObjectState['state'] | undefined;
  /** When the object itself was asked. */
  at: string | undefined;
  /** What is said until then. */
  until: string;
}

/** The head of an object's card: its state, and how old that answer is. */
export function CardState({ state, at, until }: CardStateProps) {
  const { t } = useWords();
  const language = useLanguage();
  const ago = useAgo(at);
  const loud = state === 'plaintext' || state === 'unreadable';
  return (
    <div className={facts.state}>
      {state === undefined ? null : <StateSwatch state={state} size={20} />}
      {/* The word is announced; an age that grows each second is not. */}
      <strong role="status" style={loud ? { color: `var(--sd-${state}-word)` } : undefined}>
        {t(state === undefined ? 'objects.level.deleteMarker' : `components.state.${state}`)}
      </strong>
      <span className={facts.checked} title={at === undefined ? undefined : formatFull(at, language)}>
        {at === undefined ? until : t('objects.card.asked', { ago })}
      </span>
    </div>
  );
}
