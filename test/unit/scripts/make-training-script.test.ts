import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bundle } from '../../../scripts/make-training-script/bundle.ts'
import { configOfFlags, flagHelp } from '../../../scripts/make-training-script/flags.ts'
import { pythonLiteral } from '../../../scripts/make-training-script/python-literal.ts'
import { readCall } from '../../../scripts/make-training-script/read-call.ts'
import { ConfigError, readConfig } from '../../../scripts/make-training-script/read-config.ts'
import { fields } from '../../../scripts/make-training-script/training-config.ts'
import { trainingScript } from '../../../scripts/make-training-script/training-script.ts'
import { wrapper } from '../../../scripts/make-training-script/wrapper.ts'

const least = { model: 'some/model', dataset: 'rows.jsonl' }

function problems(given: unknown): readonly string[] {
  try {
    readConfig(given)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('readConfig()', () => {
  test('fills in what a training needs', () => {
    expect(readConfig(least)).toMatchObject({
      ...least,
      architecture: 'auto',
      output_dir: '/workspace/fine_tuned_model',
      quantization: 'none',
      stages: [],
    })
  })

  test.each([
    [{}, ['model: it must be given', 'dataset: it must be given']],
    [[], ['the configuration: expected object, received array']],
    [{ ...least, learning_rate: 'fast' }, ['learning_rate: expected number, received string']],
    [{ ...least, learnin_rate: 1 }, ['learnin_rate: there is no such field; did you mean learning_rate?']],
    [{ ...least, lora_r: 0 }, ['lora_r: Too small: expected number to be >=1']],
    [{ ...least, model: 'a\ud800' }, ['model: must be text that UTF-8 can hold']],
    [{ ...least, hf_repo: 'model' }, ['hf_repo: must be like user/model']],
    [
      { ...least, stages: [{ name: 'a', epoch: 1 }] },
      ['stages[0].epoch: there is no such field; did you mean epochs?'],
    ],
    [{ ...least, stages: [{ name: 'a' }, { name: 'a' }] }, ['stages: must have a different name each']],
    [{ ...least, stages: [{ name: '../a' }] }, ['stages[0].name: must be 1 to 40 letters, digits and _ -']],
  ])('refuses %j, naming the field', (given, expected) => expect(problems(given)).toEqual(expected))

  test.each([
    [{ metrics: ['perplexity'] }, /^metrics: they need `eval_share`/],
    [{ early_stopping_patience: 2 }, /^early_stopping_patience: it needs `eval_share`/],
    [{ quantization: '4bit', multi_gpu: 'fsdp' }, /^quantization: it does not go with `multi_gpu` fsdp/],
    [{ merge_adapter: true, quantization: '8bit' }, /^merge_adapter: it needs `quantization` none/],
    [
      { multi_gpu: 'deepspeed', deepspeed_stage: 3 },
      /^deepspeed_stage: 3 is not supported, .* set `multi_gpu` fsdp$/,
    ],
    [{ eval_share: 0.1, metrics: ['bleu'], architecture: 'bert' }, /^metrics: bleu need a model that writes/],
    [{ rclone_checkpoints: true }, /^rclone_checkpoints: it needs `rclone_remote`/],
    [{ gpus: 2 }, /^gpus: it needs `multi_gpu`/],
  ])('refuses what cannot go together: %j', (more, expected) => {
    expect(problems({ ...least, ...more })).toEqual([expect.stringMatching(expected)])
  })
})

describe('configOfFlags()', () => {
  test('reads numbers, lists and switches', () => {
    const call = readCall([
      ...['--learning-rate', '1e-4', '--metrics', 'bleu,rouge', '--gradient-checkpointing'],
      ...['--no-hf-private', '--model', '7', '--epochs', 'many', '--out', 'there'],
    ])
    if (typeof call === 'string') throw new Error(call)
    expect(call).toMatchObject({ out: 'there', force: false, config: undefined })
    expect(configOfFlags(call.values)).toEqual({
      learning_rate: 1e-4,
      metrics: ['bleu', 'rouge'],
      gradient_checkpointing: true,
      hf_private: false,
      model: '7',
      epochs: 'many',
    })
  })

  test('has a flag for every field but stages, and says what it does', () => {
    const help = flagHelp()
    for (const [name, schema] of Object.entries(fields.shape)) {
      if (name === 'stages') continue
      expect(help).toContain(`--${name.replaceAll('_', '-')}`)
      expect(schema.description, name).toMatch(/^[A-Z]/)
    }
  })

  test('leaves an unknown flag to be named', () => {
    expect(readCall(['--learnin-rate', '1'])).toContain('--learnin-rate')
  })
})

describe('pythonLiteral()', () => {
  test('writes what Python reads', () => {
    expect(pythonLiteral({ a: null, b: undefined, c: [true, false], d: 1e-7, e: [], f: {} })).toBe(
      '{\n    "a": None,\n    "b": None,\n    "c": [\n        True,\n        False,\n    ],\n    "d": 1e-7,\n    "e": [],\n    "f": {},\n}',
    )
    expect(pythonLiteral('é "\\\n\u2028 😀')).toBe('"\\u00e9 \\"\\\\\\n\\u2028 \\U0001f600"')
    expect(pythonLiteral(-0)).toBe('-0.0')
  })

  test('never lets a text end its quotes', () => {
    const anything = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(anything, (text) => {
        expect(pythonLiteral(text)).toMatch(/^"(?:[ !#-[\]-~]|\\["\\bfnrt]|\\u[\da-f]{4}|\\U[\da-f]{8})*"$/)
      }),
    )
  })
})

describe('bundle()', () => {
  test('puts imports first, once, and pieces one after the other', () => {
    const one = '"""The first."""\n\nfrom __future__ import annotations\n\nimport os\n\nA = 1\n'
    const two =
      '"""The second."""\n\nimport os\nfrom one import A\nfrom re import (\n    sub,\n    compile as make,\n)\n\nprint(A)\n'
    const script = bundle('"""All."""\n', [
      { name: 'one', source: one },
      { name: 'two', source: two },
    ])
    expect(script.split('\n').filter((line) => line !== '' && !line.startsWith('# ---'))).toEqual([
      '"""All."""',
      'from __future__ import annotations',
      'import os',
      'from re import compile as make, sub',
      '# The first.',
      'A = 1',
      '# The second.',
      'print(A)',
    ])
  })
})

describe('trainingScript()', () => {
  test('holds a configuration as data, and nothing of it anywhere else', () => {
    const evil = '"); import os; os.system("x") #'
    const script = trainingScript(readConfig({ model: evil, dataset: "'''\n$& $1 `rm`" }))
    expect(script.split('\n').filter((line) => line.includes('os.system'))).toEqual([
      `    "model": "\\"); import os; os.system(\\"x\\") #",`,
    ])
    expect(script).toContain(`    "dataset": "'''\\n$& $1 \`rm\`",\n`)
  })

  test('has the metrics callback as podmate_metrics.py has it, and no token', () => {
    const script = trainingScript(readConfig({ ...least, hf_repo: 'user/model' }))
    expect(script).toContain('class _TrainerReports:')
    expect(script).not.toContain('sleep 3600')
    expect(script).not.toMatch(/hf_[A-Za-z0-9]{20}/)
  })
})

describe('wrapper()', () => {
  test('stops at the first error, and ends as the training ends', () => {
    const lines = wrapper(readConfig(least)).trimEnd().split('\n')
    expect(lines).toContain('set -euo pipefail')
    expect(lines.at(-1)).toBe('exec "$python" train.py "$@"')
    expect(lines.join()).not.toContain('sleep')
    expect(lines.join()).not.toContain('bitsandbytes')
  })

  test.each([
    [{ quantization: '4bit' }, "'bitsandbytes>="],
    [{ optimizer: 'paged_adamw_8bit' }, "'bitsandbytes>="],
    [{ multi_gpu: 'deepspeed' }, "'deepspeed>="],
    [{ report_to: ['wandb'] }, "'wandb'"],
    [
      { multi_gpu: 'fsdp' },
      'exec "$python" -m torch.distributed.run --standalone --nproc-per-node=gpu train.py "$@"',
    ],
    [{ multi_gpu: 'ddp', gpus: 2 }, '--nproc-per-node=2 train.py'],
  ])('with %j has %s', (more, expected) => {
    expect(wrapper(readConfig({ ...least, ...more }))).toContain(expected)
  })

  test('holds no text of the configuration', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (model, dataset) => {
        expect(wrapper(readConfig({ ...least, model, dataset }))).toBe(wrapper(readConfig(least)))
      }),
    )
  })
})
