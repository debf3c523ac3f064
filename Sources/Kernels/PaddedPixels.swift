internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// How many pixels of zeros stand around a picture.
public struct Padding: Sendable, Hashable {
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

  /// No padding.
  public static let none = Padding(0)

  /// A line below and a pixel at the end of each line, for the convolutions of stride 2 in the
  /// encoder of latent diffusion's autoencoder.
  public static let downsampling = Padding(bottom: 1, right: 1)
}

/// The pictures that a convolution takes, with zeros around them so that it never leaves them.
///
/// Operations whose result goes into a convolution write it directly: the counterpart for pictures
/// of `Operand`.
public struct PaddedPixels: Sendable {
  /// The extents without the padding, `[batch, height, width, channels]`.
  public let shape: [Int]
  /// The zeros around each picture.
  public let padding: Padding
  let memory: Tensor<Float>

  /// Pictures with zeros around them; where there is no padding, the elements of `pictures`.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, height, width, channels]`.
  ///   - padding: The zeros around each.
  ///   - workspace: What to compute with.
  public init(_ pictures: Tensor<Float>, padding: Padding = .none, in workspace: Workspace) {
    if padding == .none {
      check(pictures.rank == 4, "padded pixels: \(pictures.shape) are no pictures")
      (shape, self.padding, memory) = (pictures.shape, padding, pictures.contiguous())
    } else {
      self = enlarged(pictures, by: 1, padding: padding, in: workspace)
    }
  }

  /// Pictures that are not written yet, with zeros around them.
  init(shape: [Int], padding: Padding, in workspace: Workspace) {
    let (top, left) = (padding.top, padding.left)
    let (bottom, right) = (top + shape[1], left + shape[2])
    var memory: Tensor<Float> = workspace.tensor([
      shape[0], bottom + padding.bottom, right + padding.right, shape[3],
    ])
    let zero = Tensor<Float>(scalar: 0)
    if top > 0 { memory[.all, ..<top] = zero }
    if padding.bottom > 0 { memory[.all, bottom...] = zero }
    if left > 0 { memory[.all, top..<bottom, ..<left] = zero }
    if padding.right > 0 { memory[.all, top..<bottom, right...] = zero }
    (self.shape, self.padding, self.memory) = (shape, padding, memory)
  }

  /// The pictures without the padding, `shape`: a view.
  public var tensor: Tensor<Float> {
    memory[
      .all, padding.top..<padding.top + shape[1], padding.left..<padding.left + shape[2]]
  }

  /// Where to write the pictures.
  var lines: PixelLines {
    PixelLines(
      first: tensor.mutablePointer, lineStride: memory.strides[1], height: shape[1],
      pictureStride: memory.strides[0])
  }
}

/// Pictures enlarged by a whole factor: each pixel becomes a square of the same pixels.
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
  let timer = workspace.timer("upsample \(x.shape) by \(factor)")
  defer { timer.stop() }
  return enlarged(x, by: factor, padding: padding, in: workspace)
}

private func enlarged(
  _ x: Tensor<Float>, by factor: Int, padding: Padding, in workspace: Workspace
) -> PaddedPixels {
  check(
    x.rank == 4 && factor > 0, "pictures of shape \(x.shape) cannot be enlarged by \(factor)")
  let x = x.contiguous()
  let (width, channels) = (x.shape[2], x.shape[3])
  let result = PaddedPixels(
    shape: [x.shape[0], factor * x.shape[1], factor * width, channels], padding: padding,
    in: workspace)
  var enlargement = Enlargement(
    input: x.pointer, width: width, channels: channels, output: result.lines)
  enlargement.factor = factor
  let (table, work) = (workspace.table, enlargement)
  parallelFor(
    result.shape[0] * result.shape[1], grain: rowGrain(result.shape[2] * channels),
    threads: workspace.threads
  ) { range, _ in
    table.pixels.enlarge(work, range)
  }
  return withExtendedLifetime(x) { result }
}
