import { describe, expect, test } from 'vitest'
import { advance } from '../../../../services/autostop/money/account.ts'
import { openAccount } from '../../../../services/autostop/money/open-account.ts'

describe('openAccount()', () => {
  const boot = { bootId: 'a', containerMs: 1000 }
  const opened = () =>
    advance(openAccount(undefined, boot, { upMs: 2000, wallMs: 0 }), { upMs: 9000, wallMs: 0 })

  test('openAccount() takes a clock that begins anew for another machine', () => {
    const again = openAccount(opened(), { ...boot, containerMs: 400 }, { upMs: 500, wallMs: 50_000 })
    expect(again).toMatchObject({ billedMs: 8000 + 100, upMs: 500 })
    expect(again.gaps).toMatchObject([{ kind: 'elsewhere', gapMs: 50_000 }])
  })

  test.each([
    [true, 12_000],
    [false, 1000],
  ])('openAccount() after an end in order (%o) says that the boot began at %i', (closed, begunUpMs) => {
    const again = openAccount({ ...opened(), closed }, boot, { upMs: 12_000, wallMs: 0 })
    expect(again).toMatchObject({ billedMs: 11_000, begunUpMs })
  })

  test('advance() counts nothing when its clock goes back', () => {
    expect(advance(opened(), { upMs: 500, wallMs: 0 })).toMatchObject({ billedMs: 8000, upMs: 500 })
  })
})
