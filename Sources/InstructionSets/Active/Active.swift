internal import Synchronization
internal import _KernelsBaseline
public import _KernelsMicro
internal import _LibC

#if arch(arm64)
internal import _KernelsNEONDot
#endif
#if arch(x86_64)
internal import _KernelsAMX
internal import _KernelsAVX2
internal import _KernelsAVX512
internal import _KernelsAVX512BF16
internal import _KernelsAVX512VNNI
#endif

/// An instruction set was asked for that this machine has not.
public struct UnsupportedInstructionSet: Error, Equatable, CustomStringConvertible {
  /// What was asked for.
  public let name: String
  /// What there is.
  public let supported: [String]

  /// The error in a sentence.
  public var description: String {
    "instruction set '\(name)' is not available here; this machine has "
      + supported.joined(separator: ", ")
  }
}

extension KernelTable {
  /// The tables that this machine can run, the widest first.
  public static let supported: [KernelTable] = {
    // A table is touched only after its test: its initialiser is compiled for its instruction set.
    var tables: [KernelTable] = []
    #if arch(x86_64)
    if Processor.hasAMX { tables.append(kernelsAMX) }
    if Processor.hasAVX512BF16 { tables.append(kernelsAVX512BF16) }
    if Processor.hasAVX512VNNI { tables.append(kernelsAVX512VNNI) }
    if Processor.hasAVX512 { tables.append(kernelsAVX512) }
    if Processor.hasAVX2 { tables.append(kernelsAVX2) }
    #elseif arch(arm64)
    if Processor.hasDotProducts { tables.append(kernelsNEONDot) }
    #endif
    return tables + [kernelsBaseline]
  }()

  private static let activeIndex = Atomic<Int>(
    supported.firstIndex { $0.name == environmentName } ?? 0)

  /// What the environment asks for in `KERNELS_ISA`; nil where that is not set, or empty.
  public static var environmentName: String? {
    getenv("KERNELS_ISA").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The table in use: the one that `KERNELS_ISA` names or else the widest one, until another is
  /// selected.
  public static var active: KernelTable { supported[activeIndex.load(ordering: .relaxed)] }

  /// Selects the table called `name` for everything that starts from now on.
  ///
  /// - Throws: `UnsupportedInstructionSet` where this machine has none of that name.
  public static func select(_ name: String) throws(UnsupportedInstructionSet) {
    guard let index = supported.firstIndex(where: { $0.name == name }) else {
      throw UnsupportedInstructionSet(name: name, supported: supported.map(\.name))
    }
    activeIndex.store(index, ordering: .relaxed)
  }
}

extension KernelTable {
  /// What needs no arithmetic, the same on every machine.
  public static var conversion: ConversionKernels { conversionKernels }

  /// Elementwise operations on `Int8`, the same on every machine.
  public static var int8: ElementKernels<Int8> { int8Kernels }
  /// Elementwise operations on `UInt8`, the same on every machine.
  public static var uint8: ElementKernels<UInt8> { uint8Kernels }
  /// Elementwise operations on `Int32`, the same on every machine.
  public static var int32: ElementKernels<Int32> { int32Kernels }
  /// Elementwise operations on `Int64`, the same on every machine.
  public static var int64: ElementKernels<Int64> { int64Kernels }
  /// Elementwise operations on `Int16`, the same on every machine.
  public static var int16: ElementKernels<Int16> { int16Kernels }
  /// Elementwise operations on `UInt16`, the same on every machine.
  public static var uint16: ElementKernels<UInt16> { uint16Kernels }
  /// Elementwise operations on `UInt32`, the same on every machine.
  public static var uint32: ElementKernels<UInt32> { uint32Kernels }
  /// Elementwise operations on `UInt64`, the same on every machine.
  public static var uint64: ElementKernels<UInt64> { uint64Kernels }
  /// Elementwise operations on `BFloat16`, the same on every machine.
  public static var bfloat16Elements: ElementKernels<BFloat16> { bfloat16Kernels }
  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  /// Elementwise operations on `Float16`, the same on every machine.
  public static var float16Elements: ElementKernels<Float16> { float16Kernels }
  #endif
}
