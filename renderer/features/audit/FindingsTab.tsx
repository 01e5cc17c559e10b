import type { RunTabProps } from './RunPage.tsx';

/** What to do about it, and what could not be seen. */
export function FindingsTab({ audit }: RunTabProps) {
  return <p>{audit.id}</p>;
}
