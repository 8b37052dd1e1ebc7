import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonLiteral } from '../../../scripts/make-training-script/python-literal.ts'
import { readConfig } from '../../../scripts/make-training-script/read-config.ts'
import { architectures } from '../../../scripts/make-training-script/training-config.ts'
import { trainingScript } from '../../../scripts/make-training-script/training-script.ts'
import { makeScript } from '../../fixtures/lora/tiny-training.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const program = resolve('scripts/make-training-script.ts')
const call = (words: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const python = process.env.PODMATE_PYTHON ?? 'python3'
const least = ['--model', 'some/model', '--dataset', 'rows.jsonl']

describe('make-training-script', () => {
  test.each(architectures)('writes a script for %s whose syntax Python takes', (architecture) => {
    const folder = temporaryFolder()
    const said = makeScript(folder, [...least, '--architecture', architecture])
    expect(said.split('\n')).toEqual([
      `${folder}/train.py: written, its syntax is right`,
      `${folder}/train.sh: written, its syntax is right`,
      '',
    ])
    expect(existsSync(join(folder, '__pycache__'))).toBe(false)
    expect(readFileSync(join(folder, 'train.py'), 'utf8')).toContain(`"architecture": "${architecture}",`)
  })

  test('knows the architectures that the script knows', () => {
    const source = readFileSync('services/trainer/python/lora/architectures.py', 'utf8')
    const known = [...source.matchAll(/^ {4}"(\w+)": Architecture\(/gm)].map(([, name]) => name)
    expect(known.toSorted()).toEqual(architectures.toSorted())
  })

  test('reads JSON, takes flags before it, and keeps files that are there', () => {
    const folder = temporaryFolder()
    const config = JSON.stringify({ model: 'a', dataset: 'b', lora_r: 4, seed: 1 })
    const words = ['--config', '-', '--lora-r', '8', '--out', folder]
    expect(call(words, config).status).toBe(0)
    const script = readFileSync(join(folder, 'train.py'), 'utf8')
    expect(script).toContain('"lora_r": 8,')
    expect(script).toContain('"seed": 1,')
    expect(call(words, config)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('(--force writes over it)'),
    })
  })

  test('says what is wrong, one line for each field, and writes nothing', () => {
    const folder = temporaryFolder()
    const { status, stderr } = call(['--model', 'a', '--epochs=-1', '--out', folder, '--metrics', 'bla'])
    expect(status).toBe(2)
    expect(stderr.trimEnd().split('\n')).toEqual([
      'make-training-script: dataset: it must be given',
      'make-training-script: epochs: Too small: expected number to be >0',
      'make-training-script: metrics[0]: expected one of "perplexity"|"bleu"|"rouge"',
    ])
    expect(existsSync(join(folder, 'train.py'))).toBe(false)
    expect(call(['--config', join(folder, 'none.json')])).toMatchObject({ status: 2 })
    expect(call(['--nonsense'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--nonsense') })
  })

  test('says so when there is no Python to check the script with', () => {
    expect(makeScript(temporaryFolder(), least, '/no/such/python')).toContain(
      'written, its syntax was not checked: /no/such/python is not installed',
    )
  })

  test('embeds any text so that Python reads that text and nothing else', () => {
    const folder = temporaryFolder()
    const values = fc.sample(fc.jsonValue({ stringUnit: 'binary' }), 300)
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), 300)
    const all = [...values, ...texts, '"""', "'", '\\', '\\"', '\n#', '$&', '\u2028', '{0}', '%s']
    const plain = all as Parameters<typeof pythonLiteral>[0] // JSON values
    writeFileSync(join(folder, 'literal.txt'), pythonLiteral(plain))
    writeFileSync(join(folder, 'values.json'), JSON.stringify(plain))
    const lines =
      'import ast, json; same = ast.literal_eval(open("literal.txt").read()) == json.load(open("values.json")); print(same)'
    expect(execFileSync(python, ['-c', lines], { cwd: folder, encoding: 'utf8' })).toBe('True\n')
  })

  test('writes the same program whatever the texts of a configuration are', () => {
    const folder = temporaryFolder()
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    const texts = [
      ...fc.sample(text, 20),
      '")\nimport os\n',
      "'''",
      '\\',
      '#',
      'import os',
      '\r\nfrom os import *',
    ]
    texts.forEach((one, at) => {
      const config = readConfig({ model: one, dataset: one, target_modules: [one], output_dir: one })
      writeFileSync(join(folder, `${at}.py`), trainingScript(config))
    })
    writeFileSync(join(folder, 'texts.json'), JSON.stringify(texts))
    const lines = [
      'import ast, json',
      'programs = set()',
      'for at, text in enumerate(json.load(open("texts.json"))):',
      '    tree = ast.parse(open(f"{at}.py", encoding="utf-8", newline="").read())',
      '    [config] = [n for n in tree.body if isinstance(n, ast.AnnAssign) and n.target.id == "CONFIG"]',
      '    values = ast.literal_eval(config.value)',
      '    assert [values[n] for n in ("model", "dataset", "output_dir")] == [text] * 3, text',
      '    assert values["target_modules"] == [text], text',
      '    config.value = ast.Constant(None)',
      '    programs.add(ast.dump(tree))',
      'print(len(programs))',
    ]
    const output = execFileSync(python, ['-c', lines.join('\n')], { cwd: folder, encoding: 'utf8' })
    expect(output).toBe('1\n')
  })
})

describe('train.sh', () => {
  test.each([0, 3, 143])('ends with %i as the training does, after installing what it needs', (code) => {
    const folder = temporaryFolder()
    makeScript(folder, least)
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'python'),
      `#!/bin/sh\necho "$*" >> calls\ncase "$1" in train.py) exit ${code} ;; esac\n`,
      { mode: 0o755 },
    )
    const { status } = spawnSync('bash', [join(folder, 'train.sh')], {
      env: { PATH: process.env.PATH, PYTHON: join(bin, 'python') },
    })
    expect(status).toBe(code)
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
    expect(calls).toEqual([
      '-c import torch',
      expect.stringMatching(/^-m pip install --quiet .*transformers\S+ peft\S+ accelerate\S+$/),
      'train.py',
    ])
  })
})
