internal import _KernelsMicro
internal import Tensor

/// The weights of a convolution of 3 × 3 pixels as Winograd's F(2 × 2, 3 × 3) multiplies with them.
///
/// It has 16 products where the plain convolution has 36, and 9 where images are upsampled twofold
/// first: see `WinogradConvolution`.
struct WinogradKernel: Sendable {
  /// Whether images are upsampled twofold first.
  let upsamples: Bool
  /// The weights for each of the terms, `[outputs, inputs]`.
  let matrices: [PackedMatrix]

  /// Transforms weights, `[outputs, inputs, 3, 3]`, and packs them.
  init(_ weight: Tensor<Float>, upsamples: Bool = false, table: KernelTable) {
    self.upsamples = upsamples
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    /// The terms of what three neighbours, along the first axis, are multiplied with.
    func terms(_ w: Tensor<Float>) -> [Tensor<Float>] {
      let (outer, inner) = ((w[0] + w[2]) * 0.5, w[1] * 0.5)
      return upsamples ? [w[0], outer + inner, w[2]] : [w[0], outer + inner, outer - inner, w[2]]
    }
    // With the pixels outside, so that all that is done to matrices is done to neighbours.
    matrices = terms(weight.permuted([2, 3, 0, 1]).contiguous()).flatMap { line in
      terms(line).map { PackedMatrix($0.reshaped([outputs, inputs]), table: table) }
    }
  }

  /// Whether the products saved are worth the terms: these are made of every input, and their sums
  /// of every output.
  static func isWorthwhile(inputs: Int, outputs: Int) -> Bool { min(inputs, outputs) >= 32 }
}

/// A convolution of 3 × 3 pixels by Winograd's products, some squares of the result at a time.
///
/// The terms and sums of these squares are 6 MB at most, so they need not leave the caches.
///
/// - Parameters:
///   - input: The pixels, with the zeros around them.
///   - kernel: The weights.
///   - bias: What is added to each pixel.
///   - residual: What the result is added to.
///   - output: Where it goes.
///   - images: The number of images.
///   - workspace: What to compute with.
func convolveSquares(
  _ input: PixelLines, _ kernel: WinogradKernel, _ bias: Tensor<Float>?, _ residual: PixelLines?,
  into output: PixelLines, images: Int, in workspace: Workspace
) {
  var work = WinogradConvolution(input: input, output: output, upsamples: kernel.upsamples)
  (work.bias, work.residual) = (bias?.pointer, residual)
  let (table, threads, convolution) = (workspace.table, workspace.threads, work)
  let (inputs, outputs, count) = (input.channels, output.channels, kernel.matrices.count)
  let squares = images * work.squaresPerImage
  // Rows of the products: whole tiles, with terms and sums of 6 MB at most, and two parts or more
  // for each thread.
  let height = table.tileRows
  let limit = (6 << 20) / (4 * count * max(inputs + outputs, 1)) / height
  let chunk = max(min(limit, squares / (2 * threads * height)), 1) * height
  let panels = 0..<table.float32.panels(outputs)
  let scratchCount = max(table.productScratch(chunk, inputs, outputs), work.scratch)
  let (termCount, sumCount) = (count * chunk * inputs, count * chunk * outputs)
  workspace.parallelFor(
    squares, grain: chunk, multiplyAdds: squares * count * inputs * outputs,
    scratch: termCount + sumCount + scratchCount
  ) { range, terms in
    let (sums, scratch) = (terms + termCount, terms + termCount + sumCount)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: chunk) {
      let part = start..<min(start + chunk, range.upperBound)
      table.pixels.gather(convolution, part, terms, scratch)
      for (index, matrix) in kernel.matrices.enumerated() {
        let product = Product(
          a: terms + index * part.count * inputs, aStride: inputs, b: matrix.storage.base,
          depth: inputs, columns: outputs, output: sums + index * part.count * outputs,
          outputStride: outputs)
        table.product(product, 0..<part.count, panels, scratch)
      }
      table.pixels.scatter(convolution, part, sums)
    }
  }
}
