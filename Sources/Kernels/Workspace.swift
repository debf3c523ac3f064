package import Tensor
internal import _KernelsActive
package import _KernelsMicro
internal import Synchronization
internal import _Parallel

/// What a run computes with: a number of threads, an instruction set, and memory.
///
/// Every operation takes its workspace as an argument. Results do not depend on the number of
/// threads, to the last bit. Runs side by side have one each, so that each of them finds the memory
/// that it gave back.
public struct Workspace: Sendable {
  /// The most threads that an operation uses.
  public let threads: Int
  /// The precision of attention, and of the operands that operations write for products.
  public private(set) var precision: Precision
  package let table: KernelTable
  package let pool = BufferPool()
  /// Takes down the time of each kernel, for a profile.
  package var recorder: KernelRecorder?

  /// A workspace of the instruction set that is active now.
  ///
  /// - Parameters:
  ///   - threads: The most threads to use, at least one; more than 4096 count as 4096. By default
  ///     one for each processor.
  ///   - precision: The precision of the weights that it will meet.
  public init(threads: Int? = nil, precision: Precision = .float32) {
    self.init(threads: threads, precision: precision, table: .active)
  }

  package init(threads: Int?, precision: Precision = .float32, table: KernelTable) {
    let threads = threads ?? processorCount
    check(threads > 0, "a workspace needs at least one thread, not \(threads)")
    self.threads = min(threads, 4096)
    (self.table, self.precision) = (table, precision)
  }

  /// The same workspace, with its memory, for weights of another precision.
  func multiplying(_ precision: Precision) -> Workspace {
    var result = self
    result.precision = precision
    return result
  }

  /// The workspace of calls that name none: of 32 bits, on all processors.
  ///
  /// There is one for each instruction set. Any number of threads may use it at once.
  public static var `default`: Workspace { .default(.float32, for: .active) }

  /// The workspace of calls that name none, for kernels and a precision.
  package static func `default`(_ precision: Precision, for table: KernelTable) -> Workspace {
    defaults.withLock { workspaces in
      let known = workspaces.first { $0.table === table && $0.precision == precision }
      if let known { return known }
      let workspace = Workspace(threads: nil, precision: precision, table: table)
      workspaces.append(workspace)
      return workspace
    }
  }

  /// Those that were asked for so far, a few.
  private static let defaults = Mutex<[Workspace]>([])

  /// The name of its instruction set.
  public var instructionSet: String { table.name }

  /// Whether the instruction set that is active now has a tile unit, which multiplies bfloat16
  /// several times as fast as 32-bit numbers.
  public static var hasTileUnit: Bool { KernelTable.active.bfloat16.layout == .tiles }

  /// How often memory had to be allocated so far.
  ///
  /// It stays the same once a run has taken its first full step and its first one that reuses.
  public var poolMisses: Int { pool.misses }

  /// A tensor from the pool, its elements not initialised.
  package func tensor<Scalar>(_ shape: [Int], of: Scalar.Type = Float.self) -> Tensor<Scalar> {
    Tensor(storage: pool.lend(shape.product * MemoryLayout<Scalar>.stride), shape: shape)
  }

  /// Checks that weights are packed for what this workspace computes with.
  func checkWeights(_ operation: String, _ precision: Precision, _ table: KernelTable) {
    check(
      table === self.table,
      "\(operation): weights packed for \(table.name) meet a workspace of \(self.table.name)")
    // Quantized weights take rows of 32 bits, so they go together with weights of 32 bits.
    check(
      precision.unquantized == self.precision.unquantized,
      "\(operation): weights of \(precision.rawValue) meet a workspace of "
        + "\(self.precision.rawValue); make one of both with the other's precision")
  }

  /// How many threads are worth waking for so many multiply-adds.
  ///
  /// It takes some microseconds to wake one, in which another computes a few hundred thousand.
  func threads(for multiplyAdds: Int) -> Int {
    max(1, min(threads, multiplyAdds / 400_000))
  }

  /// `parallelFor` on its threads, each of which has scratch of its own, not initialised.
  ///
  /// - Parameters:
  ///   - count: The number of items.
  ///   - grain: Ranges are multiples of this long, but for the last one.
  ///   - multiplyAdds: The work of all items, where few are not worth a thread.
  ///   - elements: The elements of scratch.
  ///   - body: Called with a range of items and the scratch of the thread.
  func parallelFor(
    _ count: Int, grain: Int = 1, multiplyAdds: Int = .max, scratch elements: Int,
    _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let workers = min(threads(for: multiplyAdds), (count + grain - 1) / grain)
    let stride = elements.roundedUp(to: Storage.alignment)
    let memory: Tensor<Float> = tensor([workers, stride])
    nonisolated(unsafe) let scratch = memory.mutablePointer
    _Parallel.parallelFor(count, grain: grain, threads: workers) { range, thread in
      body(range, scratch + thread * stride)
    }
    withExtendedLifetime(memory) {}
  }

  /// The instruction sets that this machine has, the widest first.
  ///
  /// Where the system refuses a tile unit that the processor has, a line on standard error says so,
  /// once: it costs speed.
  public static var supportedInstructionSets: [String] { KernelTable.supported.map(\.name) }

  /// Selects the instruction set of all workspaces and packed weights made from now on.
  ///
  /// Weights and workspaces that exist already keep their own. A product or convolution whose
  /// weights and workspace have different instruction sets stops the program with a message.
  ///
  /// - Parameter name: One of `supportedInstructionSets`.
  /// - Throws: An error that lists the available sets, where the machine has none of that name.
  public static func selectInstructionSet(_ name: String) throws {
    try KernelTable.select(name)
  }

  /// Selects the instruction set that the environment names in `KERNELS_ISA`, if it names one.
  ///
  /// Executables call this first: a library only falls back to the widest set.
  ///
  /// - Throws: An error that lists the available sets, where the machine has none of that name.
  public static func selectInstructionSetFromEnvironment() throws {
    if let name = KernelTable.environmentName { try selectInstructionSet(name) }
  }
}
