internal import Kernels
internal import NN
internal import Tensor

extension Case {
  /// Layers that models are ported with: `conv2d-depthwise/f32/<batch>x<channels>x<height>x<width>` and
  /// others of images, `multi-head-attention/f32/<batch>x<tokens>x<width>` and others of tokens.
  ///
  /// Each is called with tensors, as one writes a port; images stand with their channels last.
  static var layers: [Case] {
    let (small, wide) = ([1, 64, 56, 56], [1, 256, 28, 28])
    return [
      images("conv2d-depthwise", [1, 144, 56, 56], operations: 2 * 9) {
        let layer = Conv2d(weight: numbers([144, 1, 3, 3]), padding: 1, groups: 144)
        return { layer($0, in: $1) }
      },
      images("conv2d-grouped", wide, operations: 2 * 9 * 8) {
        let layer = Conv2d(weight: numbers([256, 8, 3, 3]), padding: 1, groups: 32)
        return { layer($0, in: $1) }
      },
      images("conv2d-dilated", small, operations: 2 * 9 * 64) {
        let layer = Conv2d(weight: numbers([64, 64, 3, 3]), padding: 2, dilation: 2)
        return { layer($0, in: $1) }
      },
      images("conv2d-stride", small, operations: 2 * 9 * 128 / 4) {
        let layer = Conv2d(weight: numbers([128, 64, 3, 3]), stride: 2, padding: 1)
        return { layer($0, in: $1) }
      },
      images("conv-transpose2d", wide, operations: 2 * 16 * 128) {
        let layer = ConvTranspose2d(weight: numbers([256, 128, 4, 4]), stride: 2, padding: 1)
        return { layer($0, in: $1) }
      },
      tokens("conv1d", [1, 3000, 80], operations: 2 * 3 * 384) {
        let layer = Conv1d(weight: numbers([384, 80, 3]), padding: 1)
        return { layer($0, in: $1) }
      },
      images("max-pool", small, bytes: 5) { { MaxPool2d(2)($0, in: $1) } },
      images("average-pool", small, bytes: 5) { { AveragePool2d(2)($0, in: $1) } },
      images("average-pool-global", wide, bytes: 4) { { AveragePool2d(.global)($0, in: $1) } },
      images("bilinear", small, bytes: 20) {
        { interpolated($0, height: 112, width: 112, .bilinear, in: $1) }
      },
      images("bicubic-antialias", small, bytes: 5) {
        { interpolated($0, height: 28, width: 28, .bicubic, antialias: true, in: $1) }
      },
      images("batch-norm-relu", small, bytes: 8) {
        let layer = BatchNorm(mean: numbers([64]), variance: numbers([64]).absolute() + 1)
        return { layer($0, activation: .relu, in: $1) }
      },
      tokens("layer-norm", [8, 256, 768], bytes: 8) {
        let layer = LayerNorm(weight: numbers([768]), bias: numbers([768]))
        return { layer($0, in: $1) }
      },
      tokens("rms-norm", [8, 256, 768], bytes: 8) {
        let layer = RMSNorm(weight: numbers([768]))
        return { layer($0, in: $1) }
      },
      tokens("multi-head-attention", [4, 196, 384], operations: Double(8 * 384 + 4 * 196)) {
        func linear() -> Linear {
          Linear(weight: numbers([384, 384], scale: 0.1), bias: numbers([384]))
        }
        let layer = MultiHeadAttention(
          query: linear(), key: linear(), value: linear(), output: linear(), headCount: 6)
        return { layer($0, in: $1) }
      },
      tokens("gated-feed-forward", [4, 196, 384], operations: 2 * 3 * 1024) {
        let layer = GatedFeedForward(
          gate: Linear(weight: numbers([1024, 384], scale: 0.1)),
          value: Linear(weight: numbers([1024, 384], scale: 0.1)),
          output: Linear(weight: numbers([384, 1024], scale: 0.1)), activation: .silu)
        return { layer($0, in: $1) }
      },
      Case(
        family: "embedding", precision: .float32, shape: [32, 256, 768].joined,
        note: "a layer", work: .bytes(Double(8 * 32 * 256 * 768))
      ) {
        let layer = Embedding(weight: numbers([30_522, 768]))
        var generator = PhiloxGenerator(seed: 3)
        let tokens = generator.integers([32, 256], below: 30_522)
        return { _ in _ = layer(tokens) }
      },
    ]
  }

  private typealias Call = (Tensor<Float>, Workspace) -> Tensor<Float>

  /// A layer of images `[batch, channels, height, width]`, and the bytes or operations for each number
  /// that goes in.
  private static func images(
    _ family: String, _ shape: [Int], operations: Double? = nil, bytes: Double? = nil,
    _ prepare: @escaping () -> Call
  ) -> Case {
    layer(
      family, shape, [shape[0], shape[2], shape[3], shape[1]], operations: operations,
      bytes: bytes, prepare)
  }

  /// A layer of tokens `[batch, tokens, width]`.
  private static func tokens(
    _ family: String, _ shape: [Int], operations: Double? = nil, bytes: Double? = nil,
    _ prepare: @escaping () -> Call
  ) -> Case {
    layer(family, shape, shape, operations: operations, bytes: bytes, prepare)
  }

  private static func layer(
    _ family: String, _ name: [Int], _ shape: [Int], operations: Double?, bytes: Double?,
    _ prepare: @escaping () -> Call
  ) -> Case {
    let count = Double(shape.product)
    return Case(
      family: family, precision: .float32, shape: name.joined, note: "a layer",
      work: operations.map { Work.operations($0 * count) } ?? Work.bytes((bytes ?? 0) * count)
    ) {
      let (work, x) = (prepare(), numbers(shape))
      return { _ = work(x, $0) }
    }
  }
}
