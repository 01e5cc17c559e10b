import type { DomainMessages } from './text.ts';

export const objectsEn = {
  errors: {
    objectMissing: {
      title: '{where} is not there',
      explanation: 'MinIO says {code}.',
      next: 'Check the name; somebody may have removed it.',
    },
    objectNameRefused: {
      title: 'The name {name} cannot be used',
      explanation: 'No leading slash, no empty part, no part “.” or “..”, at most 1024 bytes, each part at most 255.',
      next: 'Choose another name.',
    },
    objectTampered: {
      title: 'The encryption metadata of {where} is damaged',
      explanation: 'MinIO says {code}. One upload with forged headers is enough for that on servers without the fix of CVE-2026-34204.',
      next: 'Remove or restore the object. One such object can block the listing of its bucket.',
    },
    customerKeyNeeded: {
      title: '{where} is encrypted with a customer-provided key',
      explanation: 'MinIO does not have that key.',
      next: 'Give the key (SSE-C) to whoever reads the object.',
    },
    objectExists: {
      title: '{where} is already there',
      explanation: 'It was to be written only as a new object. Nothing was changed.',
      next: 'Choose another name, or allow that it is replaced.',
    },
    objectChanged: {
      title: '{where} was changed meanwhile',
      explanation: 'It is no longer the object that was looked at, so it was left alone.',
      next: 'Look at it again, then decide.',
    },
    objectLocked: {
      title: '{where} is locked',
      explanation: 'A retention or a legal hold protects this version. MinIO says: {message}',
      next: 'Wait until the retention ends, or lift it where that is allowed.',
    },
    uploadUnknown: {
      title: 'MinIO no longer knows the upload to {where}',
      explanation: 'It was finished or cancelled, or removed as forgotten after a day.',
      next: 'Upload the file from the start.',
    },
    uploadPartMissing: {
      title: 'Parts of the upload to {where} are missing',
      explanation: 'MinIO does not have all parts as they were sent. No object was made.',
      next: 'Upload the file from the start.',
    },
    uploadChecksumDiffers: {
      title: 'Something else arrived for {where}',
      explanation: 'The checksum on the server is not the one of the bytes that were sent.',
      next: 'Upload again. If it happens again, check memory and network of both machines.',
    },
    customerKeyWrong: {
      title: 'This key does not open {where}',
      explanation: 'The object is encrypted with another customer-provided key (SSE-C).',
      next: 'Look for the key that was used when it was written. Without it nobody can read the object.',
    },
    customerKeyNotApplicable: {
      title: '{where} is not encrypted with a customer-provided key',
      explanation: 'A key (SSE-C) was sent for an object that has none.',
      next: 'Read it without a key.',
    },
    customerKeyNeedsTls: {
      title: 'No customer-provided key over plain HTTP',
      explanation: '{host} is reached without TLS. The key would cross the network readable; it was not sent.',
      next: 'Give MinIO a certificate, or choose SSE-S3 or SSE-KMS.',
    },
    customerKeyWrongLength: {
      title: 'A customer-provided key has 32 bytes',
      explanation: 'This one has {bytes}, or is not written as base64 or hex.',
      next: 'Give 64 hexadecimal digits, or 44 characters of base64.',
    },
    customerKeyMissing: {
      title: 'This customer-provided key is not kept here',
      explanation: 'The credential store has no key with the id {id}. It may have been removed.',
      next: 'Take the key in again from its export.',
    },
    customerKeyNameTaken: {
      title: 'A key is already called {name}',
      explanation: 'Two keys of one name would be mixed up.',
      next: 'Choose another name.',
    },
    customerKeyNameDiffers: {
      title: 'The name typed is not the key’s',
      explanation: 'The key is called {name}. With it, every object that was written with it is lost.',
      next: 'Type the name exactly, or keep the key.',
    },
    customerKeyPassphraseShort: {
      title: 'The passphrase is too short',
      explanation: 'It guards the keys for years against whoever finds the file.',
      next: 'Take at least {min} characters; several words are easy to keep.',
    },
    customerKeyKnown: {
      title: 'This key is already here',
      explanation: 'It is kept under the name {name}.',
      next: 'Use that one.',
    },
    copyLandedDifferently: {
      title: 'The copy of {where} is not as meant',
      explanation: 'Meant was {wanted}, found was {found}.',
      next: 'Look at the object’s versions. Where versions are kept, the one before is untouched.',
    },
    copyDoesNotOpen: {
      title: 'The copy of {where} cannot be read',
      explanation: 'It was written, and reading it ends with {code}.',
      next: 'Where versions are kept: remove the newest one, the one before is untouched. Otherwise check KES and its keys first.',
    },
    objectLandedDifferently: {
      title: '{where} is not stored as the rule says',
      explanation: 'The server says {found}, the rule of the bucket says {wanted}.',
      next: 'Check the bucket’s rule and upload again. The object was left where it is.',
    },
    objectDiffers: {
      title: '{where} reads back differently',
      explanation: '{got} bytes came back that are not those that were sent.',
      next: 'Upload again, then check disk and network of the server.',
    },
    uploadCutShort: {
      title: 'The file changed while it was sent',
      explanation: '{expected} bytes were announced, {got} came.',
      next: 'Pick the file again when nothing writes to it.',
    },
    downloadDiffers: {
      title: '{where} came back with another content than was stored',
      explanation: 'The bytes that came do not have the checksum that the server keeps. Nothing of them was left under the name.',
      next: 'Download again. If it stays so, check disk and network of the server, or take an older version.',
    },
    downloadCutShort: {
      title: '{where} came only in part',
      explanation: '{got} of {expected} bytes came. Nothing of them was left under the name.',
      next: 'Download again when the server can be reached without a break.',
    },
    downloadDiskFull: {
      title: 'There is no room left in {folder}',
      explanation: 'The next file needs {bytes} bytes, or the disk became full while it was written. What is there is whole.',
      next: 'Free space or choose another folder, and download again with “skip” for what is there.',
    },
    downloadLeadsOut: {
      title: '{path} leads out of the folder',
      explanation: 'It is a symbolic link. Downloads are not written through links, so that a name cannot reach other files.',
      next: 'Remove the link or choose another folder.',
    },
    downloadNotHere: {
      title: 'A browser’s window cannot write to folders of this machine',
      explanation: 'The page could be shown somewhere else. It downloads objects one by one, through the browser.',
      next: 'Use the desktop window, or “sealdeck download” on the command line.',
    },
    listingBlocked: {
      title: 'One object blocks the listing of {bucket}',
      explanation: 'The server answers the whole page with {code}: at least one object here has a missing key or damaged metadata.',
      next: 'Open a folder below, or bring the key back. Single objects can still be read by name.',
    },
  },
  texts: {
    customerKeySecret: 'A customer-provided key (SSE-C)',
    customerKeyDidMake: 'Made the customer-provided key {name} (id {id})',
    customerKeyDidTake: 'Took in the customer-provided key {name} (id {id})',
    customerKeyDidExport: 'Exported {count} customer-provided {count:key|keys} under a passphrase',
    customerKeyDidRemove: 'Removed the customer-provided key {name} (id {id})',
    customerKeyFileTitle:
      'Customer-provided keys (SSE-C) of {stack}: {count}. Whoever has a key can read its objects; without it nobody can.',
    customerKeyFileMc:
      'To read an object with mc (the key becomes an argument, so take a machine where nobody else sees the list of processes):',
    customerKeyFileKeep: 'Keep this text nowhere: keep the encrypted file, and its passphrase apart from it.',
    objectChangeSample: 'Upload a small text as {bucket}/{name}',
    objectChangeFile: 'Upload the picked file as {bucket}/{name}',
    objectWarnReplace: '{bucket}/{name} exists and will be replaced',
    objectDidUpload: 'Uploaded {where}, {bytes} bytes',
    objectDidRemove: 'Removed {where} {version} for good',
    objectDidMark: 'Put a delete marker on {where}{version}',
    objectsRemoving: 'Removing {count} {count:object|objects} of {bucket}',
    objectsDidRemove: 'Removed objects of {bucket}: {removed} for good, {markers} by delete marker, {failures} failed',
    objectsDownloadJob: 'Download from {bucket} to {folder}',
    objectsDownloading: 'Writing files to {folder}',
    objectUploading: 'Uploading {where}',
    objectProofState: 'MinIO says {where} is {state}, as the rule of the bucket wants',
    objectProofBytes: '{where} reads back byte by byte as it was sent (SHA-256)',
    objectProofOpens: '{where} opens: a byte of it was read',
    objectProofEmpty: '{where} is empty, so that reading it proves nothing of its key',
    stateAlgorithmUnknown: 'the server names the encryption {algorithm}',
    stateTampered: 'its encryption metadata is damaged',
    stateNoPermission: 'this credential may not read it',
    stateNotSaid: 'the server did not say it: {code}',
    objectsCheckJob: 'Check of objects below {where}',
    objectsListing: 'Listing {where}: {count} so far',
    objectsChecking: 'Asking for each object below {where}, and reading one byte of the encrypted ones',
    cardNoKeyOfOurs: 'None of the SSE-C keys that are kept here is its key.',
    snippetCustomerKey: 'SSE_C_KEY holds the key: 32 bytes as base64.',
    snippetMcArgument:
      'mc takes a customer’s key only as an argument. Whoever may list the processes of this machine sees it while mc runs.',
    snippetMcContext: 'mc cannot send an encryption context: what it uploads has none.',
    snippetCurlOld: 'Needs curl 8.10 or later. Older ones sign these headers wrongly and get 403 SignatureDoesNotMatch.',
  },
} as const satisfies DomainMessages;
