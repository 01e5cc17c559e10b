import { Tooltip } from '@mantine/core';
import { useCallback, useSyncExternalStore } from 'react';
import type { Language } from '../../shared/text.ts';
import { useLanguage, useWords } from '../locales/language.ts';
import { formatAge, formatAgo, formatFull } from './format.ts';

// One clock for all ages; it stands still while the window is hidden.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  for (const listener of [...listeners]) listener();
}

function run(): void {
  clearInterval(timer);
  timer = undefined;
  if (listeners.size === 0 || document.hidden) return;
  timer = setInterval(tick, 1000);
}

function onVisible(): void {
  if (!document.hidden) tick();
  run();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) document.addEventListener('visibilitychange', onVisible);
  listeners.add(listener);
  if (listeners.size === 1) run();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', onVisible);
    run();
  };
}

/** A text that depends on the time of day; renders again only when the text changes. */
export function useTimed(text: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => text(Date.now()));
}

/** "14 minutes ago" for a sentence. */
export function useAgo(at: string | undefined): string {
  const language = useLanguage();
  return useTimed((now) => (at === undefined ? '' : formatAgo(at, now, language)));
}

function useAge(at: string): string {
  const language: Language = useLanguage();
  const yesterday = useWords().t('components.yesterday');
  return useTimed(useCallback((now: number) => formatAge(at, now, language, yesterday), [at, language, yesterday]));
}

/** How old something is, with the absolute time on hover. */
export function Age({ at, className }: { at: string; className?: string }) {
  const language = useLanguage();
  const age = useAge(at);
  return (
    <Tooltip label={formatFull(at, language)}>
      <time dateTime={at} className={`sd-age ${className ?? ''}`}>
        {age}
      </time>
    </Tooltip>
  );
}
