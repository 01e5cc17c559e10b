import { type DragEvent, useRef, useState } from 'react';
import { type Taken, takenOf } from './taken.ts';

interface DropZone {
  /** Files are held over it. */
  readonly dragging: boolean;
  /** The folder whose row they are held over. */
  readonly folder: string | undefined;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

/** The row of a folder, as something dropped on it shall know it. */
export interface FolderRow {
  readonly row: HTMLElement;
  readonly folder: string;
}

/**
 * Files and folders dropped on an element, or on the row of a folder in it. `off`: nothing is taken, but the browser does not
 * leave the window for it either.
 */
export function useDropZone(
  off: boolean,
  onTake: (taken: Taken, folder: string | undefined) => void,
  folderAt: (target: Element) => FolderRow | undefined = () => undefined,
): DropZone {
  const [dragging, setDragging] = useState(false);
  const [folder, setFolder] = useState<string | undefined>(undefined);
  const marked = useRef<HTMLElement>(undefined);
  const hold = (over: boolean, found?: FolderRow): void => {
    setDragging(over);
    setFolder(found?.folder);
    if (found?.row === marked.current) return;
    marked.current?.removeAttribute('data-over');
    found?.row.setAttribute('data-over', '');
    marked.current = found?.row;
  };
  return {
    dragging,
    folder,
    handlers: {
      onDragOver(event) {
        if (![...event.dataTransfer.types].includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = off ? 'none' : 'copy';
        hold(!off, off ? undefined : folderAt(event.target as Element));
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) hold(false);
      },
      onDrop(event) {
        event.preventDefault();
        event.stopPropagation();
        const found = folderAt(event.target as Element);
        hold(false);
        if (off) return;
        onTake(takenOf(event.dataTransfer), found?.folder);
      },
    },
  };
}
