internal import Tensor

extension AutoencoderKL {
  /// How an image that is too large for memory is cut into tiles, which overlap and are blended.
  ///
  /// A tile is computed without the rest of the image, so the result differs slightly from that of
  /// the whole image.
  public struct Tiling: Sendable, Hashable {
    /// The side of a tile of a latent; latents that are no larger are not cut.
    public let side: Int
    /// The distance of neighbouring tiles.
    public let stride: Int

    /// A tiling.
    ///
    /// - Parameters:
    ///   - side: The side of a tile of a latent.
    ///   - overlap: The share of a tile that the next one has too, from 0 up to 1.
    public init(side: Int, overlap: Double = 0.25) {
      check(
        side > 0 && 0 <= overlap && overlap < 1,
        "tiling: there are no tiles of side \(side) that overlap by \(overlap)")
      self.side = side
      stride = max(1, Int(Double(side) * (1 - overlap)))
    }
  }

  /// The tiles of an image or latent, and what becomes of them.
  struct TileGrid {
    /// The side of a tile and the distance of neighbours.
    let side, stride: Int
    /// The distance of neighbours in the result, and how much of a tile's lies on the one before.
    let resultStride, resultOverlap: Int

    /// The tiles of a tiling, or a single one.
    ///
    /// - Parameters:
    ///   - tiling: How latents are cut; nil for not at all.
    ///   - extents: The height and width of a latent.
    ///   - unit: What a pixel of a latent is on the side of the tiles.
    ///   - resultUnit: What it is on the side of the results.
    init(_ tiling: Tiling?, latent extents: (Int, Int), unit: Int, resultUnit: Int) {
      let largest = max(extents.0, extents.1)
      let tiling =
        tiling.flatMap { $0.side < largest ? $0 : nil } ?? Tiling(side: largest, overlap: 0)
      (side, stride) = (unit * tiling.side, unit * tiling.stride)
      resultStride = resultUnit * tiling.stride
      resultOverlap = resultUnit * (tiling.side - tiling.stride)
    }

    /// Computes an image in tiles, and puts their results together.
    ///
    /// Only the results of one line of tiles are kept at a time.
    ///
    /// - Parameters:
    ///   - x: `[1, height, width, channels]`.
    ///   - result: Images, of which one gets the result, `[batch, height, width, channels]`.
    ///   - index: The number of that image.
    ///   - work: Makes the result of a tile.
    func map(
      _ x: Tensor<Float>, into result: inout Tensor<Float>, at index: Int,
      _ work: (Tensor<Float>) -> Tensor<Float>
    ) {
      var above: [Tensor<Float>] = []
      for (i, top) in Swift.stride(from: 0, to: x.shape[1], by: stride).enumerated() {
        var line: [Tensor<Float>] = []
        for (j, left) in Swift.stride(from: 0, to: x.shape[2], by: stride).enumerated() {
          var tile = work(x[.all, top..<top + side, left..<left + side])
          if i > 0 { tile.blend(from: above[j], axis: 1, over: resultOverlap) }
          if j > 0 { tile.blend(from: line[j - 1], axis: 2, over: resultOverlap) }
          let (y, z) = (i * resultStride, j * resultStride)
          result[index, y..<y + resultStride, z..<z + resultStride] =
            tile[0, ..<resultStride, ..<resultStride]
          line.append(tile)
        }
        above = line
      }
    }
  }
}

extension Tensor<Float> {
  /// Passes over from the end of `other` to this tile, along an axis of its lines (1) or columns
  /// (2).
  fileprivate mutating func blend(from other: Tensor, axis: Int, over extent: Int) {
    let extent = Swift.min(extent, shape[axis], other.shape[axis])
    let shares = Tensor(
      (0..<extent).map { Float($0) / Float(extent) },
      shape: axis == 1 ? [extent, 1, 1] : [extent, 1])
    let end = other.split([other.shape[axis] - extent, extent], axis: axis)[1] * (1 - shares)
    let start = split([extent, shape[axis] - extent], axis: axis)[0] * shares
    if axis == 1 {
      self[.all, ..<extent] = end + start
    } else {
      self[.all, .all, ..<extent] = end + start
    }
  }
}
