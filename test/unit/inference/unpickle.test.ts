import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ModelRefused } from '../../../services/inference/model-host/model-refused.ts'
import { PassedOver, TensorRef } from '../../../services/inference/model-host/pickle/pickle-value.ts'
import { unpickle } from '../../../services/inference/model-host/pickle/unpickle.ts'
import { global, pickleOf, put, putMemoBomb, putText, raw, tuple } from '../../fixtures/inference/pickle.ts'
import { limitMs } from '../../fixtures/limit.ts'

const command = putText('touch /tmp/podmate-was-here')

test('unpickle() reads plain values, nested and in every width', () => {
  const value = new Map([
    ['numbers', [0, -1, 255, 65_536, 2 ** 40, 0.25]],
    ['words', ['', 'e2e4', 'Zug\u00fc']],
    ['nothing', [null, true, false]],
  ])
  expect(unpickle(pickleOf(put(value)))).toEqual(value)
})

test('unpickle() reads short integers, tuples, memo entries and duplicates', () => {
  const value = unpickle(
    pickleOf('(', 'K', 7, 'M', 1, 2, putText('x'), 'q', 0, 'h', 0, '2', raw(0x85), raw(0x8a, 1, 0xff), 't'),
  )
  expect(value).toEqual([7, 513, 'x', 'x', ['x'], -1])
})

test('unpickle() reads the opcodes of protocol 4', () => {
  const name = (text: string) => raw(0x8c, text.length, text)
  const frame = raw(0x95, new Uint8Array(8))
  const dictionary = raw(name('collections'), name('OrderedDict'), raw(0x93), ')R')
  const bytes = raw(0x80, 4, frame, '(', name('a'), raw(0x94), 'h', 0, dictionary, 't.')
  expect(unpickle(bytes)).toEqual(['a', 'a', new Map()])
})

test('unpickle() drops the attributes of a state dict, which torch writes with BUILD', () => {
  const dictionary = raw(global('collections', 'OrderedDict'), ')R')
  const metadata = put(new Map([['_metadata', new Map()]]))
  expect(unpickle(pickleOf(dictionary, metadata, 'b'))).toEqual(new Map())
})

test('unpickle() keeps a tensor as a reference, wherever its storage was saved from', () => {
  const data = new Float32Array(6)
  const tensor = put({ data, shape: [2, 3], strides: [1, 2], offset: 0, key: '7', location: 'cuda:0' })
  const value = unpickle(pickleOf(tensor))
  expect(value).toBeInstanceOf(TensorRef)
  expect(value).toMatchObject({ storage: { key: '7', count: 6 }, offset: 0, shape: [2, 3], strides: [1, 2] })
})

describe('unpickle() refuses code by name', () => {
  const attacks: Readonly<Record<string, { pickle: Buffer; says: string }>> = {
    'os.system by GLOBAL and REDUCE': {
      pickle: pickleOf(global('os', 'system'), tuple(command), 'R'),
      says: '"os.system"',
    },
    'builtins.eval by STACK_GLOBAL': {
      pickle: pickleOf(putText('builtins'), putText('eval'), raw(0x93), tuple(command), 'R'),
      says: '"builtins.eval"',
    },
    'subprocess.Popen by INST': { pickle: pickleOf('(', command, 'isubprocess\nPopen\n'), says: 'INST' },
    'a class by OBJ': { pickle: pickleOf('(', putText('x'), 'o'), says: 'OBJ' },
    'a class by NEWOBJ': { pickle: pickleOf(put([]), put([]), raw(0x81)), says: 'NEWOBJ' },
    'a class by NEWOBJ_EX': { pickle: pickleOf(raw(0x92)), says: 'NEWOBJ_EX' },
    'an extension code': { pickle: pickleOf(raw(0x82, 1)), says: 'EXT1' },
    'a state set on a global by BUILD': {
      pickle: pickleOf(global('collections', 'OrderedDict'), put(new Map([['__class__', 'x']])), 'b'),
      says: 'BUILD',
    },
    'a call of a storage': {
      pickle: pickleOf(global('torch', 'FloatStorage'), ')R'),
      says: 'torch.FloatStorage',
    },
    'a call of a text': { pickle: pickleOf(putText('os.system'), ')R'), says: 'no function' },
    'a whole module': {
      pickle: pickleOf(global('__main__', 'NextMoveLSTM')),
      says: '"__main__.NextMoveLSTM"',
    },
    'a name that only starts like an allowed one': {
      pickle: pickleOf(global('torch', 'FloatStorage.__reduce__')),
      says: '"torch.FloatStorage.__reduce__"',
    },
    'a persistent id of another kind': { pickle: pickleOf(putText('x'), 'Q'), says: 'storage' },
  }
  test.each(Object.entries(attacks))('%s', (_name, { pickle, says }) => {
    expect(() => unpickle(pickle)).toThrow(ModelRefused)
    expect(() => unpickle(pickle)).toThrow(says)
  })
})

describe('unpickle() passes over what is of no use here', () => {
  test.each([
    ['an integer of 200 bytes', pickleOf(raw(0x8a, 200), new Uint8Array(200))],
    ['an integer beyond exact numbers', pickleOf(raw(0x8a, 8), new Uint8Array(8).fill(0x7f))],
    ['a set', pickleOf(global('__builtin__', 'set'), tuple(put([1])), 'R')],
    [
      'the state of an object',
      pickleOf(global('torch', 'device'), tuple(putText('cpu')), 'R', put('x'), 'b'),
    ],
  ])('%s', (_name, pickle) => {
    expect(unpickle(pickle)).toBeInstanceOf(PassedOver)
  })
})

describe('unpickle() bounds what a pickle can make it do', () => {
  const fromType = global('torch._tensor', '_rebuild_from_type_v2')
  const hugeLength = raw('X', 0xff, 0xff, 0xff, 0xff, 'short')
  const cases: Readonly<Record<string, { pickle: Buffer; says: string }>> = {
    'a text that claims 4 GB': { pickle: pickleOf(hugeLength), says: 'ends in the middle' },
    'a tensor made by itself': {
      pickle: pickleOf(fromType, 'q\0', '0', 'h\0]q\x01(h\0h\0h\x01eR'),
      says: 'a tensor in an unknown form',
    },
    'an endless name': { pickle: pickleOf('c', 'a'.repeat(100_000)), says: 'endless name' },
    'no end': { pickle: Buffer.concat([raw(0x80, 2), raw('N')]), says: 'ends in the middle' },
    'nothing left at the end': { pickle: raw(0x80, 2, '.'), says: 'takes more than it put' },
    'a pop below a mark': { pickle: pickleOf('N(0'), says: 'takes more than it put' },
    'a mark that was never set': { pickle: pickleOf('Nt'), says: 'never set' },
    'a memo entry that was never kept': { pickle: pickleOf('h', 9), says: 'never kept' },
    'items for a list': { pickle: pickleOf(']', '(NNu'), says: 'no dictionary' },
    'an odd number of items': { pickle: pickleOf('}', '(NNNu'), says: 'no dictionary' },
    'an append to a dictionary': { pickle: pickleOf('}', 'Na'), says: 'no list' },
    'a protocol of the future': { pickle: raw(0x80, 9, 'N.'), says: 'protocol 9' },
    'an unknown opcode': { pickle: pickleOf(raw(0xff)), says: 'opcode 0xff' },
  }
  test.each(Object.entries(cases))('%s', (_name, { pickle, says }) => {
    expect(() => unpickle(pickle)).toThrow(ModelRefused)
    expect(() => unpickle(pickle)).toThrow(says)
  })

  test('a million nested lists neither overflow the stack nor take long', () => {
    const depth = 1_000_000
    const started = performance.now()
    expect(unpickle(pickleOf(']'.repeat(depth), 'a'.repeat(depth - 1)))).toBeInstanceOf(Array)
    expect(performance.now() - started).toBeLessThan(limitMs(5000))
  })

  test('a memo bomb stays as small as it is written', () => {
    expect(unpickle(pickleOf(putMemoBomb()))).toHaveLength(10)
  })

  test('too many steps', () => {
    expect(() => unpickle(pickleOf('N0'.repeat(2_600_000), 'N'))).toThrow('more than 5000000 steps')
  })
})

test('unpickle() gives a value or a refusal for any bytes at all', () => {
  const opcodes = fc.constantFrom(
    ...Buffer.from('(.012GJKMNQRXabcdehioqrstu]})\x80\x85\x86\x87\x88\x89\x8a\x8c\x93\x94\x95', 'latin1'),
  )
  const bytes = fc.array(fc.oneof(opcodes, fc.integer({ min: 0, max: 255 })), { maxLength: 60 })
  fc.assert(
    fc.property(bytes, (list) => {
      try {
        unpickle(Buffer.from(list))
      } catch (error) {
        expect(error).toBeInstanceOf(ModelRefused)
      }
    }),
    { numRuns: 3000 },
  )
})
