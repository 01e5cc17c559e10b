import type { BoardCertificate, PublicSource } from '../../../../shared/certificateBoard.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { BoardFile } from './boardFile.ts';
import { boardCertificateOf } from './facts.ts';
import { findPublic, readChain } from './publicFolders.ts';

export interface KnownSource {
  source: PublicSource;
  /** What lies in the folder now. */
  certificate?: BoardCertificate;
}

/** The folders that servers' certificates came from, as they are now: their tools renew them without telling anybody. */
export async function sourcesOf({ sources }: BoardFile): Promise<KnownSource[]> {
  return Promise.all(
    sources.map(async (source): Promise<KnownSource> => {
      try {
        const place = (await findPublic(source.folder)).find(({ name }) => name === source.name);
        const [leaf] = place ? await readChain(place) : [];
        if (!leaf) return { source: { ...source, renewed: false } };
        const certificate = boardCertificateOf(leaf);
        return { source: { ...source, renewed: certificate.fingerprint !== source.fingerprint }, certificate };
      } catch (error) {
        if (!isAppError(error)) throw error;
        return { source: { ...source, renewed: false, error: error.frame } };
      }
    }),
  );
}
