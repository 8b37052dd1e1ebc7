import type { GlobalKind } from './pickle-value.ts'

/** The element type of each of torch's storages that has one. */
const storages: Readonly<Record<string, string>> = {
  Float: 'float32',
  Double: 'float64',
  Half: 'float16',
  BFloat16: 'bfloat16',
  Long: 'int64',
  Int: 'int32',
  Short: 'int16',
  Char: 'int8',
  Byte: 'uint8',
  Bool: 'bool',
  ComplexFloat: 'complex64',
  ComplexDouble: 'complex128',
  QInt8: 'qint8',
  QUInt8: 'quint8',
  QInt32: 'qint32',
  QUInt4x2: 'quint4x2',
  QUInt2x4: 'quint2x4',
}

const bits = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64]
const numberTypes = [
  ...bits.flatMap((count) => [`int${count}`, `uint${count}`]),
  ...['bool', 'float16', 'float32', 'float64', 'bfloat16', 'complex32', 'complex64', 'complex128'],
  ...['float8_e4m3fn', 'float8_e4m3fnuz', 'float8_e5m2', 'float8_e5m2fnuz', 'float8_e8m0fnu'],
  ...['float4_e2m1fn_x2', 'bits8', 'bits16', 'bits1x8', 'bits2x4', 'bits4x2'],
  ...['qint8', 'quint8', 'qint32', 'quint4x2', 'quint2x4'],
]
const schemes = ['affine', 'symmetric'].flatMap((name) => [`per_tensor_${name}`, `per_channel_${name}`])
const constants = [...numberTypes, ...schemes, 'per_channel_affine_float_qparams']

const rebuilders = [
  ...['parameter', 'parameter_with_state', 'qtensor', 'tensor', 'tensor_v2', 'tensor_v3', 'sparse_tensor'],
  ...['meta_tensor_no_storage', 'nested_tensor', 'wrapper_subclass'],
  ...['device_tensor_from_numpy', 'device_tensor_from_cpu_tensor'],
].map((name) => `torch._utils._rebuild_${name}`)

const functions = [
  ...rebuilders,
  'torch._tensor._rebuild_from_type_v2',
  'torch.serialization._get_layout',
  'torch.nested._internal.nested_tensor._rebuild_njt',
  '_codecs.encode',
  ...['numpy._core', 'numpy.core'].flatMap((core) => [
    `${core}.multiarray.scalar`,
    `${core}.multiarray._reconstruct`,
    `${core}.numeric._frombuffer`,
  ]),
]

const tensorTypes = ['torch', 'torch.cuda', 'torch.sparse', 'torch.cuda.sparse'].flatMap((module) =>
  Object.keys(storages).map((name) => `${module}.${name}Tensor`),
)

const types = [
  ...tensorTypes,
  ...['collections.OrderedDict', 'collections.Counter'],
  ...['builtins.bytearray', 'builtins.set', 'builtins.complex'],
  ...['torch.Tensor', 'torch.Size', 'torch.device', 'torch.nn.parameter.Parameter'],
  ...['torch.torch_version.TorchVersion', 'numpy.dtype', 'numpy.ndarray'],
  ...['torch.nested._internal.nested_tensor.NestedTensor', 'torch._dynamo.decorators._DimRange'],
  ...['_mesh_layout._FlatLayout', '_mesh_layout._MeshLayout', 'device_mesh.DeviceMesh', 'tensor.DTensor'].map(
    (name) => `torch.distributed.${name}`,
  ),
  ...['DTensorSpec', 'ShardOrderEntry', 'TensorMeta'].map(
    (name) => `torch.distributed.tensor._dtensor_spec.${name}`,
  ),
  ...['Partial', 'Replicate', 'Shard', '_StridedShard'].map(
    (name) => `torch.distributed.tensor.placement_types.${name}`,
  ),
]

/** Storages by their full names, and the type of their elements: undefined where the tensor says it. */
export const storageTypes: ReadonlyMap<string, string | undefined> = new Map([
  ...['torch', 'torch.cuda'].flatMap((module) =>
    Object.entries(storages).map(([name, dtype]) => [`${module}.${name}Storage`, dtype] as const),
  ),
  ...['Untyped', 'Typed'].map((name) => [`torch.storage.${name}Storage`, undefined] as const),
])

/** The names of data, and no others: what torch.load(weights_only=True) takes, its version, and numpy's numbers and arrays. */
export const knownGlobals: ReadonlyMap<string, GlobalKind> = new Map([
  ...constants.map((name) => [`torch.${name}`, 'constant'] as const),
  ...[...storageTypes.keys()].map((name) => [name, 'constant'] as const),
  ...functions.map((name) => [name, 'function'] as const),
  ...types.map((name) => [name, 'type'] as const),
])
