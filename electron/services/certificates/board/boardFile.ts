import { z } from 'zod';
import { boardSettings, publicTool } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { serverKind } from '../../../../shared/stacks.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';

const path = 'certs/board.json';

/** What Sealdeck remembers of a stack's certificates. Holds no secret. */
const boardFile = z.object({
  version: z.literal(1),
  settings: boardSettings.default(boardSettings.parse({})),
  /** Where a server's certificate was taken from. */
  sources: z
    .array(
      z.object({
        server: serverKind,
        tool: publicTool,
        folder: z.string(),
        name: z.string(),
        installedAt: z.string(),
        fingerprint: z.string(),
      }),
    )
    .default([]),
});
export type BoardFile = z.infer<typeof boardFile>;

/** Throws `fileDamaged`. */
export async function readBoardFile({ folder }: Pick<StackAccess, 'folder'>): Promise<BoardFile> {
  const content = await folder.read(path);
  if (content === undefined) return boardFile.parse({ version: 1 });
  try {
    return boardFile.parse(JSON.parse(content));
  } catch (error) {
    throw new AppError(
      'fileDamaged',
      { path: folder.path(path), reason: error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error) },
      { cause: error },
    );
  }
}

export async function changeBoardFile(access: Pick<StackAccess, 'folder'>, change: (file: BoardFile) => BoardFile): Promise<void> {
  const changed = change(await readBoardFile(access));
  await access.folder.makeFolder('certs', 0o700);
  await access.folder.write(path, `${JSON.stringify(changed, null, 2)}\n`, 0o600);
}
