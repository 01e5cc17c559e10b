import type { RunTabProps } from './RunPage.tsx';

/** By key: which key protects how much. */
export function KeysTab({ audit }: RunTabProps) {
  return <p>{audit.id}</p>;
}
