import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { FileBook } from '../../../services/artifacts/uploader/file-book.ts'
import { Journal } from '../../../services/artifacts/uploader/journal.ts'
import { uploadDefaults } from '../../../services/artifacts/uploader/options.ts'
import { patternExcluder, patternMatcher } from '../../../services/artifacts/uploader/patterns.ts'
import { plan } from '../../../services/artifacts/uploader/plan.ts'
import { type Scan, Tree } from '../../../services/artifacts/uploader/tree.ts'
import { unitsOf } from '../../../services/artifacts/uploader/units.ts'
import { onnxGraph } from '../../fixtures/artifacts/onnx-graph.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const nowhere = { read: async () => undefined, append: async () => {}, write: async () => {} }

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})

function write(name: string, content: string | Buffer = 'x'): void {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), content)
}

function tree(patterns: readonly string[] = uploadDefaults.patterns, maxFileBytes = 1000): Tree {
  const rules = { matches: patternMatcher(patterns), excludes: patternExcluder(patterns), maxFileBytes }
  return new Tree([{ dir: folder, under: '' }], 'run', rules)
}

const scan = (...given: Parameters<typeof tree>): Promise<Scan> => tree(...given).scan()
const names = ({ files }: Scan) => [...files.keys()].sort()
const left = ({ unmatched }: Scan) => unmatched.map((path) => path.slice(folder.length + 1)).sort()

describe('an ONNX graph whose weights lie beside it', () => {
  test('takes them up, whatever their names, and goes up with them', async () => {
    write('net.onnx', onnxGraph(['net.onnx.data', '.hidden', 'empty.bin', 'w 1']))
    for (const name of ['net.onnx.data', '.hidden', 'w 1', 'other.data']) write(name)
    write('empty.bin', '')
    const found = await scan()
    expect(names(found)).toEqual([
      'run/.hidden',
      'run/empty.bin',
      'run/net.onnx',
      'run/net.onnx.data',
      'run/w 1',
    ])
    expect(left(found)).toEqual(['other.data'])
    expect(found.files.get('run/net.onnx')?.needs).toHaveLength(4)
  })

  test('finds a name that the file system keeps in another form of Unicode', async () => {
    write('net.onnx', onnxGraph(['modèle.data'.normalize('NFC')]))
    write('modèle.data'.normalize('NFD'))
    expect(names(await scan())).toContain(`run/${'modèle.data'.normalize('NFC')}`)
  })

  test('waits for what is not there, and sees it come', async () => {
    write('net.onnx', onnxGraph(['net.onnx.data']))
    const all = tree()
    const [before] = (await all.scan()).files.values()
    expect(before?.waits).toBe('it belongs with "net.onnx.data", which is not there')
    write('net.onnx.data')
    const after = await all.scan()
    expect(after.files.get('run/net.onnx')).toMatchObject({ needs: ['run/net.onnx.data'] })
    expect(after.files.get('run/net.onnx')?.waits).toBeUndefined()
  })

  test('does not go up without what must not: a link, another folder, a secret name, too large a file', async () => {
    const lacks = async (location: string) => {
      write('net.onnx', onnxGraph([location]))
      return (await scan()).files.get('run/net.onnx')?.lacks
    }
    write('large.data', Buffer.alloc(2000))
    write('.env')
    symlinkSync('large.data', join(folder, 'link.data'))
    expect(await lacks('../w')).toMatch(/"\.\.\/w", which is not in its folder/)
    expect(await lacks('parts/w')).toMatch(/not in its folder/)
    expect(await lacks('/etc/passwd')).toMatch(/not in its folder/)
    expect(await lacks('link.data')).toMatch(/does not go up: it is no regular file/)
    write('line\nbreak')
    expect(await lacks('line\nbreak')).toMatch(/does not go up: .*rename it/)
    expect(await lacks('.env')).toMatch(/\.env", which does not go up/)
    expect(await lacks('large.data')).toMatch(/HF_SYNC_MAX_FILE_GB/)
  })

  test.for([{ offset: 'x' }, { length: '-1' }, { offset: '1e3', length: '' }])(
    'takes them up also when it tells no right place in them: %j',
    async (place) => {
      write('net.onnx', onnxGraph(['net.onnx.data'], place))
      write('net.onnx.data')
      const found = await scan()
      expect([names(found), left(found)]).toEqual([['run/net.onnx', 'run/net.onnx.data'], []])
    },
  )

  test('takes up what a damaged graph names before the damage', async () => {
    write('net.onnx', Buffer.concat([onnxGraph(['net.onnx.data']), Buffer.from([0xff])]))
    write('net.onnx.data')
    expect(names(await scan())).toEqual(['run/net.onnx', 'run/net.onnx.data'])
  })
})

describe('what is sent', () => {
  /** A book of files that are all settled and hashed, as a scan sees them. */
  async function hashedBook() {
    const journal = new Journal(nowhere, '')
    await journal.load()
    const book = new FileBook(journal)
    const all = tree()
    const look = async () => {
      const scan = await all.scan()
      book.take(scan, 0)
      return { scan }
    }
    const hash = (found: { scan: Scan }, ...paths: readonly string[]) => {
      for (const path of paths) {
        const file = found.scan.files.get(path)
        if (file === undefined) throw new Error(`${path} is not there`)
        book.settled(file)
        book.hashed(file, { sha256: path })
      }
    }
    const sendable = () => [...book.sendable()].map(({ remotePath }) => remotePath).sort()
    return { book, look, hash, sendable }
  }
  const both = ['run/net.onnx', 'run/net.onnx.data'] as const

  test('is a graph with its weights, not before both are hashed, and not while one is written again', async () => {
    write('net.onnx', onnxGraph(['net.onnx.data']))
    write('net.onnx.data', '')
    const { look, hash, sendable } = await hashedBook()
    const found = await look()
    hash(found, 'run/net.onnx')
    expect(sendable()).toEqual([])
    hash(found, 'run/net.onnx.data')
    expect(sendable()).toEqual(both)
    write('net.onnx.data', 'another')
    const again = await look()
    expect(sendable()).toEqual([])
    hash(again, 'run/net.onnx.data')
    expect(sendable()).toEqual(both)
  })

  test('is no graph whose weights have gone, until it was waited for them again', async () => {
    write('net.onnx', onnxGraph(['net.onnx.data']))
    write('net.onnx.data')
    const { book, look, hash, sendable } = await hashedBook()
    hash(await look(), ...both)
    rmSync(join(folder, 'net.onnx.data'))
    const found = await look()
    expect([sendable(), book.settling.size]).toEqual([[], 1])
    const reason = 'it belongs with "net.onnx.data", which is not there'
    expect(book.partsMissing()).toEqual([{ path: join(folder, 'net.onnx'), reason }])
    hash(found, 'run/net.onnx')
    expect(sendable()).toEqual(['run/net.onnx'])
    expect(book.partsMissing()).toHaveLength(1)
    write('net.onnx.data')
    hash(await look(), 'run/net.onnx.data')
    expect([sendable(), book.partsMissing()]).toEqual([both, []])
  })
})

describe('a model folder', () => {
  const parts = [
    'chat_template.jinja',
    'tokenizer.model',
    'merges.txt',
    'vocab.txt',
    'README.md',
    'pytorch_model.bin',
    'additional_chat_templates/tool_use.jinja',
  ]

  test('goes up whole by default, and what only looks like a part of one is named', async () => {
    for (const name of ['config.json', 'model.safetensors', ...parts]) write(`model/${name}`, '{}')
    for (const name of [...parts.slice(0, -1), 'optimizer.bin', 'last.ckpt']) write(name)
    const found = await scan()
    expect(names(found)).toEqual(
      ['config.json', 'model.safetensors', ...parts].map((name) => `run/model/${name}`).sort(),
    )
    expect(left(found)).toEqual([...parts.slice(0, -1), 'last.ckpt', 'optimizer.bin'].sort())
  })

  test('is no longer one without its configuration', async () => {
    write('config.json', '{}')
    write('merges.txt')
    const all = tree()
    expect(names(await all.scan())).toEqual(['run/config.json', 'run/merges.txt'])
    rmSync(join(folder, 'config.json'))
    const after = await all.scan()
    expect([names(after), left(after)]).toEqual([[], ['merges.txt']])
  })

  test('takes the shards of an index, and what a pattern takes out stays here without a word', async () => {
    write('model.bin.index.json', JSON.stringify({ weight_map: { a: 'shard-1.bin', b: 'shard-1.bin' } }))
    write('shard-1.bin')
    write('last.ckpt')
    write('config.json', '{}')
    write('README.md')
    const found = await scan(['*.json', '!*.ckpt', '!README.md'])
    expect(names(found)).toEqual(['run/config.json', 'run/model.bin.index.json', 'run/shard-1.bin'])
    expect(left(found)).toEqual([])
  })
})

describe('what goes up together', () => {
  test('is one unit, also when two graphs share their weights', () => {
    const units = unitsOf([
      { remotePath: 'a.onnx', needs: ['w'] },
      { remotePath: 'b.onnx', needs: ['w', 'v'] },
      { remotePath: 'c.onnx' },
    ])
    expect([...units.keys()].sort()).toEqual(['a.onnx', 'b.onnx', 'v', 'w'])
    expect(new Set(units.values()).size).toBe(1)
  })

  test('is in one commit, whatever the limits', () => {
    const unit = new Set(['net.onnx', 'net.data'])
    const file = (remotePath: string, size: number, more = {}) => ({
      ...{ remotePath, size, mtimeMs: 1, sha256: remotePath },
      ...more,
    })
    const files = [
      file('a.json', 10),
      file('net.onnx', 10, { unit }),
      file('net.data', 3e9, { unit }),
      file('b.pt', 3e6),
    ]
    for (const smallApart of [false, true]) {
      const limits = { files: 1, regularBytes: 1e6, bytes: 2e6, deleted: 1, smallApart }
      const batches = plan(files, new Map(), { limits }).map((batch) =>
        batch.files.map(({ remotePath }) => remotePath),
      )
      expect(batches).toContainEqual(['net.onnx', 'net.data'])
      expect(batches.flat().sort()).toEqual(['a.json', 'b.pt', 'net.data', 'net.onnx'])
    }
  })
})
