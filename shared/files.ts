import { z } from 'zod';
import { procedure } from './rpc/define.ts';

/** A file that the host holds for one use. No path crosses inward; bytes travel beside the frames. */
export const fileToken = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

export const fileProcedures = {
  /**
   * Announces a file that the window will send. The window then PUTs the bytes to `uploadPath` on its own origin; the
   * body streams straight to whoever uses the token, so the call that uses it must be made before or while sending.
   */
  'files.announce': procedure({
    input: z.strictObject({ name: z.string().min(1).max(1024), size: z.int().min(0), type: z.string().max(255).optional() }),
    output: z.object({ token: fileToken, uploadPath: z.string() }),
  }),
};
