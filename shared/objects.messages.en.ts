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
    listingBlocked: {
      title: 'One object blocks the listing of {bucket}',
      explanation: 'The server answers the whole page with {code}: at least one object here has a missing key or damaged metadata.',
      next: 'Open a folder below, or bring the key back. Single objects can still be read by name.',
    },
  },
  texts: {
    objectChangeSample: 'Upload a small text as {bucket}/{name}',
    objectChangeFile: 'Upload the picked file as {bucket}/{name}',
    objectWarnReplace: '{bucket}/{name} exists and will be replaced',
    objectDidUpload: 'Uploaded {where}, {bytes} bytes',
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
  },
} as const satisfies DomainMessages;
