import type { AppError } from '../../../shared/rpc/errors.ts';

/** Of the way to the server: says nothing of any object. */
const ofTheWay = [
  'minioCredentialRefused',
  'minioCredentialMissing',
  'minioClockSkew',
  'tlsTrust',
  'tlsDate',
  'tlsName',
  'tlsProtocol',
  'tlsIdentityRefused',
];

/** What every other file would meet, too: going on would only fail them one by one. */
const forAll = [
  ...ofTheWay,
  'minioDiskFull',
  'bucketMissing',
  'kmsKeyNotFound',
  'kmsNotAuthorised',
  'kmsNotConfigured',
  'customerKeyMissing',
  'storeLocked',
  'uploadDiskFull',
  'uploadFileDamaged',
  'uploadFileGone',
  'fileNotWritable',
];

export function stopsAll(error: AppError): boolean {
  return forAll.includes(error.code);
}

export function isOfTheWay(error: AppError): boolean {
  return ofTheWay.includes(error.code);
}
