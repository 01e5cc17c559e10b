import type { RunTabProps } from './RunPage.tsx';

/** The map of a run and its table. */
export function MapTab({ audit }: RunTabProps) {
  return <p>{audit.id}</p>;
}
