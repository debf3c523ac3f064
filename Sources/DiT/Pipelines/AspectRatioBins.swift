/// The sizes that PixArt was trained on: about as many pixels as a square, at many aspect ratios.
///
/// Reference: `ASPECT_RATIO_512_BIN` of diffusers and its other tables, one for each side of the
/// square.
public struct AspectRatioBins: Sendable {
  /// The heights and widths in pixels, from the widest to the tallest.
  public let sizes: [SampleSize]
  /// The aspect ratio of each, rounded as in diffusers' tables.
  private let ratios: [Double]

  /// The sizes for a model whose square has a side of so many pixels; nil where none are published.
  public init?(side: Int) {
    guard let table = Self.tables[side] else { return nil }
    ratios = table.map(\.ratio)
    sizes = table.map { SampleSize(height: $0.height, width: $0.width) }
  }

  /// The size whose aspect ratio is nearest to that of an image.
  public func nearest(height: Int, width: Int) -> SampleSize {
    let ratio = Double(height) / Double(width)
    let best = ratios.indices.min { abs(ratios[$0] - ratio) < abs(ratios[$1] - ratio) }
    return sizes[best ?? 0]
  }

  private typealias Bin = (ratio: Double, height: Int, width: Int)

  private static let tables: [Int: [Bin]] = [
    256: scaled(1, 2), 512: scaled(1, 1), 1024: scaled(2, 1), 2048: large,
  ]

  private static func scaled(_ factor: Int, _ divisor: Int) -> [Bin] {
    small.map { ($0.ratio, factor * $0.height / divisor, factor * $0.width / divisor) }
  }

  private static let small: [Bin] = [
    (0.25, 256, 1024), (0.28, 256, 928), (0.32, 288, 896), (0.33, 288, 864), (0.35, 288, 832),
    (0.4, 320, 800), (0.42, 320, 768), (0.48, 352, 736), (0.5, 352, 704), (0.52, 352, 672),
    (0.57, 384, 672), (0.6, 384, 640), (0.68, 416, 608), (0.72, 416, 576), (0.78, 448, 576),
    (0.82, 448, 544), (0.88, 480, 544), (0.94, 480, 512), (1, 512, 512), (1.07, 512, 480),
    (1.13, 544, 480), (1.21, 544, 448), (1.29, 576, 448), (1.38, 576, 416), (1.46, 608, 416),
    (1.67, 640, 384), (1.75, 672, 384), (2, 704, 352), (2.09, 736, 352), (2.4, 768, 320),
    (2.5, 800, 320), (3, 864, 288), (4, 1024, 256),
  ]

  private static let large: [Bin] = [
    (0.25, 1024, 4096), (0.26, 1024, 3968), (0.27, 1024, 3840), (0.28, 1024, 3712),
    (0.32, 1152, 3584), (0.33, 1152, 3456), (0.35, 1152, 3328), (0.4, 1280, 3200),
    (0.42, 1280, 3072), (0.48, 1408, 2944), (0.5, 1408, 2816), (0.52, 1408, 2688),
    (0.57, 1536, 2688), (0.6, 1536, 2560), (0.68, 1664, 2432), (0.72, 1664, 2304),
    (0.78, 1792, 2304), (0.82, 1792, 2176), (0.88, 1920, 2176), (0.94, 1920, 2048),
    (1, 2048, 2048), (1.07, 2048, 1920), (1.13, 2176, 1920), (1.21, 2176, 1792),
    (1.29, 2304, 1792), (1.38, 2304, 1664), (1.46, 2432, 1664), (1.67, 2560, 1536),
    (1.75, 2688, 1536), (2, 2816, 1408), (2.09, 2944, 1408), (2.4, 3072, 1280),
    (2.5, 3200, 1280), (2.89, 3328, 1152), (3, 3456, 1152), (3.11, 3584, 1152),
    (3.62, 3712, 1024), (3.75, 3840, 1024), (3.88, 3968, 1024), (4, 4096, 1024),
  ]
}
