import type { BoardCertificate, CertificateBoard } from '../../../../shared/certificateBoard.ts';

export interface NamedCertificate {
  id: string;
  label: string;
  certificate: BoardCertificate;
}

/** Every certificate of the board once, for choosing one to compare with. */
export function knownCertificates(
  board: CertificateBoard,
  label: (entry: CertificateBoard['expiries'][number]) => string,
): NamedCertificate[] {
  return board.expiries.map((entry) => ({ id: entry.certificate.fingerprint, label: label(entry), certificate: entry.certificate }));
}
