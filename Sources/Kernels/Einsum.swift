public import Tensor

/// Sums of products by the names of dimensions, as NumPy's `einsum`.
///
///     einsum("bhqd,bhkd->bhqk", queries, keys)    // a product of matrices for each b and h
///     einsum("ij->ji", a)                         // transposed
///     einsum("ii", a)                             // the trace
///     einsum("...i,i->...", a, weights)
///
/// A letter is a dimension. Dimensions with the same letter have the same extent, or 1. The letters
/// behind the arrow are the dimensions of the result; all others are summed over. Without an arrow,
/// the result has the letters that occur once, in alphabetical order. `...` stands for all
/// dimensions without a letter. Three or more operands are combined from left to right. Two
/// operands that share summed dimensions are multiplied as matrices.
///
/// - Parameters:
///   - equation: The dimensions of each operand, with commas between them, and of the result.
///   - operands: As many as the equation says.
///   - file: The caller's file, for a message.
///   - line: The caller's line, for a message.
/// - Returns: The result.
public func einsum<Scalar: TensorNumeric>(
  _ equation: String, _ operands: Tensor<Scalar>..., file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor<Scalar> {
  let terms = EinsumTerms(equation, ranks: operands.map(\.rank), file, line)
  var rest = zip(terms.inputs, operands).map { names, operand in
    NamedTensor(names, operand).withoutRepeats(equation, file, line)
  }
  var result = rest.removeFirst()
  for (index, operand) in rest.enumerated() {
    // What neither the result nor a later operand has is summed now.
    let needed = Set(terms.output).union(rest[(index + 1)...].flatMap(\.names))
    result = result.product(operand, keeping: needed, equation, file, line)
  }
  return result.reduced(to: terms.output).tensor
}

/// The names of the dimensions of an equation.
///
/// Those that `...` stands for are numbers, counted from the last one.
private struct EinsumTerms {
  var inputs: [[String]]
  var output: [String]

  init(_ equation: String, ranks: [Int], _ file: StaticString, _ line: UInt) {
    func fail(_ reason: String) {
      check(false, "einsum \"\(equation)\": \(reason)", file: file, line: line)
    }
    let text = String(equation.filter { $0 != " " })
    let arrow = text.firstRange(of: "->")
    let left = arrow.map { text[..<$0.lowerBound] } ?? text[...]
    let parts = left.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count != ranks.count { fail("names \(parts.count) operands, not \(ranks.count)") }
    func names(_ part: Substring, unnamed: (Int) -> Int) -> [String] {
      let around = part.split(separator: "...", omittingEmptySubsequences: false)
      if around.count > 2 || !part.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "." }) {
        fail("\"\(part)\" is no list of letters")
      }
      let letters = around.map { $0.map(String.init) }
      if letters.joined().contains(".") { fail("\"\(part)\" is no list of letters") }
      guard around.count == 2 else { return letters[0] }
      let count = unnamed(letters[0].count + letters[1].count)
      return letters[0] + (0..<max(count, 0)).reversed().map { "\($0)" } + letters[1]
    }
    inputs = []
    var most = 0
    for (part, rank) in zip(parts, ranks) {
      let list = names(part) { rank - $0 }
      if list.count != rank { fail("\"\(part)\" does not name \(rank) dimensions") }
      inputs.append(list)
      most = max(most, list.count { $0.first?.isNumber ?? false })
    }
    if let arrow {
      output = names(text[arrow.upperBound...]) { _ in most }
    } else {
      let all = inputs.joined()
      let named = Set(
        all.filter { name in
          !(name.first?.isNumber ?? false) && all.count { $0 == name } == 1
        })
      output = (0..<most).reversed().map { "\($0)" } + named.sorted()
    }
    if Set(output).count != output.count { fail("the result has a dimension twice") }
    let known = Set(inputs.joined())
    if let unknown = output.first(where: { !known.contains($0) }) {
      fail("no operand has the dimension \(unknown) of the result")
    }
  }
}

/// A tensor whose dimensions have names.
private struct NamedTensor<Scalar: TensorNumeric> {
  var names: [String]
  var tensor: Tensor<Scalar>

  init(_ names: [String], _ tensor: Tensor<Scalar>) { (self.names, self.tensor) = (names, tensor) }

  /// The diagonal of what is named twice.
  func withoutRepeats(
    _ equation: String, _ file: StaticString, _ line: UInt
  ) -> NamedTensor {
    var result = self
    while let (name, first, second) = result.repeated {
      check(
        result.tensor.shape[first] == result.tensor.shape[second],
        "einsum \"\(equation)\": \(name) is \(result.tensor.shape[first]) and "
          + "\(result.tensor.shape[second])", file: file, line: line)
      let diagonal = result.tensor.diagonal(axes: (first, second))
      result.names.remove(at: second)
      result.names.remove(at: first)
      result = NamedTensor(result.names + [name], diagonal)
    }
    return result
  }

  private var repeated: (name: String, first: Int, second: Int)? {
    for (second, name) in names.enumerated() {
      if let first = names.firstIndex(of: name), first != second { return (name, first, second) }
    }
    return nil
  }

  /// The dimensions in an order, with others summed over.
  func reduced(to order: [String]) -> NamedTensor {
    let summed = names.indices.filter { !order.contains(names[$0]) }
    let rest = names.filter { order.contains($0) }
    let sums = summed.isEmpty ? tensor : tensor.sum(axes: summed)
    return NamedTensor(order, sums.permuted(order.compactMap { rest.firstIndex(of: $0) }))
  }

  /// The product with another one, summed over what is not needed any more.
  func product(
    _ other: NamedTensor, keeping needed: Set<String>, _ equation: String, _ file: StaticString,
    _ line: UInt
  ) -> NamedTensor {
    func extent(_ name: String) -> Int {
      let both = [self, other].compactMap { operand in
        operand.names.firstIndex(of: name).map { operand.tensor.shape[$0] }
      }
      let extent = both.first { $0 != 1 } ?? 1
      check(
        both.allSatisfy { $0 == extent || $0 == 1 },
        "einsum \"\(equation)\": \(name) is \(both[0]) and \(both.last ?? 1)", file: file,
        line: line)
      return extent
    }
    // What only one of both has is summed before it is multiplied.
    let a = reduced(to: names.filter { needed.contains($0) || other.names.contains($0) })
    let b = other.reduced(to: other.names.filter { needed.contains($0) || names.contains($0) })
    let shared = a.names.filter { b.names.contains($0) }
    let batch = shared.filter { needed.contains($0) }
    let summed = shared.filter { !needed.contains($0) }
    let rows = a.names.filter { !shared.contains($0) }
    let columns = b.names.filter { !shared.contains($0) }
    let extents = Dictionary(
      uniqueKeysWithValues: (batch + summed + rows + columns).map { ($0, extent($0)) })
    func shape(_ list: [String]) -> [Int] { list.compactMap { extents[$0] } }
    func count(_ list: [String]) -> Int { shape(list).reduce(1, *) }
    let x = a.arranged(batch + rows + summed, shape(batch + rows + summed))
      .reshaped(shape(batch) + [count(rows), count(summed)])
    let y = b.arranged(batch + summed + columns, shape(batch + summed + columns))
      .reshaped(shape(batch) + [count(summed), count(columns)])
    // Without a sum it is an elementwise product, and exact.
    let product = summed.isEmpty ? x * y : matmul(x, y, file: file, line: line)
    return NamedTensor(
      batch + rows + columns, product.reshaped(shape(batch + rows + columns)))
  }

  /// The dimensions in an order, broadcast to extents.
  private func arranged(_ order: [String], _ shape: [Int]) -> Tensor<Scalar> {
    tensor.permuted(order.compactMap { names.firstIndex(of: $0) }).broadcast(to: shape)
  }
}
