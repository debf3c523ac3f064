internal import Kernels
internal import Tensor

extension Case {
  /// Linear layers, `gemm/f32/<rows>x<outputs>x<inputs>`; rows of quantized products are quantized on
  /// the way.
  static var products: [Case] {
    transformerProducts + crossProducts + textProducts + finishedProducts + smallProducts
  }

  /// Those of a block of the shipped model with ten guided images, and of DiT with one.
  private static var transformerProducts: [Case] {
    let models: [(name: String, width: Int, rows: Int, isLong: Bool)] = [
      ("fashion-dit, 20 images", 192, 1280, false),
      ("DiT-S 256²", 384, 512, false), ("DiT-S 512²", 384, 2048, false),
      ("DiT-B 256²", 768, 512, false), ("DiT-B 512²", 768, 2048, false),
      ("DiT-L 256²", 1024, 512, false), ("DiT-L 512²", 1024, 2048, false),
      ("DiT-XL 256²", 1152, 512, false), ("DiT-XL 512², PixArt 512²", 1152, 2048, false),
      ("PixArt 1024²", 1152, 8192, true),
    ]
    return models.flatMap { model in
      let (rows, width) = (model.rows, model.width)
      return [
        ("qkv", 3 * width, width), ("projection", width, width), ("fc1", 4 * width, width),
        ("fc2", width, 4 * width),
      ].flatMap { layer, outputs, inputs in
        [Precision.float32, .bfloat16, .int8].map { precision in
          product(
            rows, outputs, inputs, precision, note: "\(model.name), \(layer)",
            isLong: model.isLong || precision != .float32 && width < 1152)
        }
      }
    }
  }

  /// The keys and values of PixArt's cross-attention, of one guided image.
  private static var crossProducts: [Case] {
    [120, 300].map { product(2 * $0, 2304, 1152, note: "PixArt, \($0) text tokens") }
  }

  /// The T5-XXL encoder's.
  private static var textProducts: [Case] {
    [120, 300].flatMap { rows in
      [(4096, 4096), (10_240, 4096), (4096, 10_240)].flatMap { outputs, inputs in
        [Precision.float32, .int8, .weights8, .weights4].map { precision in
          product(
            rows, outputs, inputs, precision, note: "T5-XXL, \(rows) tokens",
            isLong: precision != .float32 && rows > 120)
        }
      }
    }
  }

  /// Products that do more than a product: GELU on the result, and a gated sum with the residual.
  private static var finishedProducts: [Case] {
    let (tokens, width) = (256, 1152)
    return [
      product(2 * tokens, 4 * width, width, activation: .geluTanh, note: "DiT-XL 256², fc1"),
      Case(
        family: "gemm-gate-add", precision: .float32, shape: [2 * tokens, width, width].joined,
        note: "DiT-XL 256², projection",
        work: .operations(2 * Double(2 * tokens * width * width))
      ) {
        let x = Operand(numbers([2, tokens, width]))
        let weight = PackedMatrix(numbers([width, width]))
        let gate = numbers([2, width])
        var residual = numbers([2, tokens, width])
        return { addLinear(x, weight, gate: gate, to: &residual, in: $0) }
      },
    ]
  }

  /// The modulations of DiT-XL for a few conditions, which read each weight once.
  private static var smallProducts: [Case] {
    [(Precision.float32, 4.0), (.weights8, 1), (.weights4, 0.5)].flatMap { precision, bytes in
      [1, 2, 4, 8].map { rows in
        product(
          rows, 6912, 1152, precision, note: "DiT-XL, adaLN, the bytes of its weights",
          work: .bytes(bytes * 6912 * 1152))
      }
    }
  }

  private static func product(
    _ rows: Int, _ outputs: Int, _ inputs: Int, _ precision: Precision = .float32,
    activation: Activation = .identity, note: String, work: Work? = nil, isLong: Bool = false
  ) -> Case {
    Case(
      family: activation == .identity ? "gemm" : "gemm-gelu-tanh", precision: precision,
      shape: [rows, outputs, inputs].joined, note: note,
      work: work
        ?? .operations(
          2 * Double(rows * outputs * inputs), peak: .of(precision)),
      isLong: isLong
    ) {
      let x = Operand(numbers([rows, inputs]), in: Workspace(precision: precision))
      let weight = PackedMatrix(numbers([outputs, inputs]), precision: precision)
      return { _ = linearOperand(x, weight, activation: activation, in: $0) }
    }
  }
}
