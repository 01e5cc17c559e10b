import type { AuditRow } from '../../../shared/audit.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import type { RunTabProps } from './RunPage.tsx';

interface ObjectsDrawerProps extends RunTabProps {
  /** Undefined while its page is not there yet. */
  row: AuditRow | undefined;
  open: boolean;
  onClose(): void;
}

export function ObjectsDrawer({ row, open }: ObjectsDrawerProps) {
  return <DrawerContent autoOpen={open}>{row?.key}</DrawerContent>;
}
