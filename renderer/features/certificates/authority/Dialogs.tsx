import type { KeyProtection, PendingRequest } from '../../../../shared/certificateFiles.ts';
import type { Output } from '../../../rpc/client.ts';
import { DropApiKey, MakeApiKey, SaveApiKey, TakeApiKey, UseApiKey } from './apiKeyDialogs.tsx';
import { DropRequest } from './DropRequest.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { ProtectDialog } from './ProtectDialog.tsx';
import { ReplyDialog } from './ReplyDialog.tsx';

export type ListedKey = Output<'kes.apiKeys'>['keys'][number];
export type Dialog =
  | { readonly what: 'import' | 'makeApiKey' | 'takeApiKey' }
  | { readonly what: 'export'; readonly file: string; readonly locked: boolean }
  | { readonly what: 'protect'; readonly file: string; readonly now: KeyProtection }
  | { readonly what: 'reply' | 'dropRequest'; readonly request: PendingRequest }
  | { readonly what: 'saveApiKey' | 'useApiKey' | 'dropApiKey'; readonly key: ListedKey };

/** Whatever was asked for on the page, in the middle of the window. */
export function Dialogs({ stackId, dialog, onClose }: { stackId: string; dialog: Dialog; onClose(): void }) {
  switch (dialog.what) {
    case 'import':
      return <ImportDialog stackId={stackId} onClose={onClose} />;
    case 'export':
      return <ExportDialog stackId={stackId} file={dialog.file} locked={dialog.locked} onClose={onClose} />;
    case 'protect':
      return <ProtectDialog stackId={stackId} file={dialog.file} now={dialog.now} onClose={onClose} />;
    case 'reply':
      return <ReplyDialog stackId={stackId} request={dialog.request} onClose={onClose} />;
    case 'dropRequest':
      return <DropRequest stackId={stackId} request={dialog.request} onClose={onClose} />;
    case 'makeApiKey':
      return <MakeApiKey stackId={stackId} onClose={onClose} />;
    case 'takeApiKey':
      return <TakeApiKey stackId={stackId} onClose={onClose} />;
    case 'saveApiKey':
      return <SaveApiKey stackId={stackId} apiKey={dialog.key} onClose={onClose} />;
    case 'useApiKey':
      return <UseApiKey stackId={stackId} apiKey={dialog.key} onClose={onClose} />;
    case 'dropApiKey':
      return <DropApiKey stackId={stackId} apiKey={dialog.key} onClose={onClose} />;
  }
}
