import { hostPaths } from '../../../rpc/files.ts';
import { type DropEntry, entriesOf } from './readDrop.ts';
import { pickedFile, type SourceFile } from './sourceFile.ts';

/** What is taken: entries of a drop, files of a picker, or paths where the host tells them: then the engine reads them itself. */
export type Taken =
  | { readonly entries: readonly DropEntry[] }
  | { readonly files: readonly SourceFile[] }
  | { readonly paths: readonly string[] };

/** What was dropped. Must be called while the drop event is handled. */
export function takenOf(transfer: DataTransfer): Taken {
  const paths = hostPaths([...transfer.files]);
  return paths ? { paths } : { entries: entriesOf(transfer) };
}

/** What was picked. Of a picked folder the engine is given the folder. */
export function pickedOf(chosen: readonly File[]): Taken {
  const paths = hostPaths(chosen);
  return paths ? { paths: rootsOf(paths, chosen) } : { files: chosen.map(pickedFile) };
}

/** The picked folder is what stands before the first name that a file has below it. Pure. */
export function rootsOf(paths: readonly string[], files: readonly Pick<File, 'webkitRelativePath'>[]): string[] {
  const roots = paths.map((path, at) => {
    const inside = (files[at]?.webkitRelativePath ?? '').split('/').slice(1).join('/');
    return inside === '' ? path : path.slice(0, -inside.length - 1);
  });
  return [...new Set(roots)];
}
