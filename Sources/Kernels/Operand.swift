internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// The rows that a matrix product takes, in the layout that its kernel reads.
///
/// Operations whose result goes into a product write an operand directly: 32-bit numbers in
/// row-major order, or bfloat16 in tiles.
public struct Operand: Sendable {
  /// The extents, the depth last.
  public let shape: [Int]
  /// The memory; its elements are the rows where those are not tiles.
  let memory: Tensor<Float>
  let layout: RowLayout
  /// The kernels that the layout is for.
  private let table: KernelTable

  /// The rows of a tensor, `[…, depth]`.
  public init(_ tensor: Tensor<Float>) {
    (shape, memory, layout) = (tensor.shape, tensor.contiguous(), .float32)
    table = .active
  }

  /// The rows of a tensor in the layout of a precision's products.
  ///
  /// - Parameters:
  ///   - tensor: `[…, depth]`.
  ///   - workspace: What to compute with; its precision is taken.
  public init(_ tensor: Tensor<Float>, in workspace: Workspace) {
    self = Operand(tensor).converted(to: workspace.precision, in: workspace)
  }

  /// Rows that are not written yet, in the layout of a precision's products.
  init(_ shape: [Int], for precision: Precision, in workspace: Workspace) {
    self.init(shape, layout: workspace.table.kernels(for: precision).layout, in: workspace)
  }

  /// Rows that are not written yet.
  init(_ shape: [Int], layout: RowLayout, in workspace: Workspace) {
    (self.shape, self.layout, table) = (shape, layout, workspace.table)
    let byteCount = RowDestination.byteCount(
      rows: shape.dropLast().product, columns: shape.last ?? 1, layout: layout)
    memory = workspace.tensor([byteCount / MemoryLayout<Float>.stride])
  }

  /// Where the rows are.
  var rows: RowDestination {
    RowDestination(memory.mutablePointer, stride: shape.last ?? 1, layout: layout)
  }

  /// The same rows in the layout of a precision's products.
  func converted(to precision: Precision, in workspace: Workspace) -> Operand {
    let kernels = workspace.table.kernels(for: precision)
    // Rounded rows are 32-bit numbers as well.
    if layout == kernels.layout || kernels.layout == .float32 && layout == .rounded { return self }
    if layout == .tiles { return Operand(tensor).converted(to: precision, in: workspace) }
    let result = Operand(shape, for: precision, in: workspace)
    let columns = shape.last ?? 1
    nonisolated(unsafe) let source = memory.pointer
    let destination = result.rows
    parallelFor(
      shape.dropLast().product, grain: rowGrain(columns), threads: workspace.threads
    ) { range, _ in
      kernels.write(source, columns, range, columns, destination)
    }
    return result
  }

  /// The elements as a tensor, `shape`.
  ///
  /// - Complexity: the number of elements where they are in tiles.
  public var tensor: Tensor<Float> {
    guard layout == .tiles else { return memory.reshaped(shape) }
    let (rows, columns) = (rows, shape.last ?? 1)
    let result = Tensor<Float>(uninitialized: shape)
    for row in 0..<shape.dropLast().product {
      for column in stride(from: 0, to: columns, by: 32) {
        table.widen(
          rows.place(row: row, column: column), result.mutablePointer + row * columns + column,
          min(32, columns - column))
      }
    }
    return withExtendedLifetime(memory) { result }
  }
}
