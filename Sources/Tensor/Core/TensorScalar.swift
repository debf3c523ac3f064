internal import _KernelsActive
public import _KernelsMicro

/// The element types, where they are known only at run time.
public typealias ScalarType = ElementType

/// A type that tensors can have as their elements.
public protocol TensorScalar: BitwiseCopyable, Sendable, Equatable {
  /// The element type at run time.
  static var scalarType: ScalarType { get }
}

/// A type that tensors compute with.
public protocol TensorNumeric: TensorScalar, Arithmetic {
  /// The loops over elements of this type; tensors go through them once for each operation.
  static var _kernels: ElementKernels<Self> { get }
}

extension Float: TensorNumeric {
  /// `ScalarType.float`.
  public static var scalarType: ScalarType { .float }
  /// Those of the instruction set in use.
  public static var _kernels: ElementKernels<Float> { KernelTable.active.floatElements }
}

extension Double: TensorNumeric {
  /// `ScalarType.double`.
  public static var scalarType: ScalarType { .double }
  /// Those of the instruction set in use.
  public static var _kernels: ElementKernels<Double> { KernelTable.active.doubleElements }
}

extension Int8: TensorNumeric {
  /// `ScalarType.int8`.
  public static var scalarType: ScalarType { .int8 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int8> { KernelTable.int8 }
}

extension UInt8: TensorNumeric {
  /// `ScalarType.uint8`.
  public static var scalarType: ScalarType { .uint8 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<UInt8> { KernelTable.uint8 }
}

extension Int32: TensorNumeric {
  /// `ScalarType.int32`.
  public static var scalarType: ScalarType { .int32 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int32> { KernelTable.int32 }
}

extension Int64: TensorNumeric {
  /// `ScalarType.int64`.
  public static var scalarType: ScalarType { .int64 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int64> { KernelTable.int64 }
}

extension Bool: TensorScalar {
  /// `ScalarType.bool`.
  public static var scalarType: ScalarType { .bool }
}

extension Int16: TensorScalar {
  /// `ScalarType.int16`.
  public static var scalarType: ScalarType { .int16 }
}

extension UInt16: TensorScalar {
  /// `ScalarType.uint16`.
  public static var scalarType: ScalarType { .uint16 }
}

extension UInt32: TensorScalar {
  /// `ScalarType.uint32`.
  public static var scalarType: ScalarType { .uint32 }
}

extension UInt64: TensorScalar {
  /// `ScalarType.uint64`.
  public static var scalarType: ScalarType { .uint64 }
}
