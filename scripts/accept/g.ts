import { freshBuild } from './g/fresh-build.ts'
import { imageTests } from './g/image-tests.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue G, in its order. Needs root on Debian, and downloads. */
export const issueG: readonly Line[] = [
  freshBuild,
  imageTests('doors', ['doors']),
  imageTests('boot times', ['smoke']),
  imageTests('processes', ['end', 'crash', 'privileges']),
  imageTests('hostile volumes', ['volumes']),
  imageTests('old names', ['old-names']),
  imageTests('contents', ['contents', 'cuda-provider', 'venv', 'size']),
  imageTests('on Ubuntu 22.04', ['doors', 'end', 'smoke'], { PODMATE_IMAGE_RELEASE: 'jammy' }),
]
