import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { socketPaths } from '../../../services/http/listening/socket-paths.ts'

test('socketPaths() names the socket after the absolute state folder, in /run first', () => {
  const hash = createHash('sha256').update('/srv/state').digest('hex').slice(0, 12)
  expect(socketPaths('/srv/state', 1000, '/tmp')).toEqual([
    `/run/podmate/${hash}.sock`,
    `/tmp/podmate-1000/${hash}.sock`,
  ])
})

test('socketPaths() gives one folder the same socket however it is written', () => {
  expect(socketPaths('/srv/./state/', 0, '/tmp')).toEqual(socketPaths('/srv/state', 0, '/tmp'))
  expect(socketPaths('.podmate', 0, '/tmp')).toEqual(socketPaths(`${process.cwd()}/.podmate`, 0, '/tmp'))
})

test('socketPaths() keeps two state folders and two accounts apart', () => {
  const paths = [socketPaths('/a', 1, '/tmp'), socketPaths('/b', 1, '/tmp'), socketPaths('/a', 2, '/tmp')]
  expect(new Set(paths.map(([, fallback]) => fallback)).size).toBe(3)
})
