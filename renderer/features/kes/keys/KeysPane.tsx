import { useLocation } from 'wouter';
import type { StackSummary } from '../../../components/currentStack.ts';
import { KeysPage } from './KeysPage.tsx';
import { sandboxAddress } from './place.ts';
import { SandboxPage } from './SandboxPage.tsx';

/** Which keys are there, and do they work? */
export function KeysPane({ stack }: { stack: StackSummary }) {
  const [address] = useLocation();
  return address === sandboxAddress ? <SandboxPage stack={stack} /> : <KeysPage stack={stack} />;
}
