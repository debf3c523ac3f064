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
      array("cumulative-product", [side, side], bytes: 8) { x in
        { _ = x.cumulativeProduct(axis: 0) }
      },
      array("top-5", [1024, 16_384], bytes: 4) { x in { _ = x.top(5) } },
      array("unique", [1 << 20], bytes: 8) { x in
        let numbers = (x * 1000).rounded()
        return { _ = numbers.unique() }
      },
      array("search-sorted", [1 << 20], bytes: 12) { x in
        let sorted = x.sorted()
        return { _ = sorted.places(for: x) }
      },
      array("gather-along", [side, side], bytes: 16) { x in
        let places = x.argsort(axis: 1)
        return { _ = x.gathered(along: 1, places) }
      },
      array("scatter-add", [side, side], bytes: 20) { x in
        let places = x.argsort(axis: 1)
        var sums = Tensor<Float>(zerosLike: x)
        return { sums.add(x, along: 1, at: places) }
      },
      array("pad-reflect", [64, 512, 512], bytes: 8) { x in
        { _ = x.padded([(0, 0), (3, 3), (3, 3)], .reflect) }
      },
      array("roll", [side, side], bytes: 8) { x in { _ = x.rolled(by: 100, axis: 1) } },
      array("repeat", [side, side], bytes: 12) { x in { _ = x.repeated(2, axis: 1) } },
      array("flip", [side, side], bytes: 8) { x in { _ = x.flipped(1).contiguous() } },
      array("exp", [count], bytes: 8) { x in { _ = x.exp() } },
      array("log", [count], bytes: 8) { x in
        let positive = x.absolute() + 0.1
        return { _ = positive.log() }
      },
      array("pow", [count], bytes: 8) { x in
        let positive = x.absolute() + 0.1
        return { _ = pow(positive, 1.5) }
      },
      array("erf", [count], bytes: 8) { x in { _ = x.erf() } },
      array("atan2", [count], bytes: 8) { x in { _ = atan2(x, 0.5) } },
      array("remainder", [count], bytes: 8) { x in
        { _ = x.flooredRemainder(dividingBy: 0.3) }
      },
      array("clip", [count], bytes: 8) { x in { _ = x.clamped(to: -0.5...0.5) } },
      array("is-nan", [count], bytes: 5) { x in { _ = x.isNaN() } },
      array("is-close", [count], bytes: 5) { x in { _ = x.isClose(to: x) } },
      array("any", [count], bytes: 1) { x in
        let mask = x .> 2
        return { _ = mask.any() }
      },
      array("deviation-of-rows", [side, side], bytes: 4) { x in
        { _ = x.standardDeviation(axis: 1) }
      },
      array("log-sum-exp", [side, side], bytes: 4) { x in { _ = x.logSumExp(axis: 1) } },
      array("norm", [side, side], bytes: 4) { x in { _ = x.norm(axis: 1) } },
      array("median", [1024, 16_384], bytes: 4) { x in { _ = x.median(axis: 1) } },
      array("histogram", [1 << 20], bytes: 4) { x in { _ = x.histogram(bins: 100, range: -1...1) }
      },
      array("bits", [count], bytes: 12) { x in
        let bits = (x * 0x1p30).converted(to: Int32.self)
        return { _ = (bits ^ 0x5555) & 0xFFFF }
      },
      array("mask-write", [count], bytes: 9) { x in
        let mask = x .> 0
        var copy = x.copied()
        return { copy[mask] = 0 }
      },
      array("permutation", [1 << 20], bytes: 8) { _ in
        {
          var generator = PhiloxGenerator(seed: 1)
          _ = generator.permutation(1 << 20)
        }
      },
      array("uniform", [count], bytes: 4) { _ in
        {
          var generator = PhiloxGenerator(seed: 1)
          _ = generator.uniform([count])
        }
      },
      array("einsum", [64, 128, 256], bytes: 4) { x in { _ = einsum("bij,bkj->bik", x, x) } },
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
