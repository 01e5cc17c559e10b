import type { DomainMessages } from './text.ts';

export const uploadsEn = {
  errors: {
    uploadNotHere: {
      title: 'This upload is not known here',
      explanation: 'There is no upload {id} of this stack. It was removed, or belongs to another data folder.',
      next: 'Look at the list of uploads, or drop the files again.',
    },
    uploadNoneOpen: {
      title: 'No upload waits here',
      explanation: 'Every upload of this stack has ended, so that none can be resumed or cancelled.',
      next: 'sealdeck upload list shows them with their ids; one with failed files is tried again by its id.',
    },
    uploadItemUnknown: {
      title: 'This upload has no such file',
      explanation: 'It has no file number {n}.',
      next: 'Load its list again.',
    },
    uploadNotStaged: {
      title: 'This upload has begun',
      explanation: 'Upload {id} was started; no more files can be added to it.',
      next: 'Open a new tray for more files.',
    },
    uploadNotStarted: {
      title: 'This upload was never started',
      explanation: 'Upload {id} is still a tray: nothing was sent.',
      next: 'Choose its encryption and start it.',
    },
    uploadEnded: {
      title: 'This upload has ended',
      explanation: 'Nothing of upload {id} waits any more.',
      next: 'To send its failed files once more, choose Try again; otherwise start a new upload.',
    },
    uploadRunning: {
      title: 'This upload is running',
      explanation: 'Upload {id} is sending files right now.',
      next: 'Pause or cancel it first.',
    },
    uploadPathsFromBrowser: {
      title: 'A browser cannot name files of this machine',
      explanation: 'Paths are taken from the desktop window and the command line alone, so that no page can read files by name.',
      next: 'Drop the files on the window, or use sealdeck upload.',
    },
    uploadNothingDropped: {
      title: 'There is no file in what was dropped',
      explanation: 'Folders without a file in them are not uploaded: object storage has no empty folders.',
      next: 'Drop files, or a folder that has some.',
    },
    uploadFileDamaged: {
      title: 'The record of this upload is damaged',
      explanation:
        '{file} is not a record of an upload as Sealdeck writes it, or parts of it are broken. Objects that landed are unharmed.',
      next: 'Upload the files anew; those that are there already can be skipped.',
    },
    uploadFileNewer: {
      title: 'A newer Sealdeck wrote the record of this upload',
      explanation: '{file} has a form that this version does not know. It was left as it is.',
      next: 'Open it with the newer version.',
    },
    uploadFileGone: {
      title: 'The record of this upload was removed',
      explanation:
        '{file} was deleted while it was in use, so the upload stopped. Objects that landed are unharmed; parts of large files may lie at the server.',
      next: 'Upload the files anew; those that are there already can be skipped. MinIO removes forgotten parts after a day.',
    },
    uploadDiskFull: {
      title: 'The disk of this machine is full: the upload stopped',
      explanation: 'No space is left for {path}, where Sealdeck notes what was sent. Nothing that landed is lost.',
      next: 'Free space on that disk, then resume the upload.',
    },
    uploadRefusedNoTls: {
      title: 'A customer-provided key needs TLS',
      explanation: 'MinIO at {host} is reached over plain HTTP. It refuses SSE-C there, because the key would travel in the clear.',
      next: 'Give MinIO a certificate, or choose another encryption.',
    },
    uploadRefusedKey: {
      title: 'MinIO cannot use the key {key}',
      explanation: 'Asked to make a data key with it and to open it again, MinIO said: {reason}',
      next: 'Create the key in KES, let MinIO’s policy use it, or choose another key.',
    },
    uploadRuleChanged: {
      title: 'The bucket’s rule is not what it was',
      explanation: 'When this upload began, its objects were to be {was}. By the rule as it is now they would be {now}.',
      next: 'Restore the rule, or choose the encryption again to go on.',
    },
    uploadNameTwice: {
      title: 'This name is in the upload already',
      explanation: 'Another file of this upload would be stored as {name}, too. Only the first is sent.',
      next: 'Rename one of them, or upload them to different folders.',
    },
    uploadTooLarge: {
      title: '{name} is too large',
      explanation: 'An object can have at most 5 TiB.',
      next: 'Split the file.',
    },
    uploadLink: {
      title: '{name} is a symbolic link',
      explanation: 'Links are not followed: they could lead out of the folder that was chosen.',
      next: 'Upload the file that it points to.',
    },
    uploadSpecial: {
      title: '{name} is no file',
      explanation: 'Devices, sockets and pipes have no content that could be stored.',
      next: 'Leave it out.',
    },
    uploadNameNotText: {
      title: 'The name {name} is not text',
      explanation: 'Its bytes are no valid UTF-8, which object names must be.',
      next: 'Rename the file.',
    },
    uploadSourceUnreadable: {
      title: '{name} cannot be read',
      explanation: 'The system says {reason}.',
      next: 'Check the rights to the file, then try again.',
    },
    uploadSourceGone: {
      title: '{name} is gone',
      explanation: 'The file was removed or renamed since it was chosen ({reason}). Nothing of it was left at the server.',
      next: 'Choose the file again.',
    },
    uploadSourceChanged: {
      title: '{name} changed',
      explanation: 'The file is not the one that was chosen any more ({reason}). Nothing half-written was left at the server.',
      next: 'Choose it again once nothing writes to it.',
    },
    uploadNameBusy: {
      title: 'Another upload is sending {name} right now',
      explanation: 'Two uploads to one name at the same time would end with either of them. The first one goes on.',
      next: 'Wait until it has ended, then try this file again.',
    },
    uploadOverwritten: {
      title: '{name} was overwritten by somebody else',
      explanation: 'It landed, but when it was read back another object lay under the name.',
      next: 'Find out who else writes there, then try this file again.',
    },
    uploadReadsDifferently: {
      title: '{where} does not read back as it was sent',
      explanation: 'Sent was {sent}, the server answers {got}.',
      next: 'Check the server’s disk and everything between here and it. Send the file again.',
    },
    uploadLandedOtherwise: {
      title: '{where} is not encrypted as it was meant',
      explanation: 'Meant was {meant}, the server says {found}.',
      next: 'Find out why before more is sent; then encrypt or delete this object.',
    },
    uploadPartsStay: {
      title: 'Parts of {name} stay at the server',
      explanation: 'MinIO still lists the unfinished upload though it was aborted.',
      next: 'Cancel again. MinIO removes such parts by itself after a day.',
    },
    uploadWaitsForServer: {
      title: 'Waiting: MinIO does not answer',
      explanation: 'MinIO at {host} is away or busy ({reason}). It is asked again and again, ever more rarely.',
      next: 'Start MinIO or mend the network. The upload goes on by itself.',
    },
    uploadWaitsForKms: {
      title: 'Waiting: MinIO gets no data key',
      explanation: 'MinIO at {host} cannot reach KES, or KES its key store ({reason}).',
      next: 'Start KES or unseal the key store. The upload goes on by itself.',
    },
  },
  texts: {
    uploadReasonNoFile: 'it is no file any more',
    uploadReasonWritten: 'it was written to',
    uploadReasonShort: 'it ends earlier',
    uploadReasonOther: 'another file has its name',
    uploadReasonWindow: 'the window cannot read it any more',
    uploadHowRule: 'by the bucket’s rule',
    cliUploadKept: 'What was sent is kept: sealdeck upload resume {id} goes on.',
    uploadJob: 'Upload to {where}',
    uploadLookJob: 'Looking which names are there already: {where}',
    uploadWaitsNote: 'waiting for the server',
    uploadNamesAlike: 'Looks like {name}, which is in this upload, too: they differ only in case or in how letters are composed',
    uploadChoiceRule: 'The bucket’s rule: {rule}',
    uploadChoiceNoRule: 'The bucket has none: files would be plaintext',
    uploadChoiceNoRuleUnsure: 'The bucket has none: files would be plaintext unless the server encrypts by itself',
    uploadChoiceAutomatic: 'The bucket has none, but this server encrypts everything with {key}',
    uploadChoiceRuleUnknown: 'The rule cannot be read ({code}): what it makes of the files shows once they have landed',
    uploadChoiceSseS3: 'MinIO’s default key',
    uploadChoiceSseS3Key: 'MinIO’s default key, {key}',
    uploadChoiceSseKms: 'A key of your choice, by its name in KES',
    uploadChoiceSseKmsKeys: 'A key of your choice; KES has {count}',
    uploadChoiceSseC: 'Key made here, kept in the credential store. Lose it, lose the data',
    uploadWhyNotRead: 'It was written, but does not read back: {code}.',
    uploadWhyHeader:
      'The encryption was asked for in each request. A gateway or proxy on the way may have taken it out, or this server does not know it.',
    uploadWhyRuleUnread: 'The bucket’s rule cannot be read now ({code}).',
    uploadWhySameRule:
      'The bucket’s rule is still {rule}. It may have been away for a moment, or something between here and MinIO answers.',
    uploadWhyRuleRemoved: 'The bucket’s rule was removed since this upload began. It was {rule}.',
    uploadWhyRuleChanged: 'The bucket’s rule was changed since this upload began: from {before} to {now}.',
    uploadDidStart: 'Began an upload of {files} {files:file|files} to {where}: {how}',
    uploadDidEnd: 'Upload to {where} ended: {done} landed as meant, {alarms} otherwise, {failed} failed; {bytes} bytes',
    uploadDidStop: 'Upload to {where} stopped: {done} landed as meant, {alarms} otherwise, {failed} failed, {left} wait; {bytes} bytes',
    uploadDidCancel: 'Cancelled the upload to {where}; no parts stay at the server',
  },
} as const satisfies DomainMessages;
