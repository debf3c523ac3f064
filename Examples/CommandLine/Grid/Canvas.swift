internal import Tensor

/// An image that is drawn to, white at first.
struct Canvas {
  let width, height, channels: Int
  private(set) var pixels: [UInt8]

  init(width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    pixels = [UInt8](repeating: 255, count: width * height * channels)
  }

  /// The image: [height, width], or [height, width, channels] of several channels.
  func image(rank: Int) -> Tensor<UInt8> {
    Tensor(pixels, shape: rank == 2 ? [height, width] : [height, width, channels])
  }

  /// Copies an image to a place, each pixel as a square of `scale` by `scale`.
  mutating func draw(_ image: Tensor<UInt8>, x: Int, y: Int, scale: Int) {
    let (rows, columns) = (image.shape[0], image.shape[1])
    image.withUnsafeElements { source in
      for row in 0..<rows * scale {
        for column in 0..<columns * scale {
          let from = (row / scale * columns + column / scale) * channels
          let to = ((y + row) * width + x + column) * channels
          for channel in 0..<channels { pixels[to + channel] = source[from + channel] }
        }
      }
    }
  }

  /// Writes a line of text in black, with its upper left corner at a place.
  mutating func write(_ text: some StringProtocol, x: Int, y: Int, scale: Int) {
    for (index, character) in text.enumerated() {
      let left = x + index * BitmapFont.advance * scale
      for row in 0..<BitmapFont.height * scale {
        for column in 0..<BitmapFont.width * scale
        where BitmapFont.isBlack(character, x: column / scale, y: row / scale) {
          let to = ((y + row) * width + left + column) * channels
          for channel in 0..<channels { pixels[to + channel] = 0 }
        }
      }
    }
  }
}
