import { describe, expect, test } from 'vitest'
import { isPassing, pathProblem } from '../../../services/artifacts/uploader/path-policy.ts'
import { secretName } from '../../../services/artifacts/uploader/secret-names.ts'

describe('pathProblem()', () => {
  test.for([
    ['a\nb.json', 'line break'],
    ['a\u0000b.json', 'control character'],
    ['a\u2028b.json', 'line break'],
    ['a\\b.json', 'backslash'],
    ['../a.json', 'leads out'],
    ['a/../b.json', 'leads out'],
    ['a//b.json', 'leads out'],
    ['.git/config.json', '`.git`'],
    ['a/.GIT/b.json', '`.git`'],
    ['C:model.pt', 'drive'],
    ['bad\uFFFD.json', 'UTF-8'],
    [`${'long/'.repeat(250)}a.json`, 'longer than 1000 bytes'],
  ] as const)('names what is wrong with %j', ([path, says]) => {
    expect(pathProblem(path)).toContain(says)
  })

  test.for(['a b.json', 'run #1/größe?.pt', '模型/最佳.pt', '%2e%2e/a.pt', '.gitignore', "it's.json"])(
    'has nothing against %j',
    (path) => {
      expect(pathProblem(path)).toBeUndefined()
    },
  )
})

describe('isPassing()', () => {
  test.for([
    'a.pt.tmp',
    'a.part',
    'b~',
    '.hidden.json',
    '.cache/a.json',
    'x/.a/b.pt',
    'a.LOCK',
    'a.incomplete',
  ])('passes over %s', (path) => {
    expect(isPassing(path)).toBe(true)
  })

  test.for(['a.pt', 'partial.json', 'tmp/a.json', 'lock.json'])('stays for %s', (path) => {
    expect(isPassing(path)).toBe(false)
  })
})

describe('secretName()', () => {
  test.for([
    ...['.env', '.env.local', 'prod.env', 'server.pem', 'tls.key', 'id_rsa', 'id_ed25519.pub', 'id_work'],
    ...['kaggle.json', '.netrc', 'credentials.json', 'client_secret_1.json', 'service-account.json'],
    ...['token', 'hf_token.json', 'run/my-token.txt', 'TOKEN.json', 'secrets.json'],
  ])('refuses %s', (path) => {
    expect(secretName(path)).toContain('never uploaded')
  })

  test.for([
    ...[
      'tokenizer.json',
      'tokenizer_config.json',
      'special_tokens_map.json',
      'added_tokens.json',
      'tokens.json',
    ],
    ...['id_map.json', 'environment.json', 'keys.json', 'monkey.json', 'model.safetensors', 'secretary.json'],
  ])('lets %s go', (path) => {
    expect(secretName(path)).toBeUndefined()
  })
})
