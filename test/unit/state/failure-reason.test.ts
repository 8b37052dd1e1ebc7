import { describe, expect, test } from 'vitest'
import { failureReason } from '../../../services/state/failure-reason.ts'

const reasonOf = (code: string, path?: string) =>
  failureReason({ code, message: `${code}: it failed`, ...(path === undefined ? {} : { path }) }, '/vol/pod1')

describe('failureReason()', () => {
  test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EIO', 'ESTALE'])(
    'names the place, the code and a remedy for %s',
    (code) => {
      expect(reasonOf(code)).toMatch(/\/vol.* or set POD_STATE_DIR to another folder/)
      expect(reasonOf(code)).toContain(code)
    },
  )

  test('names the parent that is missing', () => {
    expect(reasonOf('ENOENT', '/vol')).toMatch(/^\/ does not exist/)
    expect(reasonOf('ENOENT', '/vol/pod1/a.tmp')).toMatch(/^\/vol\/pod1 does not exist/)
  })

  test.each(['EISDIR', 'ENAMETOOLONG', 'UNKNOWN'])('does not blame the volume for %s', (code) => {
    expect(reasonOf(code)).toBeUndefined()
  })
})
