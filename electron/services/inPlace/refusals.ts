import { type AppError, isAppError } from '../../../shared/rpc/errors.ts';

/** What is worth a person's look before more is tried: it would be the same for every other object. */
const stops: readonly string[] = ['minioDiskFull', 'minioCredentialRefused', 'minioClockSkew', 'kmsNotConfigured', 'inPlaceTargetKeyGone'];

export const stopsAll = (error: unknown): error is AppError => isAppError(error) && stops.includes(error.code);

/** That a copy does not read back as it was meant. */
const copies: readonly string[] = ['copyLandedDifferently', 'copyDoesNotOpen'];

export const isAboutCopy = ({ code }: AppError): boolean => copies.includes(code);

const object: readonly string[] = [
  ...copies,
  ...['objectTampered', 'kmsKeyDiffers', 'objectMissing'],
  ...[
    'inPlaceTiered',
    'inPlaceNullVersion',
    'inPlaceNoVersion',
    'inPlaceTopStays',
    'inPlaceWritten',
    'objectLocked',
    'objectNameRefused',
    'objectChanged',
  ],
  ...['customerKeyNeeded', 'customerKeyWrong', 'customerKeyMissing', 'customerKeyNotApplicable'],
  ...['kmsKeyNotFound', 'kmsNotAuthorised', 'minioAccessDenied', 's3Error'],
];

/** An answer that is about one object, however the server is: its outcome, and no reason to wait or to stop. */
export function isAboutObject(error: unknown): error is AppError {
  return isAppError(error) && object.includes(error.code) && Number(error.details.status ?? 400) < 500;
}
