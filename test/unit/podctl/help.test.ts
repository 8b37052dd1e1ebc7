import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../scripts/podctl/commands.ts'
import { help } from '../../../scripts/podctl/help.ts'

test('help() is what test/unit/podctl/help.txt says', () => {
  expect(help()).toBe(readFileSync(new URL('help.txt', import.meta.url), 'utf8'))
})

test('help() has a line for every command, and none is wider than 120 characters', () => {
  const lines = help().split('\n')
  const usage = lines.slice(0, lines.indexOf('Options:'))
  for (const name of Object.keys(commands)) {
    expect(usage.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1)
  }
  expect(lines.filter((line) => line.length > 120)).toEqual([])
})
