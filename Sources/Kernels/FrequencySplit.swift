public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// Splits maps into low and high frequencies, by products of matrices.
///
/// A map is transformed to the frequencies that are kept and back, rows first and then columns, in
/// four products with cosines and sines. That is cheap for maps as small as latents and for few
/// frequencies. The result is the real part, as after a whole Fourier transform:
///
/// ```swift
/// let split = FrequencySplit(height: 32, width: 32, radius: 6)
/// let low = split.low(latents, in: workspace)
/// let high = latents - low
/// ```
public struct FrequencySplit: Sendable {
  /// The extents of the maps.
  public let height, width: Int
  /// How many frequencies along the rows and along the columns take part.
  private let across, along: Int
  /// The cosines and sines of the rows, `[2 · across, width]`, and of the columns,
  /// `[2 · along, 2 · height]`.
  private let rows, columns: PackedMatrix
  /// How much of each frequency is kept, over the number of elements: `[across, along, 1]`.
  private let weights: Tensor<Float>
  /// The ways back.
  private let columnsBack, rowsBack: PackedMatrix

  /// Keeps the frequencies that are no farther than `radius` from zero,
  /// `vertical² + horizontal² ≤ radius²`.
  ///
  /// - Parameters:
  ///   - height: The rows of a map, at least 1.
  ///   - width: The columns of a map, at least 1.
  ///   - radius: The largest distance, in periods over the map.
  public init(height: Int, width: Int, radius: Double) {
    self.init(height: height, width: width) { vertical, horizontal in
      Double(vertical * vertical + horizontal * horizontal) <= radius * radius
    }
  }

  /// Keeps some frequencies.
  ///
  /// - Parameters:
  ///   - height: The rows of a map, at least 1.
  ///   - width: The columns of a map, at least 1.
  ///   - keeps: Whether a frequency is kept, which is the vertical and the horizontal number of periods
  ///     over the map: from minus half the extent on, as after `fftShifted`.
  public init(height: Int, width: Int, keeping keeps: (Int, Int) -> Bool) {
    self.init(height: height, width: width, table: .active, keeping: keeps)
  }

  package init(
    height: Int, width: Int, table: KernelTable, keeping keeps: (Int, Int) -> Bool
  ) {
    check(height > 0 && width > 0, "frequency split: maps of \(height) × \(width) are empty")
    (self.height, self.width) = (height, width)
    /// How much of a frequency is left in the real part, which has as much of its opposite.
    func share(_ vertical: Int, _ horizontal: Int) -> Float {
      func number(_ frequency: Int, _ count: Int) -> Int {
        let place = ((frequency + count / 2) % count + count) % count
        return place - count / 2
      }
      func isKept(_ sign: Int) -> Float {
        keeps(number(sign * vertical, height), number(sign * horizontal, width)) ? 0.5 : 0
      }
      return isKept(1) + isKept(-1)
    }
    let verticals = Array(0..<height)
    // A horizontal frequency stands for its opposite too.
    let used = (0...width / 2).filter { horizontal in
      verticals.contains { share($0, horizontal) > 0 }
    }
    let kept = verticals.filter { vertical in used.contains { share(vertical, $0) > 0 } }
    (across, along) = (used.count, kept.count)
    weights = Tensor(
      used.flatMap { horizontal in
        let standsForTwo = horizontal > 0 && 2 * horizontal < width
        return kept.map {
          share($0, horizontal) * (standsForTwo ? 2 : 1) / Float(height * width)
        }
      }, shape: [across, along, 1])
    /// The matrix of `e^(-2πi · frequency · place / count)`: for each frequency and part of the result a
    /// row, in which each place has as many parts as what is transformed.
    func matrix(_ frequencies: [Int], _ count: Int, parts: Int) -> Tensor<Float> {
      let elements = frequencies.flatMap { frequency in
        (0..<2).flatMap { part in
          (0..<count).flatMap { place in
            let root = ComplexNumber.root(frequency * place % count, of: count)
            let row = part == 0 ? [root.real, -root.imaginary] : [root.imaginary, root.real]
            return row.prefix(parts).map { Float($0) }
          }
        }
      }
      return Tensor(elements, shape: [2 * frequencies.count, parts * count])
    }
    let (first, second) = (matrix(used, width, parts: 1), matrix(kept, height, parts: 2))
    func packed(_ matrix: Tensor<Float>) -> PackedMatrix { PackedMatrix(matrix, table: table) }
    (rows, columns) = (packed(first), packed(second))
    // The inverse of a complex matrix of roots is its conjugate transpose, over the number of elements;
    // of real ones with real and imaginary parts side by side it is the transpose.
    (columnsBack, rowsBack) = (packed(second.transposed()), packed(first.transposed()))
  }

  /// The low frequencies of maps; what is left of the maps without them is the high ones.
  ///
  /// A map gives the same bits alone and in any batch.
  ///
  /// - Parameters:
  ///   - maps: `[…, height, width]`.
  ///   - workspace: What to compute with; products are of 32 bits.
  /// - Returns: The same shape.
  /// - Complexity: for each map about `2 · across · width · height + 8 · across · along · height`
  ///   multiply-adds, with the numbers of frequencies that are kept across and along.
  public func low(_ maps: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    check(
      maps.rank >= 2 && Array(maps.shape.suffix(2)) == [height, width],
      "frequency split: maps of \(maps.shape) are not […, \(height), \(width)]")
    let workspace = workspace.multiplying(.float32)
    if across == 0 { return Tensor(repeating: 0, shape: maps.shape) }
    let count = maps.shape.dropLast(2).product
    let lines = linear(Operand(maps.reshaped([count * height, width])), rows, in: workspace)
    // Columns of complex numbers, one for each horizontal frequency.
    let spectra = lines.reshaped([count, height, across, 2]).permuted([0, 2, 1, 3])
    var filtered = linear(
      Operand(copy(spectra, in: workspace).reshaped([count * across, 2 * height])), columns,
      in: workspace
    ).reshaped([count, across, along, 2])
    filtered *= weights
    let back = linear(
      Operand(filtered.reshaped([count * across, 2 * along])), columnsBack, in: workspace)
    let turned = back.reshaped([count, across, height, 2]).permuted([0, 2, 1, 3])
    let result = linear(
      Operand(copy(turned, in: workspace).reshaped([count * height, 2 * across])), rowsBack,
      in: workspace)
    return result.reshaped(maps.shape)
  }
}
