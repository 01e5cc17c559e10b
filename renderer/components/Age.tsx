import { useState, useSyncExternalStore } from 'react';
import type { Language } from '../../shared/text.ts';
import { useLanguage, useWords } from '../locales/language.ts';
import { formatAge, formatAgo, formatFull } from './format.ts';

// Two clocks for all ages, of a second and of half a minute: thousands of old rows must not wake every second. Both stand
// still while the window is hidden.
function createClock(everyMs: number): (listener: () => void) => () => void {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const run = (): void => {
    clearInterval(timer);
    timer = listeners.size === 0 || document.hidden ? undefined : setInterval(tick, everyMs);
  };
  const onVisible = (): void => {
    if (!document.hidden) tick();
    run();
  };
  return (listener) => {
    listeners.add(listener);
    if (listeners.size === 1) {
      document.addEventListener('visibilitychange', onVisible);
      run();
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      document.removeEventListener('visibilitychange', onVisible);
      run();
    };
  };
}

const everySecond = createClock(1000);
const everyHalfMinute = createClock(30_000);
const oldMs = 90_000;

/** A text that depends on the time of day; renders again only when the text changes. */
export function useTimed(text: (now: number) => string, clock = everySecond): string {
  return useSyncExternalStore(clock, () => text(Date.now()));
}

/** "14 minutes ago" for a sentence. */
export function useAgo(at: string | undefined): string {
  const language = useLanguage();
  return useTimed((now) => (at === undefined ? '' : formatAgo(at, now, language)));
}

function useAge(at: string): string {
  const language: Language = useLanguage();
  const yesterday = useWords().t('components.yesterday');
  const [clock] = useState(() => (Date.now() - Date.parse(at) > oldMs ? everyHalfMinute : everySecond));
  return useTimed((now) => formatAge(at, now, language, yesterday), clock);
}

/** How old something is, with the absolute time on hover: the browser's own, because tables show thousands. */
export function Age({ at, className }: { at: string; className?: string }) {
  const language = useLanguage();
  const age = useAge(at);
  return (
    <time dateTime={at} title={formatFull(at, language)} className={`sd-age ${className ?? ''}`}>
      {age}
    </time>
  );
}
