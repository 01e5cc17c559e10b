import type { DomainMessages } from './text.ts';

export const vaultEn = {
  errors: {
    vaultAbsent: {
      title: 'This stack has no Vault',
      explanation: 'The stack {stack} names no server of the Vault family.',
      next: 'Run the first step of Set up.',
    },
    vaultSealed: {
      title: 'Vault at {host} is sealed',
      explanation: 'It holds its data but cannot read it until enough shares were given. Every restart seals it.',
      next: 'Unseal it on the Vault page, then repeat.',
    },
    vaultNotInitialised: {
      title: 'Vault at {host} is not initialised',
      explanation: 'It runs, but has no root key yet.',
      next: 'Run the step “Initialise and unseal”.',
    },
    vaultAlreadyInitialised: {
      title: 'Vault at {host} is initialised already',
      explanation: 'Its shares and root token were given once, in the answer to that request.',
      next: 'Unseal it with the shares of that time.',
    },
    vaultStandby: {
      title: 'Vault at {host} is not active yet',
      explanation: 'It is unsealed, but no node has taken the lead.',
      next: 'Wait some seconds and repeat. If it stays so, look into its log.',
    },
    vaultPermissionDenied: {
      title: 'Vault refuses access to {path}',
      explanation: 'The token at {host} is expired or revoked, or its policies do not allow this path.',
      next: 'Log in again, or add the path to the policy of this login.',
    },
    vaultLoginRefused: {
      title: 'Vault refuses the login',
      explanation: '{host} answered {path} with: {reason}',
      next: 'Run the step again that made this login: it makes new credentials.',
    },
    vaultLoginLocked: {
      title: 'Vault has locked this login out',
      explanation: '{host} answered {path} with 403. After five failed logins in 15 minutes even right credentials are refused.',
      next: 'Wait 15 minutes or unlock it, and stop whatever still uses old credentials.',
    },
    vaultAnswer: {
      title: 'Vault answered {status} for {path}',
      explanation: '{host}: {text}',
      next: 'Read Vault’s own words above and its log.',
    },
    vaultNoToken: {
      title: 'There is no login for Vault',
      explanation: 'For {stack} neither a root token nor an operator login lies in the credential store.',
      next: 'Run the step “Initialise and unseal”, or “Administrator and root token”.',
    },
    vaultNoAnswer: {
      title: 'Vault does not answer at {url}',
      explanation: 'It was started {seconds} s ago. Its last lines: {lines}',
      next: 'Correct what the last lines name, then run the step again.',
    },
    vaultProductDiffers: {
      title: '{actual} answers, but {expected} was chosen',
      explanation: 'Another server answers at {host}.',
      next: 'End that server, or choose another port or product in the first step.',
    },
    vaultStorageDiffers: {
      title: 'Vault stores in {actual}, not in {expected}',
      explanation: '{host} runs with another configuration.',
      next: 'Stop the server and run the step “Vault” again.',
    },
    vaultInitLost: {
      title: 'The shares of this Vault are not here',
      explanation:
        'Vault at {host} is initialised, but its answer is not in the credential store: it was initialised elsewhere, the store is another one, or the connection broke before the answer came. Sealdeck does not delete its data.',
      next: 'Unseal it with the shares of whoever initialised it. If nobody has them, stop Vault, empty {folder} yourself and run the step again.',
    },
    vaultInitBroken: {
      title: 'Vault initialised, but its answer did not arrive',
      explanation: 'The connection to {host} broke ({reason}). Shares and root token are lost; this Vault holds nothing yet.',
      next: 'Run the step again: Sealdeck moves the useless data aside and starts anew.',
    },
    vaultAnswerNotSealed: {
      title: 'The shares could not be kept, so none was used',
      explanation: 'Vault initialised, but sealing its answer to disk failed: {reason} Vault stays sealed and holds nothing.',
      next: 'Repair the credential store, then run the step again: it starts this Vault anew.',
    },
    vaultDataGone: {
      title: 'The data of this Vault is gone',
      explanation: 'Shares of an earlier Vault are kept, but the server at {host} is empty. Initialising it would replace them.',
      next: 'Put the data folder {folder} back from its backup, or make a new stack.',
    },
    vaultSharesMissing: {
      title: 'Not enough shares are kept here',
      explanation: '{kept} of the {threshold} shares needed lie in the credential store.',
      next: 'Let the custodians enter their shares on the Vault page.',
    },
    vaultSharesWrong: {
      title: 'One of the {threshold} shares was wrong',
      explanation: 'Vault checks shares only together. It has forgotten all {threshold} and does not say which was wrong.',
      next: 'Enter all {threshold} again. If they are proven good, the data belongs to another Vault.',
    },
    vaultShareEncoding: {
      title: 'This is not a share',
      explanation: 'A share is written in hexadecimal or base64.',
      next: 'Copy it again, as it was handed out. Nothing was sent.',
    },
    vaultShareLength: {
      title: 'This share has the wrong length',
      explanation: 'It has {bytes} bytes; a share of this Vault has {expected}.',
      next: 'Copy it again, without a missing or added character. Nothing was sent.',
    },
    vaultShareEncrypted: {
      title: 'This share is still encrypted',
      explanation: 'It is a PGP message for its custodian, not the share itself.',
      next: 'Decrypt it with the custodian’s key first. Nothing was sent.',
    },
    vaultAttemptReset: {
      title: 'The attempt was started anew meanwhile',
      explanation: 'Somebody reset it, a wrong share ended it, or {node} was restarted. Shares given before are forgotten.',
      next: 'Enter all {threshold} shares again, this one too: it was not sent.',
    },
    kvVersionDiffers: {
      title: 'The engine {mount} is kv version {actual}, not {expected}',
      explanation: 'KES cannot find out the version, and Vault does not turn it back.',
      next: 'Choose another mount, or version {actual} in the first step.',
    },
    vaultMountTaken: {
      title: '{mount} is taken by {type}',
      explanation: 'Something else is enabled under that name.',
      next: 'Choose another name.',
    },
    vaultRoleTooWide: {
      title: 'The role may do more than it should',
      explanation: '{path} was answered with {status}; 403 was expected.',
      next: 'Look at the other policies of this role and remove them.',
    },
    vaultProofFailed: {
      title: 'The role cannot do what KES needs',
      explanation: '{what} at {path} gave {reason}.',
      next: 'Run the step again; it writes policy and role as planned.',
    },
    vaultOperatorTaken: {
      title: 'There is a login {name} already',
      explanation: 'It was not made by this stack. Sealdeck does not change other people’s passwords.',
      next: 'Choose another name.',
    },
    vaultRootLives: {
      title: 'The root token still works',
      explanation: 'It was revoked, but {host} answered it with {status}.',
      next: 'Run the step again.',
    },
  },
  texts: {},
} as const satisfies DomainMessages;
