/// A code of symbols as bits, shorter ones for the more frequent.
///
/// Symbols of one length have consecutive codes, so the lengths alone say what the code is. (David
/// Huffman, "A method for the construction of minimum-redundancy codes", 1952; RFC 1951, 3.2.2.)
package struct HuffmanCode {
  /// The number of bits of each symbol; zero where it does not occur.
  package let lengths: [Int]
  /// The bits of each symbol, the first in the lowest place.
  package let codes: [UInt32]

  /// The best code for symbols that occur so often, or nearly the best if one would have more
  /// than `limit` bits.
  package init(frequencies: [Int], limit: Int) {
    var frequencies = frequencies
    // Readers expect two codes at least.
    for symbol in 0..<2 where frequencies.count(where: { $0 > 0 }) < 2 {
      frequencies[symbol] = max(frequencies[symbol], 1)
    }
    var lengths = Self.lengths(frequencies)
    while lengths.contains(where: { $0 > limit }) {
      // The more alike the frequencies, the more alike the lengths.
      frequencies = frequencies.map { ($0 + 1) / 2 }
      lengths = Self.lengths(frequencies)
    }
    self.lengths = lengths
    codes = Self.codes(lengths)
  }

  /// The depth of each symbol in the tree of least total depth.
  private static func lengths(_ frequencies: [Int]) -> [Int] {
    let leaves = frequencies.indices.filter { frequencies[$0] > 0 }
      .sorted { (frequencies[$0], $0) < (frequencies[$1], $1) }
    // Nodes: the leaves, then the inner ones as they arise; both by increasing weight.
    var weights = leaves.map { frequencies[$0] }
    var parents = [Int](repeating: 0, count: 2 * leaves.count - 1)
    var (leaf, inner) = (0, leaves.count)
    while weights.count < parents.count {
      var weight = 0
      for _ in 0..<2 {
        let takesLeaf =
          leaf < leaves.count && (inner == weights.count || weights[leaf] <= weights[inner])
        let node = takesLeaf ? leaf : inner
        if takesLeaf { leaf += 1 } else { inner += 1 }
        weight += weights[node]
        parents[node] = weights.count
      }
      weights.append(weight)
    }
    var depths = [Int](repeating: 0, count: parents.count)
    for node in parents.indices.dropLast().reversed() { depths[node] = depths[parents[node]] + 1 }
    var lengths = [Int](repeating: 0, count: frequencies.count)
    for (node, symbol) in leaves.enumerated() { lengths[symbol] = depths[node] }
    return lengths
  }

  /// The bits of symbols of these lengths, the first in the lowest place; none of them need occur.
  static func codes(_ lengths: [Int]) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: lengths.count)
    var code: UInt32 = 0
    for length in stride(from: 1, through: lengths.max() ?? 0, by: 1) {
      code <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        for bit in 0..<length { codes[symbol] |= (code >> bit & 1) << (length - 1 - bit) }
        code += 1
      }
    }
    return codes
  }
}
