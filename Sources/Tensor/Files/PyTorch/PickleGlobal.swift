/// What a checkpoint may name: the classes and functions that PyTorch's own `weights_only` reader
/// allows, as far as state dictionaries have them.
///
/// None of them is ever run. Each says what the data mean that are handed to it.
enum PickleGlobal: Equatable {
  /// A dictionary.
  case dictionary
  /// A tensor in a storage, with or without an element type of its own.
  case tensor, typedTensor
  /// A parameter, which is its tensor.
  case parameter
  /// The sizes of a tensor.
  case size
  /// A type of elements, or of storages of them; that of bytes where elements are not told.
  case elementType(SafetensorsFile.ElementType)
  /// Something that holds no tensor, such as a device or a number of NumPy.
  case opaque

  /// What `module.name` means; nil for all that we do not know.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .dictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .tensor
    case ("torch._utils", "_rebuild_tensor_v3"): self = .typedTensor
    case ("torch._utils", "_rebuild_parameter"),
      ("torch._utils", "_rebuild_parameter_with_state"):
      self = .parameter
    case ("torch", "Size"): self = .size
    case ("torch", "device"), ("_codecs", "encode"), ("argparse", "Namespace"): self = .opaque
    case ("numpy", "dtype"), ("numpy.core.multiarray", "scalar"),
      ("numpy._core.multiarray", "scalar"):
      self = .opaque
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"):
      self = .elementType(.uint8)
    case ("torch", _):
      guard let type = Self.storages[name] ?? Self.elementTypes[name] else { return nil }
      self = .elementType(type)
    default: return nil
    }
  }

  private static let storages: [String: SafetensorsFile.ElementType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "ByteStorage": .uint8, "CharStorage": .int8,
    "ShortStorage": .int16, "IntStorage": .int32, "LongStorage": .int64, "BoolStorage": .bool,
    "ComplexFloatStorage": .complex64,
  ]

  private static let elementTypes: [String: SafetensorsFile.ElementType] = [
    "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16,
    "uint8": .uint8, "int8": .int8, "int16": .int16, "int32": .int32, "int64": .int64,
    "bool": .bool, "uint16": .uint16, "uint32": .uint32, "uint64": .uint64,
    "complex64": .complex64, "float8_e4m3fn": .float8E4M3, "float8_e5m2": .float8E5M2,
    "float8_e8m0fnu": .float8E8M0, "float8_e4m3fnuz": .float8E4M3FNUZ,
    "float8_e5m2fnuz": .float8E5M2FNUZ,
  ]
}
