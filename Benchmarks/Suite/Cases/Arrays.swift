internal import Kernels
internal import Tensor

extension Case {
  /// What an array library is asked for, at sizes that no cache holds, and at a few elements.
  static var arrays: [Case] {
    let (count, side) = (16 << 20, 4096)
    return [
      array("sum-of-columns", [side, side], bytes: 4) { x in { _ = x.sum(axis: 0) } },
      array("max-of-columns", [side, side], bytes: 4) { x in { _ = x.max(axis: 0) } },
      array("argmax-of-rows", [side, side], bytes: 4) { x in { _ = x.argmax(axis: 1) } },
      array("add-transposed", [side, side], bytes: 12) { x in { _ = x + x.transposed() } },
      array("gather-columns", [side, side], bytes: 8) { x in
        let places = shuffled(side)
        return { _ = x.gathered(places, axis: 1) }
      },
      array("gather-rows", [65_536, 256], bytes: 8) { x in
        let places = shuffled(65_536)
        return { _ = x.gathered(places) }
      },
      array("gather-rows", [65_536, 1], bytes: 8) { x in
        let places = shuffled(65_536)
        return { _ = x.gathered(places) }
      },
      array("sort", [1 << 20], bytes: 8) { x in { _ = x.sorted() } },
      array("argsort", [1 << 20], bytes: 12) { x in { _ = x.argsort() } },
      array("cumulative-sum", [side, side], bytes: 8) { x in { _ = x.cumulativeSum(axis: 1) } },
      array("sin", [count], bytes: 8) { x in { _ = x.sin() } },
      array("where", [count], bytes: 12) { x in
        let mask = x .> 0
        return { _ = x.where(mask, else: 0) }
      },
      array("mask", [count], bytes: 8) { x in
        let mask = x .> 0
        return { _ = x[mask] }
      },
      array("normal", [count], bytes: 4) { x in
        {
          var generator = PhiloxGenerator(seed: 1)
          _ = generator.normal([count])
        }
      },
      array("add-few", [8], bytes: 12) { x in { _ = x + x } },
      Case(
        family: "matmul-of-many", precision: .float32, shape: [65_536, 8, 8, 8].joined,
        note: "without packing", work: .operations(Double(2 * 65_536 * 8 * 8 * 8))
      ) {
        let (a, b) = (numbers([65_536, 8, 8]), numbers([65_536, 8, 8]))
        return { _ = matmul(a, b, in: $0) }
      },
    ]
  }

  private static func shuffled(_ count: Int) -> Tensor<Int64> {
    var generator = PhiloxGenerator(seed: 7)
    return generator.permutation(count)
  }

  /// An operation on a tensor, and the bytes for each of its elements.
  private static func array(
    _ family: String, _ shape: [Int], bytes: Int,
    _ prepare: @escaping (Tensor<Float>) -> () -> Void
  ) -> Case {
    Case(
      family: family, precision: .float32, shape: shape.joined, note: "an array library's",
      work: .bytes(Double(bytes * shape.product))
    ) {
      let work = prepare(numbers(shape))
      return { _ in work() }
    }
  }
}
