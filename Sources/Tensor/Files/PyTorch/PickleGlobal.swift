/// What a checkpoint may name: the classes and functions that PyTorch's own `weights_only` reader
/// allows, as far as state dictionaries have them, and some that hold no tensor.
///
/// None of them is ever run. Each says what the data mean that are handed to it.
enum PickleGlobal: Equatable {
  /// A dictionary.
  case dictionary
  /// A tensor in a storage, with or without an element type of its own.
  case tensor, typedTensor
  /// A parameter, which is its tensor; with attributes besides where they are told.
  case parameter, parameterWithState
  /// A tensor that another function makes, of a class, with attributes.
  case tensorWithState
  /// A class of tensors.
  case tensorClass
  /// A tensor that is something else than elements in a storage.
  case unreadable(UnreadableTensor.Reason)
  /// The sizes of a tensor.
  case size
  /// A type of elements, or of storages of them; that of bytes where elements are not told.
  case elementType(PickleType)
  /// Something that holds no tensor, such as a device or a number of NumPy.
  case opaque

  /// What `module.name` means; nil for all that we do not know.
  init?(module: String, name: String) {
    switch module {
    case "torch", "torch.cuda":
      switch name {
      case "Size": self = .size
      case "device", "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine",
        "per_channel_symmetric", "per_channel_affine_float_qparams":
        self = .opaque
      case "Tensor": self = .tensorClass
      default:
        guard let type = PickleType(name) else { return nil }
        self = .elementType(type)
      }
    case "torch._utils":
      guard let global = Self.functions[name] else { return nil }
      self = global
    default:
      guard let global = Self.others["\(module).\(name)"] else { return nil }
      self = global
    }
  }

  /// The functions that make tensors, of the module `torch._utils`.
  private static let functions: [String: PickleGlobal] = [
    "_rebuild_tensor": .tensor, "_rebuild_tensor_v2": .tensor, "_rebuild_tensor_v3": .typedTensor,
    "_rebuild_parameter": .parameter, "_rebuild_parameter_with_state": .parameterWithState,
    "_rebuild_sparse_tensor": .unreadable(.form("a sparse tensor")),
    "_rebuild_sparse_csr_tensor": .unreadable(.form("a sparse tensor")),
    "_rebuild_nested_tensor": .unreadable(.form("a nested tensor")),
    "_rebuild_qtensor": .unreadable(.form("a quantized tensor")),
    "_rebuild_meta_tensor_no_storage": .unreadable(.noValues),
    "_rebuild_wrapper_subclass": .unreadable(.form("a tensor of a class of its own")),
    "_rebuild_device_tensor_from_numpy": .unreadable(.form("a tensor of another device")),
    "_rebuild_device_tensor_from_cpu_tensor": .unreadable(.form("a tensor of another device")),
    "_rebuild_xla_tensor": .unreadable(.form("a tensor of another device")),
  ]

  private static let others: [String: PickleGlobal] = {
    var others: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary, "collections.Counter": .dictionary,
      "torch._tensor._rebuild_from_type_v2": .tensorWithState,
      "torch.nn.parameter.Parameter": .tensorClass,
      "torch.storage.UntypedStorage": .elementType(.known(.uint8)),
      "numpy.core.multiarray._reconstruct": .unreadable(.form("an array of NumPy")),
      "numpy._core.multiarray._reconstruct": .unreadable(.form("an array of NumPy")),
    ]
    let opaque = [
      "_codecs.encode", "argparse.Namespace", "numpy.dtype", "numpy.ndarray",
      "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
      "torch.serialization._get_layout", "builtins.set", "builtins.bytearray", "builtins.complex",
      // The same in Python 2, by whose names pickles of protocol 2 go.
      "__builtin__.set", "__builtin__.bytearray", "__builtin__.complex",
    ]
    for name in opaque { others[name] = .opaque }
    return others
  }()
}

/// A type of elements in a storage of PyTorch.
enum PickleType: Equatable {
  case known(StoredType)
  /// One that no other format has, by its name and the number of bytes of an element.
  case foreign(String, byteCount: Int)

  /// The number of bytes of an element.
  var byteCount: Int {
    switch self {
    case .known(let type): type.bitCount / 8
    case .foreign(_, let byteCount): byteCount
    }
  }

  /// The type that a class of storages, or PyTorch's own name of a type, stands for.
  init?(_ name: String) {
    if let type = Self.storages[name] ?? Self.types[name] {
      self = .known(type)
    } else if let byteCount = Self.foreign[name] {
      self = .foreign(name, byteCount: byteCount)
    } else {
      return nil
    }
  }

  private static let storages: [String: StoredType] = [
    "UntypedStorage": .uint8, "FloatStorage": .float32, "DoubleStorage": .float64,
    "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "ByteStorage": .uint8,
    "CharStorage": .int8, "ShortStorage": .int16, "IntStorage": .int32, "LongStorage": .int64,
    "BoolStorage": .bool, "ComplexFloatStorage": .complex64, "ComplexDoubleStorage": .complex128,
  ]

  private static let types: [String: StoredType] = [
    "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16,
    "uint8": .uint8, "int8": .int8, "int16": .int16, "int32": .int32, "int64": .int64,
    "bool": .bool, "uint16": .uint16, "uint32": .uint32, "uint64": .uint64,
    "complex32": .complex32, "complex64": .complex64, "complex128": .complex128,
    "float8_e4m3fn": .float8E4M3, "float8_e5m2": .float8E5M2, "float8_e8m0fnu": .float8E8M0,
    "float8_e4m3fnuz": .float8E4M3FNUZ, "float8_e5m2fnuz": .float8E5M2FNUZ,
  ]

  private static let foreign: [String: Int] = {
    var sizes = [
      "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1,
      "QUInt2x4Storage": 1, "qint8": 1, "quint8": 1, "qint32": 4, "quint4x2": 1, "quint2x4": 1,
      "bits1x8": 1, "bits2x4": 1, "bits4x2": 1, "bits8": 1, "bits16": 2, "bcomplex32": 4,
      "float4_e2m1fn_x2": 1,
    ]
    for bits in 1..<8 { (sizes["int\(bits)"], sizes["uint\(bits)"]) = (1, 1) }
    return sizes
  }()
}
