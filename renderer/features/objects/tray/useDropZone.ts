import { type DragEvent, useState } from 'react';
import { type Taken, takenOf } from './taken.ts';

interface DropZone {
  readonly dragging: boolean;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

/** Files and folders dropped on an element. `off`: nothing is taken, but the browser does not leave the window for it either. */
export function useDropZone(off: boolean, onTake: (taken: Taken) => void): DropZone {
  const [dragging, setDragging] = useState(false);
  return {
    dragging,
    handlers: {
      onDragOver(event) {
        if (![...event.dataTransfer.types].includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = off ? 'none' : 'copy';
        setDragging(!off);
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
      },
      onDrop(event) {
        event.preventDefault();
        event.stopPropagation();
        setDragging(false);
        if (off) return;
        onTake(takenOf(event.dataTransfer));
      },
    },
  };
}
