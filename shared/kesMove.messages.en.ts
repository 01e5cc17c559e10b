import type { DomainMessages } from './text.ts';

export const kesMoveEn = {
  errors: {
    kesMoveNone: {
      title: 'No old deployment was chosen yet',
      explanation: 'A move begins with the folder of the old files.',
      next: 'Choose the folder, the configuration and how the old server was started.',
    },
    kesMoveNoStack: {
      title: 'No stack was made of the old files yet',
      explanation: 'A move works on a stack that knows the old files, and there is none here.',
      next: 'Make it first: “Files of a KES of years ago” on the first screen of the window, or sealdeck call kes.moveMakeStack. Then name its folder with --dir.',
    },
    kesMoveFile: {
      title: 'An old file cannot be read',
      explanation: '{path}: {reason}',
      next: 'Put it there, or name another one. Nothing was changed.',
    },
    kesMoveCertificate: {
      title: 'The certificate of the old KES cannot be read',
      explanation: '{path}: {reason}. Sealdeck knows the old server by this certificate, whatever its names and dates.',
      next: 'Put the PEM file that the configuration names beside it.',
    },
    kesMoveNoOldProgram: {
      title: 'Sealdeck cannot start the old KES',
      explanation: 'Its program is not known, or its command has options that Sealdeck does not know: {command}',
      next: 'Start the old server as you always did, or name its program, and continue.',
    },
    kesMoveOldSilent: {
      title: 'The old KES does not come up',
      explanation: 'It was started with its own command in its own folder and does not answer. What it said stands in {log}.',
      next: 'Read the last lines there. Vault may be sealed, or a file is missing.',
    },
    kesMovePolicyMoved: {
      title: 'The Vault policy {name} is not the one of the plan',
      explanation: 'Somebody changed it since, or Vault did not take the change.',
      next: 'Look at the plan again: it shows the policy as it is now.',
    },
    kesMoveNoList: {
      title: 'KES may still not list its keys in Vault',
      explanation: 'The policy {name} was written, but Vault denies the right to KES’s own login. Another policy may forbid it.',
      next: 'Look for a “deny” on the same path in the policies of the role.',
    },
    kesMoveNames: {
      title: 'Today’s KES cannot reach {count} of the keys',
      explanation:
        'It takes letters, digits, _ and inner hyphens, and refuses every call on: {names}. What they sealed could never be opened again.',
      next: 'If nothing uses them, type each name to leave it behind. Otherwise copy its objects to another key first, through the old server.',
    },
    kesMoveNameUsed: {
      title: 'The key {name} is in use, and today’s KES cannot reach it',
      explanation: '{count} objects are sealed with it, {sample} among them. After the move nothing would open them.',
      next: 'Encrypt them in place with a key of a legal name while the old server still runs, then look again.',
    },
    kesMoveNamesUncounted: {
      title: 'It is not known what uses the keys that would be lost',
      explanation: 'Not every object could be looked at, so nobody can say that nothing is sealed with {names}.',
      next: 'Run an audit of all buckets, and move when it shows no object of these keys.',
    },
    kesMoveStopped: {
      title: 'The plan has {count} points that must be settled first',
      explanation: 'They stand in the plan, marked in red. Nothing was changed.',
      next: 'Open the plan and settle the first one.',
    },
    kesMoveNothingToTry: {
      title: 'The old KES lets this identity use no key',
      explanation: 'Without a data key sealed by the old server nobody can prove that the new one opens it. Refused: {names}',
      next: 'Give the stack MinIO’s own client certificate and key for KES.',
    },
    kesMoveNotOpened: {
      title: 'A data key of {name} does not open',
      explanation: 'It was sealed by the old server: {reason}.',
      next: 'Go back to the old server; it still opens it. Then compare key store, mount and prefix of both files.',
    },
    kesMoveObject: {
      title: 'An old object does not read as before',
      explanation: '{object}, sealed with {name}: {reason}',
      next: 'Go back to the old server and read it again. Nothing was written by the new one.',
    },
    kesMoveTrialWrites: {
      title: 'The new server may write already',
      explanation: 'It sealed a data key with {name}, so it does not run with the file of the trial, which denies that.',
      next: 'Start it with the trial’s file. What was uploaded meanwhile only the new server can open.',
    },
    kesMoveListShort: {
      title: 'The new KES does not list all keys',
      explanation: 'Vault has them, KES does not tell them: {names}',
      next: 'Compare mount and prefix of the file with Vault, and the right to list.',
    },
    kesMoveOther: {
      title: 'Somebody else answers at {url}',
      explanation: 'It does not show the certificate of the old file.',
      next: 'Find out what listens there. Two servers must never share this address.',
    },
    kesMoveNewFailed: {
      title: 'The new KES failed, and the old one was not started again',
      explanation: 'Reason: {reason}. Encrypted objects cannot be read until a KES runs. Nothing was written by the new one.',
      next: 'Start the old server: {command}',
    },
    kesMoveNewFailedBack: {
      title: 'The new KES failed on trial; the old one serves again',
      explanation: 'Reason: {reason}. It had the address for a few seconds and wrote nothing.',
      next: 'Settle what the reason names, look at the plan again, then put the new one on trial once more. Uploads work as before.',
    },
    kesMoveCrossed: {
      title: 'The line was crossed already',
      explanation: 'Since {at} the new server may write.',
      next: 'Finish the move: there is nothing to try any more.',
    },
    kesMoveNoWayBack: {
      title: 'There is no way back any more',
      explanation: 'Since {at} the new server may write. The old one cannot open what it sealed, and would fail on every such object.',
      next: 'Stay with the new server. If it fails, mend it: the old one would make it worse.',
    },
    kesMoveNotTried: {
      title: 'The new server was not tried yet',
      explanation: 'The line is crossed only after everything old was opened by the new server.',
      next: 'Move to the trial first.',
    },
    kesMoveOldAnswers: {
      title: 'The old KES answers at this address',
      explanation: 'It must never run beside the new one: from the first write on each would seal what the other cannot open.',
      next: 'Stop the old server, and see that nothing starts it again.',
    },
    kesMoveTyped: {
      title: 'The name is not the stack’s',
      explanation: 'Crossing the line cannot be undone, so the name {name} is asked for.',
      next: 'Type the stack’s name.',
    },
    kesMoveBusy: {
      title: 'The move is at work',
      explanation: 'Another window or command runs it.',
      next: 'Wait until it ends, or cancel it there.',
    },
    kesMoveBegun: {
      title: 'The move is under way',
      explanation: 'The old deployment cannot be chosen anew while the new server is tried or has taken over.',
      next: 'Go back to the old server first, if there is a way back.',
    },
    kesMoveSecretInCommand: {
      title: 'A variable stands before the command',
      explanation: 'The value of {name} may be a secret, and a typed command is kept as it is.',
      next: 'Put the line into a file of the old folder and choose that file, or type the command from “kes” on.',
    },
  },
  texts: {
    kesMoveJobTrial: 'Move KES: up to the line',
    kesMoveJobCross: 'Move KES: over the line',
    kesMoveJobBack: 'Move KES: back to the old server',

    kesMoveRulesAdded:
      'Policy {policy}: {count} {count:rule|rules} added that today’s MinIO asks for. It describes its default key every 10 s, and lists keys for the picker.',
    kesMovePathAbsolute:
      'Counted from {folder}, where the old server was started. The new one is started elsewhere, so the path is written whole.',
    kesMoveVersionAdded: 'Says that this file is of today’s form.',

    kesMoveVarEndpoint:
      'KES’s certificate does not name {host}, only {names}. Servers of that time accepted the common name; today’s end with “not valid for any names”.',
    kesMoveVarCaPath: 'Today’s MinIO ignores this spelling in silence, and then does not trust KES.',
    kesMoveVarRelative: 'A relative path counts from wherever MinIO is started.',
    kesMoveVarRoot: 'Still read, with a warning at every start. Today it is {now}.',
    kesMoveVarAutomatic: 'Today’s MinIO then writes SSE-KMS with the default key where the guide showed AES256. A rule of the bucket wins.',
    kesMoveVarCommand: 'No kes command reads this name any more. Today it is {now}.',

    kesMoveNoteOtherStore: 'The keys are not in Vault: their names cannot be looked at beforehand. Only the default key is tried.',
    kesMoveNoteMount: 'The file says kv version {says}, but {mount} is version {is}: KES would answer every call with an error.',
    kesMoveNoteNoKeys: 'There is no key below {path}. Look at mount and prefix: today’s KES would look in the same place.',
    kesMoveNoteNames:
      'Today’s KES refuses every call on {count} {count:name|names}: {names}. What they sealed could never be opened again.',
    kesMoveNoteLogin: 'The file has no AppRole login, so it was not seen whether KES may list.',
    kesMoveNotePolicy:
      'The Vault policy {policy} has no right to list: today’s KES would answer 502. It is added; KES needs no restart for it.',
    kesMoveNoteServerExpired: 'KES’s certificate ended at {at}. Today’s MinIO refuses it.',
    kesMoveNoteNoNames: 'KES’s certificate names no host and no address: today’s KES refuses to start with it.',
    kesMoveNoteAddress:
      'KES’s certificate does not name the host of {url}, only {names}. Give the stack that address in Connect: today’s clients insist on it.',
    kesMoveNotePort: 'The file says {address}, and the stack knows KES at {url}: the new server would not be where the old one was.',
    kesMoveNoteNoIdentity: 'MinIO’s client certificate for KES is not known here.',
    kesMoveNoteIdentityCa:
      'MinIO’s client certificate is a CA certificate. Today’s KES looks past those and answers 400. Issue one with CA:FALSE for the same key.',
    kesMoveNoteIdentityExpired:
      'MinIO’s client certificate ended at {at}. KES with auth off does not look at it; keep the key when it is renewed.',
    kesMoveNoteNewAlready: 'A KES of today answers at {url} already.',
    kesMoveNoteOther: 'What answers at {url} does not show the certificate of the old file.',
    kesMoveNoteStartsOld: 'Nothing answers at {url}. The old server is started first, so that it can still be asked.',
    kesMoveNoteOldAway: 'Nothing answers at {url}. Start the old server, or name its program: only it can seal what the new one must open.',
    kesMoveNoteNodeRuns: 'Another KES answers at {url}. All old nodes must be stopped before the new one writes.',
    kesMoveNoteNodeDown: 'MinIO also names {url}. Nothing answers there; it must not come up with the old program again.',
    kesMoveNoteNoVault:
      'There is no login for Vault. Without it the names of the keys are not known, and a key that the new server cannot reach would be found too late.',

    kesMoveLineWrites: 'From its first write on, what the new server seals no old server opens, under old keys too.',
    kesMoveLineOld: 'The old program and its file are then good for nothing newer than this moment.',
    kesMoveLineSide: 'Old and new must never serve side by side.',

    kesMoveCommandKeys: 'The names of all keys; KES of that time cannot list them',
    kesMoveCommandPolicy: 'The right to list, for KES’s policy',
    kesMoveCommandCopy:
      'While the old server runs: another key for what is sealed with {name}. An audit finds these objects, “Encrypt in place” does all of them',
    kesMoveCommandStop: 'Stop the old server: only the one process that listens on port {port}; as root, where it is another user’s',
    kesMoveCommandStopUnit: 'Stop the old server: only its unit {unit}',
    kesMoveCommandStart: 'Start the new one, on the same address',
    kesMoveCommandTrial: 'Start the new one with the trial’s file: it opens everything and seals nothing',
    kesMoveCommandBack: 'The way back, only while nothing was written: stop the new one and start the old one',
    kesMoveCommandCross: 'Over the line: the whole file, read again by the one process on that port',

    kesMoveStartingOld: 'starting the old server to ask it',
    kesMoveReadingKeys: 'looking into Vault and at the objects',
    kesMoveSealing: 'letting the old server seal a data key of each key',
    kesMoveReadingObjects: 'reading one object of each key',
    kesMoveStoppingOld: 'stopping the old server',
    kesMoveStartingNew: 'starting the new server, which may only open',
    kesMoveProving: 'proving',
    kesMoveCrossing: 'letting the new server write',
    kesMoveGoingBack: 'putting the old server back',
    kesMoveWaitStop: 'waiting until the old KES at {url} is stopped by its keeper: {command}',
    kesMoveWaitNew: 'waiting for the new KES at {url}; files and commands are in {folder}',
    kesMoveWaitOld: 'waiting for the old KES at {url}',
    kesMoveWaitFull: 'waiting until the new KES runs with the whole file',

    'kesMoveStands.none': 'No old deployment was chosen yet',
    'kesMoveStands.planned': 'Planned: nothing was changed',
    'kesMoveStands.prepared': 'The old server serves; what it sealed is ready to be tried',
    'kesMoveStands.switching': 'Between two servers: try again, or go back',
    'kesMoveStands.trial': 'On trial: the new server opens everything and may not write; there is a way back',
    'kesMoveStands.goingBack': 'On the way back to the old server',
    'kesMoveStands.crossing': 'The line is crossed; the last proof is still to come',
    'kesMoveStands.moved': 'Moved: the new server writes, there is no way back',

    kesMoveKeysSeen: '{count} {count:key|keys} in {path}',
    kesMoveListAllowed: 'KES may list its keys now, by policy {policy}',
    kesMoveSealedByOld: 'The old server sealed a data key of {count} {count:key|keys}: {names}',
    kesMoveNotOurs: 'This identity may not use {names}: another one has to try them',
    kesMoveObjectsMore: 'There are more objects than were looked at; each key was searched for among the first 300,000',
    kesMoveObjectRead: '{object} read through the old server: {bytes:size}, key {name}',
    kesMoveOpened: 'The new server opened all {count} data keys of the old one: {names}',
    kesMoveHeld: 'The new server refused to seal with {name}, as it must before the line',
    kesMoveObjectSame: '{object} reads the same, byte by byte: {bytes:size}, key {name}',
    kesMoveSealed: 'The new server sealed a data key with {name} and opened it again',
    kesMoveListed: 'The new server lists {count} {count:key|keys}',
    kesMoveWritten: 'MinIO wrote {bytes:size} with {name} through the new server and read them back',

    kesMoveWhyTrial: 'Everything as in the whole file, but sealing, making and deleting are denied: until the line is crossed.',
    kesMoveWhyFull: 'Today’s form of the old file. KES’s login stands in it, so only its owner may read it.',

    kesMoveJournalOldStarted: 'Started the old KES for the move (pid {pid})',
    kesMoveJournalOldStopped: 'Stopped the old KES (pid {pid})',
    kesMoveJournalPolicy: 'Added the right to list to the Vault policy {name}',
    kesMoveJournalHandedOver: 'Laid out the files of the new KES for its host in {folder}',
    kesMoveJournalTrial: 'The new KES runs on trial: it opens everything old and may not write',
    kesMoveJournalCrossed: 'Crossed the line: the new KES may write, there is no way back',
    kesMoveJournalMoved: 'KES was moved to today’s release',
    kesMoveJournalBack: 'Put the old KES back; nothing was written by the new one',
    kesSkipMoved: 'KES was moved here with its own configuration and policies; this step would replace them',
  },
} as const satisfies DomainMessages;
