import type { Audit } from '../../../shared/audit.ts';

/** Export and report of a run, one button in the page's head: WINDOW-ROWS fills it. */
export function ExportMenu(_: { audit: Audit }) {
  return null;
}
