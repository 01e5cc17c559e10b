import { IconCircleDotted, IconEyeOff, IconKey, IconKeyOff, IconLock, IconLockOpen2, IconLockPassword } from '@tabler/icons-react';
import type { ObjectState } from '../../shared/objects.ts';
import { useWords } from '../locales/language.ts';

type StateName = ObjectState['state'];

const icons = {
  plaintext: IconLockOpen2,
  unreadable: IconKeyOff,
  unknown: IconEyeOff,
  'sse-c': IconLockPassword,
  'sse-s3': IconLock,
  'sse-kms': IconKey,
  notRead: IconCircleDotted,
} as const;

/** Icon in the state's colour and its word; only plaintext and unreadable colour the word too. */
export function ObjectStateBadge({ state, size = 15 }: { state: StateName; size?: number }) {
  const { t } = useWords();
  const Icon = icons[state];
  const loud = state === 'plaintext' || state === 'unreadable';
  const color = `var(--sd-${state}-word)`;
  return (
    <span className="sd-state">
      <Icon size={size} stroke={1.75} color={color} aria-hidden />
      <span style={loud ? { color, fontWeight: 500 } : undefined}>{t(`components.state.${state}`)}</span>
    </span>
  );
}
