import type { StepId } from '../../../shared/setup.ts';
import type { StepForm } from './form.ts';
import { AdminForm } from './forms/AdminForm.tsx';
import { BucketForm } from './forms/BucketForm.tsx';
import { CertificatesForm } from './forms/CertificatesForm.tsx';
import { KesForm } from './forms/KesForm.tsx';
import { KeyForm } from './forms/KeyForm.tsx';
import { MinioForm } from './forms/MinioForm.tsx';
import { ObjectForm } from './forms/ObjectForm.tsx';
import { PlaceForm } from './forms/PlaceForm.tsx';
import { PrepareForm } from './forms/PrepareForm.tsx';
import { ProofForm } from './forms/ProofForm.tsx';
import { ServersForm } from './forms/ServersForm.tsx';
import { UnsealForm } from './forms/UnsealForm.tsx';
import { VaultForm } from './forms/VaultForm.tsx';

/** The form of every step; what it may hold is said by `stepInputs` of the contract. */
export const forms: { readonly [S in StepId]: StepForm<S> } = {
  place: PlaceForm,
  servers: ServersForm,
  certificates: CertificatesForm,
  vault: VaultForm,
  unseal: UnsealForm,
  prepare: PrepareForm,
  kes: KesForm,
  key: KeyForm,
  minio: MinioForm,
  bucket: BucketForm,
  object: ObjectForm,
  proof: ProofForm,
  admin: AdminForm,
};
