internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// How many pixels of zeros stand around an image.
public struct Padding: Sendable, Hashable, ExpressibleByIntegerLiteral {
  /// The number of lines above and below.
  public var top, bottom: Int
  /// The number of pixels at the beginning and the end of each line.
  public var left, right: Int

  /// Padding of its own on each side.
  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same padding on all sides.
  public init(_ width: Int) { self.init(top: width, bottom: width, left: width, right: width) }

  /// The same padding on all sides: `padding: 1`.
  public init(integerLiteral width: Int) { self.init(width) }

  /// The same padding above and below, and the same at both ends of a line.
  public init(height: Int, width: Int) {
    self.init(top: height, bottom: height, left: width, right: width)
  }

  /// No padding.
  public static let none = Padding(0)

  /// A line below and a pixel at the end of each line, for the convolutions of stride 2 in the
  /// encoder of latent diffusion's autoencoder.
  public static let downsampling = Padding(bottom: 1, right: 1)
}

/// The images that operations pass to each other, with zeros around them, so that a convolution
/// never leaves them.
///
/// They have the layout that the convolutions of a precision read: 32-bit numbers, channels last, or
/// bfloat16 in blocks of 32 channels. Operations whose result goes into a convolution write it
/// directly: the counterpart for images of `Operand`.
public struct PaddedPixels: Sendable {
  /// The extents without the padding, `[batch, height, width, channels]`.
  public let shape: [Int]
  /// The zeros around each image.
  public let padding: Padding
  /// `[batch, height, blocks, width, 16]` where the layout is blocks, else `[batch, height, width,
  /// channels]`, with the padding.
  let memory: Tensor<Float>
  let layout: PixelLayout

  /// Images with zeros around them, in the layout of a workspace's precision; where there is nothing
  /// to change, the elements of `images`.
  ///
  /// - Parameters:
  ///   - images: `[batch, height, width, channels]`.
  ///   - padding: The zeros around each.
  ///   - workspace: What to compute with.
  public init(_ images: Tensor<Float>, padding: Padding = .none, in workspace: Workspace) {
    let unpadded = PaddedPixels(unpadded: images)
    let isDone = padding == .none && workspace.pixelLayout == .float32
    self =
      isDone
      ? unpadded
      : upsampled(
        unpadded, by: 1, padding: padding, layout: workspace.pixelLayout, in: workspace)
  }

  /// The elements of images, as they are.
  init(unpadded images: Tensor<Float>) {
    check(images.rank == 4, "padded pixels: \(images.shape) are no images")
    (shape, padding, layout) = (images.shape, .none, .float32)
    memory = images.contiguous()
  }

  /// Images that are not written yet, with zeros around them.
  init(shape: [Int], padding: Padding, layout: PixelLayout, in workspace: Workspace) {
    let (top, left) = (padding.top, padding.left)
    check(
      min(top, padding.bottom, left, padding.right) >= 0,
      "padded pixels: \(padding) has less than no pixels on a side")
    let (bottom, right) = (top + shape[1], left + shape[2])
    let (height, width) = (bottom + padding.bottom, right + padding.right)
    let blocks = layout.blocks(channels: shape[3])
    let pixel = layout.pixelStride(channels: shape[3]) / MemoryLayout<Float>.stride
    var memory: Tensor<Float> = workspace.tensor([shape[0], height, blocks, width, pixel])
    let zero = Tensor<Float>(scalar: 0)
    if top > 0 { memory[.all, ..<top] = zero }
    if padding.bottom > 0 { memory[.all, bottom...] = zero }
    if left > 0 { memory[.all, top..<bottom, .all, ..<left] = zero }
    if padding.right > 0 { memory[.all, top..<bottom, .all, right...] = zero }
    (self.shape, self.padding, self.layout) = (shape, padding, layout)
    self.memory =
      layout == .blocks ? memory : memory.reshaped([shape[0], height, width, shape[3]])
  }

  /// The images without the padding.
  ///
  /// - Parameter workspace: What to compute with.
  /// - Returns: A tensor of `shape`: a view, unless they are in blocks.
  public func tensor(in workspace: Workspace) -> Tensor<Float> {
    if layout == .blocks {
      return upsampled(self, by: 1, padding: .none, layout: .float32, in: workspace).memory
    }
    return memory[
      .all, padding.top..<padding.top + shape[1], padding.left..<padding.left + shape[2]]
  }

  /// The same images in another layout, with their padding or another one.
  func converted(
    to layout: PixelLayout, padding: Padding? = nil, in workspace: Workspace
  ) -> PaddedPixels {
    let padding = padding ?? self.padding
    if layout == self.layout && padding == self.padding { return self }
    return upsampled(self, by: 1, padding: padding, layout: layout, in: workspace)
  }

  /// The extents with the padding.
  var paddedHeight: Int { padding.top + shape[1] + padding.bottom }
  var paddedWidth: Int { padding.left + shape[2] + padding.right }

  /// Where the images are, with their padding.
  var paddedLines: PixelLines {
    PixelLines(
      first: UnsafeMutablePointer(mutating: memory.pointer), width: paddedWidth,
      height: paddedHeight, channels: shape[3],
      layout: layout)
  }

  /// Where the images are.
  var lines: PixelLines {
    var lines = paddedLines
    lines.first += padding.top * lines.lineStride + padding.left * lines.pixelStride
    (lines.width, lines.height) = (shape[2], shape[1])
    return lines
  }
}

extension PixelLayout {
  /// What messages call it.
  var words: String {
    switch self {
    case .float32: "numbers of 32 bits"
    case .rounded: "numbers of 32 bits, rounded to bfloat16"
    case .blocks: "bfloat16 in blocks of 32 channels"
    }
  }
}

extension Workspace {
  /// The layout of the images that convolutions of its precision read.
  var pixelLayout: PixelLayout { table.kernels(for: precision).pixelLayout }
}

/// Images upsampled by a whole factor: each pixel becomes a square of the same pixels.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - factor: The side of the squares.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: `[batch, factor · height, factor · width, channels]`.
public func upsampled(
  _ x: Tensor<Float>, by factor: Int, padding: Padding = .none, in workspace: Workspace
) -> PaddedPixels {
  upsampled(PaddedPixels(unpadded: x), by: factor, padding: padding, in: workspace)
}

/// Images upsampled by a whole factor: each pixel becomes a square of the same pixels.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - factor: The side of the squares.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: `[batch, factor · height, factor · width, channels]`.
public func upsampled(
  _ x: PaddedPixels, by factor: Int, padding: Padding = .none, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("upsample \(x.shape) by \(factor)")
  defer { timer.stop() }
  return upsampled(
    x, by: factor, padding: padding, layout: workspace.pixelLayout, in: workspace)
}

private func upsampled(
  _ x: PaddedPixels, by factor: Int, padding: Padding, layout: PixelLayout, in workspace: Workspace
) -> PaddedPixels {
  check(factor > 0, "images of shape \(x.shape) cannot be upsampled by \(factor)")
  let (width, channels) = (x.shape[2], x.shape[3])
  let result = PaddedPixels(
    shape: [x.shape[0], factor * x.shape[1], factor * width, channels], padding: padding,
    layout: layout, in: workspace)
  var upsampling = Upsampling(input: x.lines, output: result.lines)
  upsampling.factor = factor
  let (table, work) = (workspace.table, upsampling)
  parallelFor(
    result.shape[0] * result.shape[1], grain: rowGrain(result.shape[2] * channels),
    threads: workspace.threads
  ) { range, _ in
    table.pixels.upsample(work, range)
  }
  return withExtendedLifetime(x) { result }
}
