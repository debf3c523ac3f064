internal import Kernels
internal import Tensor

extension Case {
  /// Arithmetic, reductions and conversions of tensors that no cache holds.
  static var elementwise: [Case] {
    let (count, side) = (16 << 20, 4096)
    return [
      onTensors("add", [count], bytes: 12) { _ = $0 + $1 },
      onTensors("multiply", [count], bytes: 12) { _ = $0 * $1 },
      inPlace("add-in-place", [count], bytes: 12),
      onTensors("add-row", [side, side], bytes: 8) { _ = $0 + $1[0] },
      onTensors("sum", [count], bytes: 4) { x, _ in _ = x.sum() },
      onTensors("mean-of-rows", [side, side], bytes: 4) { x, _ in _ = x.mean(axes: [1]) },
      onTensors("mean-of-columns", [side, side], bytes: 4) { x, _ in _ = x.mean(axes: [0]) },
      onTensors("transpose", [side, side], bytes: 8) { x, _ in _ = x.permuted([1, 0]).copied() },
      onTensors("cast-to-bf16", [count], bytes: 6) { x, _ in
        _ = x.converted(to: BFloat16.self)
      },
      Case(
        family: "cast-to-f32", precision: .bfloat16, shape: [count].joined, note: "out of cache",
        work: .bytes(6 * Double(count)), isThreaded: false
      ) {
        let x = numbers([count]).converted(to: BFloat16.self)
        return { _ in _ = x.converted(to: Float.self) }
      },
      Case(
        family: "linear-combination", precision: .float32, shape: [count].joined,
        note: "out of cache",
        work: .bytes(12 * Double(count))
      ) {
        let (x, y) = (numbers([count]), numbers([count]))
        return { _ = linearCombination([(0.5, x), (0.25, y)], in: $0) }
      },
      Case(
        family: "add-gated", precision: .float32, shape: [2, 1024, 1152].joined,
        note: "a branch of DiT-XL 512²", work: .bytes(12 * Double(2 * 1024 * 1152))
      ) {
        let (y, gate) = (numbers([2, 1024, 1152]), numbers([2, 1152], scale: 0.1))
        var x = numbers([2, 1024, 1152])
        return { addGated(y, gate: gate, to: &x, in: $0) }
      },
    ]
  }

  /// An operation on two tensors, and the bytes for each of their elements.
  private static func onTensors(
    _ family: String, _ shape: [Int], bytes: Int,
    _ operation: @escaping (Tensor<Float>, Tensor<Float>) -> Void
  ) -> Case {
    Case(
      family: family, precision: .float32, shape: shape.joined, note: "out of cache",
      work: .bytes(Double(bytes * shape.product)), isThreaded: false
    ) {
      let (x, y) = (numbers(shape), numbers(shape))
      return { _ in operation(x, y) }
    }
  }

  private static func inPlace(_ family: String, _ shape: [Int], bytes: Int) -> Case {
    Case(
      family: family, precision: .float32, shape: shape.joined, note: "out of cache",
      work: .bytes(Double(bytes * shape.product)), isThreaded: false
    ) {
      var x = numbers(shape)
      let y = numbers(shape)
      return { _ in x += y }
    }
  }
}
