import { useWords } from '../../locales/language.ts';
import { useCurrentStack } from '../currentStack.ts';
import { EngineButton, type EngineButtonProps } from '../engine/EngineButton.tsx';

/** Whether the window's stack refuses changes on its servers. The engine holds it; the window says so before. */
export function useReadOnly(): boolean {
  return useCurrentStack().stack?.readOnly ?? false;
}

/** A button that changes something on a server: off while the stack is read-only, too. */
export function ChangeButton(props: Omit<EngineButtonProps, 'off'>) {
  const { t } = useWords();
  return <EngineButton {...props} off={useReadOnly() ? t('components.readOnly.reason') : undefined} />;
}
