import { expect, test } from 'vitest'
import { imageNames, revisionOf } from '../../../scripts/image/names.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'

test('imageNames() writes the name in lower case, and tags it with the commit and as latest', () => {
  expect(imageNames('ghcr.io/You/Podmate', revisionOf(commit, ''))).toEqual([
    'ghcr.io/you/podmate:0123456789ab',
    'ghcr.io/you/podmate:latest',
  ])
})

test('revisionOf() tells when what is built is not what was committed', () => {
  expect(revisionOf(commit, ' M Dockerfile\n')).toBe('0123456789ab-changed')
  expect(revisionOf(commit, '\n')).toBe('0123456789ab')
})
