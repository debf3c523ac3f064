public import Tensor

extension QuantizedMatrix {
  /// Integers of 4 bits, two neighbouring inputs in a byte: the even one in the low half, both with
  /// 8 added; `[outputs, ⌈inputs / 2⌉]`.
  public var packedElements: Tensor<UInt8> {
    let (inputs, elements) = (inputs, elements.elements)
    let columns = (inputs + 1) / 2
    let bytes = (0..<outputs * columns).map { i in
      let (row, input) = (i / columns, i % columns * 2)
      let place = row * inputs + input
      let low = UInt8(bitPattern: elements[place] &+ 8) & 15
      let high = input + 1 < inputs ? UInt8(bitPattern: elements[place + 1] &+ 8) & 15 : 8
      return high << 4 | low
    }
    return Tensor(bytes, shape: [outputs, columns])
  }

  /// The integers that bytes of `packedElements` hold, `[outputs, inputs]`.
  ///
  /// - Parameters:
  ///   - bytes: `[outputs, ⌈inputs / 2⌉]`.
  ///   - inputs: The number of inputs, for the last byte of a row may hold one.
  /// - Returns: `[outputs, inputs]`.
  public static func unpacked(_ bytes: Tensor<UInt8>, inputs: Int) -> Tensor<Int8> {
    check(
      bytes.rank == 2 && bytes.shape[1] == (inputs + 1) / 2,
      "packed elements: \(bytes.shape) does not hold rows of \(inputs)")
    let (outputs, columns, bytes) = (bytes.shape[0], bytes.shape[1], bytes.elements)
    let elements = (0..<outputs * inputs).map { i in
      let byte = bytes[i / inputs * columns + i % inputs / 2]
      return Int8(bitPattern: i % inputs % 2 == 0 ? byte & 15 : byte >> 4) - 8
    }
    return Tensor(elements, shape: [outputs, inputs])
  }
}
