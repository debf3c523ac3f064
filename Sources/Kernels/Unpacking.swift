internal import _KernelsMicro
public import Tensor

extension PackedMatrix {
  /// The weights as products multiply them, `[outputs, inputs]`: those that were packed, rounded to
  /// the precision, or what their integers stand for.
  ///
  /// For saving a model, not for computing: it takes some nanoseconds a number.
  public var unpacked: Tensor<Float> {
    if let kernels = table.quantizedKernels(for: precision) { return unpacked(kernels) }
    var result = Tensor<Float>(uninitialized: [outputs, inputs])
    let kernels = table.kernels(for: precision)
    let place = kernels.placeInPanels(depth: inputs)
    result.withUnsafeMutableElements { elements in
      for output in 0..<outputs {
        for input in 0..<inputs {
          let index = place(input, output)
          elements[output * inputs + input] =
            kernels.layout == .float32
            ? storage.base.load(fromByteOffset: index * 4, as: Float.self)
            : Float(
              BFloat16(bitPattern: storage.base.load(fromByteOffset: index * 2, as: UInt16.self)))
        }
      }
    }
    return withExtendedLifetime(storage) { result }
  }

  /// The same of quantized weights, a panel at a time.
  private func unpacked(_ kernels: QuantizedKernels) -> Tensor<Float> {
    let groups = TermGroups(depth: inputs, size: groupSize)
    let (panelBytes, width) = (kernels.panelBytes(groups), kernels.panelWidth)
    let panels = (0..<kernels.panels(outputs)).map { index in
      var panel = Tensor<Float>(uninitialized: [inputs, width])
      panel.withUnsafeMutableElements { elements in
        guard let start = elements.baseAddress else { return }
        kernels.unpack(storage.base + index * panelBytes, groups, start)
      }
      return panel.permuted([1, 0])
    }
    return withExtendedLifetime(storage) {
      panels.isEmpty
        ? Tensor(zeros: [outputs, inputs])
        : Tensor(concatenating: panels)[0..<outputs].contiguous()
    }
  }
}

extension PackedKernel {
  /// The weights as products multiply them, `[outputs, inputs / groups, height, width]`: those that
  /// were packed, rounded to the precision.
  ///
  /// For saving a model, not for computing.
  public var unpacked: Tensor<Float> {
    let inputs = inputs / groups
    switch layout {
    case .winograd(_, let weight): return weight
    case .depthwise(let terms):
      return terms.permuted([2, 0, 1]).reshaped([outputs, 1, height, width])
    case .narrow(let terms): return unpacked(terms, parts: height)
    case .groups(let matrices):
      return unpacked(Tensor(concatenating: matrices.map(\.unpacked)), parts: height * width)
    case .rows(let matrix):
      return unpacked(matrix.unpacked, parts: dilation > 1 ? height * width : height)
    case .blocks(let matrix):
      let terms = matrix.unpacked.reshaped([outputs, height, -1, width, 32])
        .permuted([0, 2, 4, 1, 3]).reshaped([outputs, -1, height, width])
      return terms[.all, 0..<inputs].contiguous()
    }
  }

  /// Weights whose depth has so many parts, each with zeros behind its terms.
  private func unpacked(_ terms: Tensor<Float>, parts: Int) -> Tensor<Float> {
    let inputs = inputs / groups
    let length = height * width * inputs / max(parts, 1)
    return terms.reshaped([outputs, parts, terms.count / max(outputs * parts, 1)])[
      .all, .all, 0..<length
    ]
    .reshaped([outputs, height, width, inputs]).permuted([0, 3, 1, 2]).contiguous()
  }
}

extension MatrixKernels {
  /// Where `pack` puts the number of a term and a column, counted in numbers.
  fileprivate func placeInPanels(depth: Int) -> (_ term: Int, _ column: Int) -> Int {
    if layout == .tiles {
      // Of each 32 terms two tiles of 16 columns, in which pairs of terms are neighbours.
      let steps = (depth + 31) / 32
      return { term, column in
        let tile = (column / 32 * steps + term / 32) * 2 + column % 32 / 16
        return tile * 512 + term % 32 / 2 * 32 + column % 16 * 2 + term % 2
      }
    }
    let (width, terms) = (panelWidth, termsPerElement)
    let elements = (depth + terms - 1) / terms
    return { term, column in
      let element = (column / width * elements + term / terms) * width + column % width
      return element * terms + term % terms
    }
  }
}
