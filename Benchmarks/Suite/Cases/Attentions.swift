internal import Kernels
internal import Tensor

extension Case {
  /// Attention, `attention/f32/<batch>x<queries>x<heads>x<size>`, then `-keys<keys>` where there
  /// are not as many keys as queries, or `-window<places>` where queries see a band of them.
  static var attentions: [Case] {
    Precision.floatingPoint.flatMap { precision in
      [
        attention([20, 64, 3, 64], precision, note: "fashion-dit, 20 images"),
        attention([2, 256, 16, 64], precision, note: "DiT-L 256²"),
        attention([2, 1024, 16, 64], precision, note: "DiT-L 512²"),
        attention([2, 256, 16, 72], precision, note: "DiT-XL 256²"),
        attention([2, 1024, 16, 72], precision, note: "DiT-XL 512², PixArt 512²"),
        attention([2, 4096, 16, 72], precision, note: "PixArt 1024²", isLong: true),
        attention(
          [2, 1024, 16, 72], precision, window: 128, note: "DiT-XL 512², an eighth on each side"),
        attention([2, 1024, 16, 72], precision, keys: 120, note: "PixArt 512², text"),
        attention([2, 4096, 16, 72], precision, keys: 300, note: "PixArt 1024², text"),
      ]
    }
  }

  private static func attention(
    _ shape: [Int], _ precision: Precision, keys: Int? = nil, window: Int? = nil, note: String,
    isLong: Bool = false
  ) -> Case {
    let keyCount = keys ?? shape[1]
    let pairs = (0..<shape[1]).reduce(0) { pairs, query in
      let seen = window.map { max(query - $0, 0)..<min(query + $0 + 1, keyCount) } ?? 0..<keyCount
      return pairs + seen.count
    }
    let suffix = (keys.map { "-keys\($0)" } ?? "") + (window.map { "-window\($0)" } ?? "")
    return Case(
      family: "attention", precision: precision,
      shape: shape.joined + suffix, note: note,
      work: .operations(
        4 * Double(shape[0] * shape[2] * shape[3] * pairs), peak: .of(precision)),
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
      return { _ = Kernels.attention(query: q, key: k, value: v, window: window, in: $0) }
    }
  }
}
