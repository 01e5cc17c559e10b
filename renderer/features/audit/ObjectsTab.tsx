import type { RunTabProps } from './RunPage.tsx';

/** The objects of a run as a table: WINDOW-ROWS fills it. */
export function ObjectsTab({ audit }: RunTabProps) {
  return <p>{audit.id}</p>;
}
