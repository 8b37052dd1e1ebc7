import { testsOf } from '../b/tests-of.ts'

/** Real sshd, JupyterLab and clients, a scripted nvidia-smi: what does not keep a pod, and each thing that does. */
export const endToEndLine = testsOf('end to end', [
  'test/integration/autostop/end-to-end.test.ts',
  'test/integration/autostop/terminals.test.ts',
])
