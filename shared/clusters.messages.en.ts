import type { DomainMessages } from './text.ts';

export const clustersEn = {
  errors: {
    clusterStoreNotVault: {
      title: 'This key store takes one cluster only',
      explanation: '{store} has no folders with a login of their own, so two KES could read each other’s keys.',
      next: 'Set up another stack for the next cluster.',
    },
    clusterNoFirst: {
      title: 'The first cluster is not whole yet',
      explanation: 'A further one shares its Vault and its certificates. Missing: {missing}.',
      next: 'Finish the set-up of this stack first.',
    },
    clusterTaken: {
      title: 'That name is taken',
      explanation: '{field}: {value} belongs to {owner} already.',
      next: 'Choose another one. Nothing was changed.',
    },
    clusterNested: {
      title: 'One prefix would lie inside the other',
      explanation: '{prefix} and {other} of {owner} overlap: a role that may read the upper one reads the lower one, too.',
      next: 'Choose a prefix beside it. Nothing was changed.',
    },
    clusterPort: {
      title: 'Port {port} is not free',
      explanation: 'It belongs to {owner}.',
      next: 'Choose another port. Nothing was changed.',
    },
    clusterKeyOutside: {
      title: 'The new MinIO could not use its default key',
      explanation: '{key} does not begin with {prefix}, and its KES allows only such keys.',
      next: 'Choose a key that begins with the prefix.',
    },
    clusterBusy: {
      title: 'A cluster is being added to this stack already',
      explanation: 'Only one addition or proof runs at a time, perhaps from another window.',
      next: 'Wait until it has ended, or cancel it in the job list.',
    },
    clusterNoRecord: {
      title: 'There is nothing to go on with',
      explanation: 'No addition of {cluster} is kept on this stack: it was finished or given up.',
      next: 'Look at the picture of the stack again.',
    },
    clusterNeedsRoot: {
      title: 'Sealdeck’s login at Vault may not prepare another cluster',
      explanation: '{login} may not write {path}, and too few shares are kept here to make a root token.',
      next: 'Make a root token on “Nodes and keys” with the custodians’ shares, add the cluster, then revoke the token there.',
    },
    clusterNotApart: {
      title: 'The clusters are not kept apart',
      explanation: '{by} got at what belongs to {of}: {asked} was answered with {status}.',
      next: 'Compare the policies of both roles in Vault and of both KES. Do not write more until this is mended.',
    },
    clusterWrongKes: {
      title: 'A write did not go through its own KES only',
      explanation: '{cluster} wrote {writes} objects; meanwhile the KES of {of} counted {count} requests.',
      next: 'Look at the KES addresses of this MinIO and at its log.',
    },
  },
  texts: {
    'clusters.job': 'Add the cluster {cluster}',
    'clusters.jobProve': 'Prove that the clusters are apart',
    'clusters.step.document': 'Take it into the stack',
    'clusters.step.certificates': 'Certificates and identity',
    'clusters.step.prepare': 'Its own place and role in Vault',
    'clusters.step.kes': 'KES',
    'clusters.step.key': 'Default key',
    'clusters.step.minio': 'MinIO',
    'clusters.step.bucket': 'First bucket',
    'clusters.step.proof': 'Proof that the clusters are apart',
    'clusters.missing.minio': 'MinIO',
    'clusters.missing.kes': 'KES',
    'clusters.missing.ca': 'a CA of the stack’s own',
    'clusters.field.id': 'Name',
    'clusters.field.prefix': 'Prefix',
    'clusters.field.role': 'Role',
    'clusters.field.policy': 'Policy',
    'clusters.field.folder': 'Folder',
    'clusters.vault': 'Vault',
    'clusters.any': 'any cluster',
    'clusters.itself': 'the new cluster itself',
    'clusters.otherProgram': 'another program or stack',
    'clusters.counted':
      '{cluster}: its own KES counted {own} requests while it wrote {writes} objects, and {other} while another cluster wrote',
    'clusters.refusedTo': '{by} was refused at {of}: {asked} answered {status}',
    'clusters.plan.document':
      'Takes {cluster} into the stack, with KES {kes} and the identity of its MinIO. Vault, the CA and your own identity are shared.',
    'clusters.plan.proof':
      'Writes some objects in each cluster and takes them away again; asks each role and each identity for the keys of the other clusters.',
    'clusters.plan.rights': 'Adds the new names to the policy {policy} of Sealdeck’s login',
    'clusters.plan.rightsByRoot':
      'Makes a root token with the kept shares, adds the new names to the policy {policy} of Sealdeck’s login, and revokes the token',
    'clusters.command.root': 'Root is revoked: its shares make a token for the next line',
    'clusters.journal.added': 'Cluster {cluster} added: keys below {path}, role {role}',
    'clusters.journal.forgotten': 'Addition of cluster {cluster} given up; its files and its place in Vault stay',
    'clusters.journal.proven': 'Proven that the clusters are apart: {clusters}',
  },
} as const satisfies DomainMessages;
