package import Tensor

/// Images side by side on white, each with a line of text below it.
package struct LabelledGrid {
  private let images: [Tensor<UInt8>]
  private let captions: [String]
  private let columns, rows: Int
  private let scale, textScale: Int
  private let cellWidth, cellHeight: Int

  /// A grid that is filled row by row.
  ///
  /// - Parameters:
  ///   - images: At least one image, all of one shape [H, W] or [H, W, C].
  ///   - captions: A text for each image, or none at all. One that is too wide ends in dots.
  ///   - columns: The number of images in a row.
  ///   - scale: The side of the square that a pixel becomes.
  /// - Precondition: The shapes are equal, the captions as many as the images or none, `columns`
  ///   and `scale` positive.
  package init(_ images: [Tensor<UInt8>], captions: [String] = [], columns: Int, scale: Int = 1) {
    let shape = images.first?.shape ?? []
    check([2, 3].contains(shape.count), "grid: no images, or of shape \(shape)")
    check(images.allSatisfy { $0.shape == shape }, "grid: the images' shapes differ")
    check(
      captions.isEmpty || captions.count == images.count,
      "grid: \(captions.count) captions for \(images.count) images")
    check(columns > 0 && scale > 0, "grid: \(columns) columns, scale \(scale)")
    self.images = images
    self.captions = captions
    self.columns = min(columns, images.count)
    self.scale = scale
    rows = (images.count + columns - 1) / columns
    (cellHeight, cellWidth) = (shape[0] * scale, shape[1] * scale)
    textScale = Self.textScale(captions, width: cellWidth)
  }

  /// The size of the text: in proportion to the images, or smaller if all captions then fit.
  private static func textScale(_ captions: [String], width: Int) -> Int {
    let longest = captions.map { BitmapFont.width(of: $0) }.max() ?? 0
    return max(1, min(width / 112, longest > 0 ? width / longest : 1))
  }

  /// The distance between cells, and around them all.
  private var margin: Int { max(6, cellWidth / 14) }

  /// The distance from an image to its caption.
  private var captionGap: Int { 4 * textScale }

  /// The height of an image and its caption.
  private var rowHeight: Int {
    cellHeight + (captions.isEmpty ? 0 : captionGap + BitmapFont.height * textScale)
  }

  /// Draws the grid: [H', W'], or [H', W', C] where the images have channels.
  package func image() -> Tensor<UInt8> {
    let shape = images[0].shape
    var canvas = Canvas(
      width: margin + columns * (cellWidth + margin), height: margin + rows * (rowHeight + margin),
      channels: shape.count == 3 ? shape[2] : 1)
    for (index, image) in images.enumerated() {
      let x = margin + index % columns * (cellWidth + margin)
      let y = margin + index / columns * (rowHeight + margin)
      canvas.draw(image, x: x, y: y, scale: scale)
      guard !captions.isEmpty else { continue }
      let caption = clipped(captions[index])
      let space = cellWidth - BitmapFont.width(of: caption) * textScale
      canvas.write(
        caption, x: x + max(0, space / 2), y: y + cellHeight + captionGap, scale: textScale)
    }
    return canvas.image(rank: shape.count)
  }

  /// A caption, with its end replaced by dots if it is wider than an image.
  private func clipped(_ caption: String) -> String {
    let room = (cellWidth / textScale + 1) / BitmapFont.advance
    guard caption.count > room else { return caption }
    return room > 3 ? caption.prefix(room - 3) + "..." : String(caption.prefix(room))
  }
}
