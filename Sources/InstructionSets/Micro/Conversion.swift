/// A scalar that can be converted to every other: exactly where that is possible, else to the
/// nearest, and towards zero and to the nearest end of the range where it becomes an integer.
public protocol ConvertibleElement: BitwiseCopyable {
  /// The number as a `Double`, the nearest one.
  var asDouble: Double { get }
  /// The number that a `Double` becomes.
  init(double: Double)
  /// The number nearest to an integer.
  init(integer: Int64)
  /// The number nearest to an integer that may be too large for `Int64`.
  init(natural: UInt64)
  /// The number as another scalar, rounded once.
  func converted<Other: ConvertibleElement>(to other: Other.Type) -> Other
}

/// An integer that can be converted to every other scalar.
public protocol WholeElement: ConvertibleElement, FixedWidthInteger {
  /// A number inside the range, towards zero. A requirement, because the standard library's generic
  /// conversion takes the number apart bit by bit.
  init(inRange double: Double)
}

extension ConvertibleElement where Self: BinaryFloatingPoint {
  /// The number as a `Double`, the nearest one.
  @inlinable @inline(__always)
  public var asDouble: Double { Double(self) }
  /// The number that a `Double` becomes.
  @inlinable @inline(__always)
  public init(double: Double) { self.init(double) }
  /// The number nearest to an integer.
  @inlinable @inline(__always)
  public init(integer: Int64) { self.init(integer) }
  /// The number nearest to an integer that may be too large for `Int64`.
  @inlinable @inline(__always)
  public init(natural: UInt64) { self.init(natural) }
}

extension ConvertibleElement {
  /// The number as another scalar, by way of `Double`, which holds it.
  @inlinable @inline(__always)
  public func converted<Other: ConvertibleElement>(to other: Other.Type) -> Other {
    Other(double: asDouble)
  }
}

extension WholeElement {
  /// The number as a `Double`, the nearest one.
  @inlinable @inline(__always)
  public var asDouble: Double { Double(self) }
  /// The number that a `Double` becomes.
  @inlinable @inline(__always)
  public init(double: Double) {
    // The comparisons are false for NaN, which becomes zero.
    if double >= Double(Self.max) {
      self = .max
    } else if double > Double(Self.min) {
      self.init(inRange: double)
    } else {
      self = double <= Double(Self.min) ? .min : 0
    }
  }
  /// The number nearest to an integer.
  @inlinable @inline(__always)
  public init(integer: Int64) { self.init(clamping: integer) }
  /// The number nearest to an integer that may be too large for `Int64`.
  @inlinable @inline(__always)
  public init(natural: UInt64) { self.init(clamping: natural) }
  /// The number as another scalar, by way of `Int64`, which holds it.
  @inlinable @inline(__always)
  public func converted<Other: ConvertibleElement>(to other: Other.Type) -> Other {
    Other(integer: Int64(truncatingIfNeeded: self))
  }
}

extension Float: ConvertibleElement {}
extension Double: ConvertibleElement {}
extension Int8: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension UInt8: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension Int16: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension UInt16: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension Int32: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension UInt32: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension Int64: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
}

extension UInt64: WholeElement {
  /// The number without its fraction.
  @inlinable @inline(__always)
  public init(inRange double: Double) { self.init(double) }
  /// The number as another scalar; half of them are too large for `Int64`.
  @inlinable @inline(__always)
  public func converted<Other: ConvertibleElement>(to other: Other.Type) -> Other {
    Other(natural: self)
  }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: ConvertibleElement {}
#endif

extension Bool: ConvertibleElement {
  /// The number as a `Double`, the nearest one.
  @inlinable @inline(__always)
  public var asDouble: Double { self ? 1 : 0 }
  /// The number that a `Double` becomes.
  @inlinable @inline(__always)
  public init(double: Double) { self = double != 0 }
  /// The number nearest to an integer.
  @inlinable @inline(__always)
  public init(integer: Int64) { self = integer != 0 }
  /// The number nearest to an integer that may be too large for `Int64`.
  @inlinable @inline(__always)
  public init(natural: UInt64) { self = natural != 0 }
  /// The number as another scalar.
  @inlinable @inline(__always)
  public func converted<Other: ConvertibleElement>(to other: Other.Type) -> Other {
    Other(integer: self ? 1 : 0)
  }
}

/// The bits of a bfloat16 number.
@usableFromInline
struct BFloat16Bits: ConvertibleElement {
  @usableFromInline var bits: UInt16

  /// The bits, zero for a subnormal number.
  @inlinable @inline(__always)
  var flushed: UInt16 { bits & 0x7F80 == 0 ? 0 : bits }
  /// The number, zero for a subnormal one.
  @inlinable @inline(__always)
  var flushedFloat: Float { Float(bitPattern: UInt32(flushed) << 16) }
  @inlinable @inline(__always)
  var asFloat: Float { Float(bitPattern: UInt32(bits) << 16) }
  @inlinable @inline(__always)
  var asDouble: Double { Double(asFloat) }
  @inlinable @inline(__always)
  init(_ value: Float) {
    let word = value.bitPattern
    let rounded = (word &+ 0x7FFF &+ (word >> 16 & 1)) >> 16
    bits = UInt16(truncatingIfNeeded: value != value ? 0x7FC0 : rounded)
  }
  @inlinable @inline(__always)
  init(double: Double) {
    // Rounded to odd in between, so that rounding twice is rounding once.
    let nearest = Float(double)
    let isExact = Double(nearest) == double || double != double
    let isLarger = Double(nearest).magnitude > double.magnitude
    let bits = (nearest.bitPattern &- (isLarger ? 1 : 0)) | 1
    self.init(isExact ? nearest : Float(bitPattern: bits))
  }
  @inlinable @inline(__always)
  init(integer: Int64) {
    // To odd as well, in the 53 bits that a `Double` holds.
    let odd = integer & ~0x7FF | (integer & 0x7FF == 0 ? 0 : 0x800)
    self.init(double: Double(integer.magnitude >> 52 == 0 ? integer : odd))
  }
  @inlinable @inline(__always)
  init(natural: UInt64) {
    let odd = natural & ~0x7FF | (natural & 0x7FF == 0 ? 0 : 0x800)
    self.init(double: Double(natural >> 52 == 0 ? natural : odd))
  }
}

/// Conversions, copies and equality, which need no instruction set of their own.
public struct ConversionKernels: Sendable {
  /// Converts dense elements: type and place of the input, of the output, number of elements.
  public let convert:
    @Sendable (ElementType, UnsafeRawPointer, ElementType, UnsafeMutableRawPointer, Int) -> Void
  /// Copies elements of 1, 2, 4 or 8 bytes, counted in elements by the loop.
  public let copy: @Sendable (ElementLoop, Int, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  /// Copies those elements of the second input, of a width in bytes, for which the first is true.
  public let replace:
    @Sendable (ElementLoop, Int, UnsafePointer<Bool>, UnsafeRawPointer, UnsafeMutableRawPointer) ->
      Void
  /// Whether two inputs of one type are the same numbers: zeros are equal, a NaN is not.
  public let equal: @Sendable (ElementLoop, ElementType, UnsafeRawPointer, UnsafeRawPointer) -> Bool

  /// Instantiates them for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    convert = { I.convert($0, $1, $2, $3, $4) }
    copy = { I.copy($0, $1, $2, $3) }
    replace = { I.replace($0, $1, $2, $3, $4) }
    equal = { I.isEqual($0, $1, $2, $3) }
  }
}

extension InstructionSet {
  @inlinable @inline(__always)
  static func convert(
    _ type: ElementType, _ input: UnsafeRawPointer, _ outputType: ElementType,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch type {
    case .float: convert(input, Float.self, outputType, output, count)
    case .double: convert(input, Double.self, outputType, output, count)
    case .bfloat16: convert(input, BFloat16Bits.self, outputType, output, count)
    case .float16:
      #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      convert(input, Float16.self, outputType, output, count)
      #endif
    case .int8: convert(input, Int8.self, outputType, output, count)
    case .uint8: convert(input, UInt8.self, outputType, output, count)
    case .int16: convert(input, Int16.self, outputType, output, count)
    case .uint16: convert(input, UInt16.self, outputType, output, count)
    case .int32: convert(input, Int32.self, outputType, output, count)
    case .uint32: convert(input, UInt32.self, outputType, output, count)
    case .int64: convert(input, Int64.self, outputType, output, count)
    case .uint64: convert(input, UInt64.self, outputType, output, count)
    case .bool: convert(input, Bool.self, outputType, output, count)
    }
  }

  @inlinable @inline(never)
  static func convert<A: ConvertibleElement>(
    _ input: UnsafeRawPointer, _ type: A.Type, _ outputType: ElementType,
    _ output: UnsafeMutableRawPointer, _ count: Int
  ) {
    let input = input.assumingMemoryBound(to: A.self)
    switch outputType {
    case .float: convert(input, output, Float.self, count)
    case .double: convert(input, output, Double.self, count)
    case .bfloat16: convert(input, output, BFloat16Bits.self, count)
    case .float16:
      #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      convert(input, output, Float16.self, count)
      #endif
    case .int8: convert(input, output, Int8.self, count)
    case .uint8: convert(input, output, UInt8.self, count)
    case .int16: convert(input, output, Int16.self, count)
    case .uint16: convert(input, output, UInt16.self, count)
    case .int32: convert(input, output, Int32.self, count)
    case .uint32: convert(input, output, UInt32.self, count)
    case .int64: convert(input, output, Int64.self, count)
    case .uint64: convert(input, output, UInt64.self, count)
    case .bool: convert(input, output, Bool.self, count)
    }
  }

  @inlinable @inline(__always)
  static func convert<A: ConvertibleElement, B: ConvertibleElement>(
    _ input: UnsafePointer<A>, _ output: UnsafeMutableRawPointer, _ type: B.Type, _ count: Int
  ) {
    let output = output.assumingMemoryBound(to: B.self)
    for i in 0..<count { output[i] = input[i].converted(to: B.self) }
  }
}
