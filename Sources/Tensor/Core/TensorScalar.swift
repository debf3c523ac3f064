internal import _KernelsActive
public import _KernelsMicro
public import _KernelsSequential

/// The type of a tensor's elements as a value, where it is known only at run time.
public typealias ScalarType = ElementType

/// A type that tensors can have as their elements.
public protocol TensorScalar: BitwiseCopyable, Sendable, Equatable {
  /// The element type at run time.
  static var scalarType: ScalarType { get }
}

/// A type that tensors compute with.
public protocol TensorNumeric: TensorScalar, Arithmetic, Comparable, ExpressibleByIntegerLiteral {
  /// The loops over elements of this type; tensors go through them once for each operation.
  static var _kernels: ElementKernels<Self> { get }
  /// The loops in which each step needs the one before.
  static var _sequential: SequentialKernels<Self> { get }
}

/// A type of integers that tensors compute with: bits, remainders, divisors.
public protocol TensorInteger: TensorNumeric, FixedWidthInteger {
  /// The loops over integers of this type.
  static var _wholeNumbers: WholeNumberKernels<Self> { get }
}

/// A type of floating-point numbers that tensors compute with: functions, means, norms.
///
/// `Float` and `Double` are computed as they are; `Float16` and `BFloat16` in `Float`, and rounded
/// after each operation.
public protocol TensorFloatingPoint: TensorNumeric, ExpressibleByFloatLiteral {
  /// The nearest number.
  init(_ value: Double)
  /// The distance from one to the next larger number.
  static var ulpOfOne: Self { get }
  /// A function of each element.
  static func _map(_ function: RealFunction, _ x: Tensor<Self>) -> Tensor<Self>
  /// A function of each two elements of one shape.
  static func _zip(
    _ function: BinaryRealFunction, _ a: Tensor<Self>, _ b: Tensor<Self>
  ) -> Tensor<Self>
}

extension Float: TensorFloatingPoint {
  /// `ScalarType.float`.
  public static var scalarType: ScalarType { .float }
  /// Those of the instruction set in use.
  public static var _kernels: ElementKernels<Float> { KernelTable.active.floatElements }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Float> { floatSequential }
}

extension Double: TensorFloatingPoint {
  /// `ScalarType.double`.
  public static var scalarType: ScalarType { .double }
  /// Those of the instruction set in use.
  public static var _kernels: ElementKernels<Double> { KernelTable.active.doubleElements }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Double> { doubleSequential }
}

extension BFloat16: TensorFloatingPoint {
  /// `ScalarType.bfloat16`.
  public static var scalarType: ScalarType { .bfloat16 }
  /// The distance from one to the next larger number.
  public static var ulpOfOne: BFloat16 { BFloat16(bitPattern: 0x3C00) }
  /// Those of every machine.
  public static var _kernels: ElementKernels<BFloat16> { KernelTable.bfloat16Elements }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<BFloat16> { bfloat16Sequential }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: TensorFloatingPoint {
  /// `ScalarType.float16`.
  public static var scalarType: ScalarType { .float16 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Float16> { KernelTable.float16Elements }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Float16> { float16Sequential }
}
#endif

extension Int8: TensorInteger {
  /// `ScalarType.int8`.
  public static var scalarType: ScalarType { .int8 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int8> { KernelTable.int8 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Int8> { int8Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<Int8> { int8WholeNumbers }
}

extension UInt8: TensorInteger {
  /// `ScalarType.uint8`.
  public static var scalarType: ScalarType { .uint8 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<UInt8> { KernelTable.uint8 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<UInt8> { uint8Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<UInt8> { uint8WholeNumbers }
}

extension Int32: TensorInteger {
  /// `ScalarType.int32`.
  public static var scalarType: ScalarType { .int32 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int32> { KernelTable.int32 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Int32> { int32Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<Int32> { int32WholeNumbers }
}

extension Int64: TensorInteger {
  /// `ScalarType.int64`.
  public static var scalarType: ScalarType { .int64 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int64> { KernelTable.int64 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Int64> { int64Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<Int64> { int64WholeNumbers }
}

extension Int16: TensorInteger {
  /// `ScalarType.int16`.
  public static var scalarType: ScalarType { .int16 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<Int16> { KernelTable.int16 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<Int16> { int16Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<Int16> { int16WholeNumbers }
}

extension UInt16: TensorInteger {
  /// `ScalarType.uint16`.
  public static var scalarType: ScalarType { .uint16 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<UInt16> { KernelTable.uint16 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<UInt16> { uint16Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<UInt16> { uint16WholeNumbers }
}

extension UInt32: TensorInteger {
  /// `ScalarType.uint32`.
  public static var scalarType: ScalarType { .uint32 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<UInt32> { KernelTable.uint32 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<UInt32> { uint32Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<UInt32> { uint32WholeNumbers }
}

extension UInt64: TensorInteger {
  /// `ScalarType.uint64`.
  public static var scalarType: ScalarType { .uint64 }
  /// Those of every machine.
  public static var _kernels: ElementKernels<UInt64> { KernelTable.uint64 }
  /// Those of every machine.
  public static var _sequential: SequentialKernels<UInt64> { uint64Sequential }
  /// Those of every machine.
  public static var _wholeNumbers: WholeNumberKernels<UInt64> { uint64WholeNumbers }
}

extension Bool: TensorScalar {
  /// `ScalarType.bool`.
  public static var scalarType: ScalarType { .bool }
}
