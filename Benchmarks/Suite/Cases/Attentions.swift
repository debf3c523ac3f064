internal import Kernels
internal import Tensor

extension Case {
  /// Attention, `attention/f32/<batch>x<queries>x<heads>x<size>`, then `-keys<keys>` where there
  /// are not as many keys as queries.
  static var attentions: [Case] {
    Precision.floatingPoint.flatMap { precision in
      [
        attention([20, 64, 3, 64], precision, note: "fashion-dit, 20 images"),
        attention([2, 256, 16, 64], precision, note: "DiT-L 256²"),
        attention([2, 1024, 16, 64], precision, note: "DiT-L 512²"),
        attention([2, 256, 16, 72], precision, note: "DiT-XL 256²"),
        attention([2, 1024, 16, 72], precision, note: "DiT-XL 512², PixArt 512²"),
        attention([2, 4096, 16, 72], precision, note: "PixArt 1024²", isLong: true),
        attention([2, 1024, 16, 72], precision, keys: 120, note: "PixArt 512², text"),
        attention([2, 4096, 16, 72], precision, keys: 300, note: "PixArt 1024², text"),
      ]
    }
  }

  private static func attention(
    _ shape: [Int], _ precision: Precision, keys: Int? = nil, note: String, isLong: Bool = false
  ) -> Case {
    let keyCount = keys ?? shape[1]
    return Case(
      family: "attention", precision: precision,
      shape: shape.joined + (keys.map { "-keys\($0)" } ?? ""), note: note,
      work: .operations(
        4 * Double(shape.product * keyCount), peak: .of(precision)),
      isLong: isLong
    ) {
      // As a layer before leaves them.
      let (batch, heads, size) = (shape[0], shape[2], shape[3])
      let workspace = Workspace(precision: precision)
      func tokens(_ count: Int, _ parts: Int) -> Operand {
        Operand(numbers([batch, count, parts * heads * size]), in: workspace)
      }
      let (query, both) = (tokens(shape[1], 1), tokens(keyCount, 2))
      let (q, k, v) = (
        HeadView(query, from: 0, count: heads, size: size),
        HeadView(both, from: 0, count: heads, size: size),
        HeadView(both, from: heads * size, count: heads, size: size)
      )
      return { _ = Kernels.attention(query: q, key: k, value: v, in: $0) }
    }
  }
}
