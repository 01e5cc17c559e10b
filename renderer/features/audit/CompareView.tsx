import type { RunTabProps } from './RunPage.tsx';

/** What changed between two runs (`?with=<older id>`): WINDOW-ROWS fills it. */
export function CompareView({ audit }: RunTabProps) {
  return <p>{audit.id}</p>;
}
