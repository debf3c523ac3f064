internal import DiT
internal import Kernels
internal import ShowcaseModel
internal import Tensor

/// The pieces of work that are timed, at the shapes of real models.
struct Cases {
  let workspace: Workspace

  /// All of them.
  var all: [Benchmark] { products + attentions + rows + steps }

  /// Numbers that look random.
  private func numbers(_ shape: [Int]) -> Tensor<Float> {
    var generator = PhiloxGenerator(seed: 1)
    return generator.normal(shape)
  }

  /// Linear layers: the shipped model's with ten guided pictures, and DiT-XL/2's with one.
  private var products: [Benchmark] {
    let shapes = [
      (1280, 576, 192), (1280, 192, 192), (1280, 768, 192), (1280, 192, 768), (512, 3456, 1152),
      (512, 1152, 1152), (512, 4608, 1152), (512, 1152, 4608), (2, 6912, 1152),
    ]
    return shapes.map { product(rows: $0.0, outputs: $0.1, inputs: $0.2) }
  }

  private func product(rows: Int, outputs: Int, inputs: Int) -> Benchmark {
    Benchmark(
      name: "gemm/\(rows)x\(outputs)x\(inputs)", operations: 2 * Double(rows * outputs * inputs)
    ) {
      let x = Operand(numbers([rows, inputs]))
      let weight = PackedMatrix(numbers([outputs, inputs]))
      return { _ = linear(x, weight, in: workspace) }
    }
  }

  /// Attention: the shipped model's, and DiT-XL/2's at 256² and 512².
  private var attentions: [Benchmark] {
    let shapes = [[20, 64, 3, 64], [2, 256, 16, 72], [2, 1024, 16, 72]]
    return shapes.map { shape in
      Benchmark(
        name: "attention/" + shape.map(String.init).joined(separator: "x"),
        operations: 4 * Double(shape.reduce(1, *) * shape[1])
      ) {
        let x = (0..<3).map { _ in numbers(shape) }
        return { _ = attention(query: x[0], key: x[1], value: x[2], in: workspace) }
      }
    }
  }

  /// Work on rows; its time is what counts.
  private var rows: [Benchmark] {
    let shape = [2, 256, 1152]
    return [
      Benchmark(name: "layer norm + modulate/512x1152") {
        let (x, modulation) = (numbers(shape), numbers([2, 1152]))
        return {
          _ = layerNorm(x, shift: modulation, scale: modulation, epsilon: 1e-6, in: workspace)
        }
      },
      Benchmark(name: "softmax/512x1152") {
        let x = numbers(shape)
        return { _ = softmax(x, in: workspace) }
      },
      Benchmark(name: "gelu tanh/512x1152") {
        let x = numbers(shape)
        return { _ = activate(.geluTanh, x, in: workspace) }
      },
    ]
  }

  /// A forward pass of the shipped model for ten guided pictures.
  private var steps: [Benchmark] {
    let batch = 20
    return [
      Benchmark(name: "fashion-dit/\(batch)", operations: Self.forwardOperations(batch)) {
        let model = try DiffusionPipeline(folder: ShowcaseModel.generator.folder()).model
        let x = numbers([batch] + model.configuration.sampleShape)
        let timesteps = [Double](repeating: 500, count: batch)
        let labels = (0..<batch).map { $0 % 11 }
        return { _ = model(x, timesteps: timesteps, labels: labels, in: workspace) }
      }
    ]
  }

  /// The operations of a forward pass of the shipped model's sizes.
  private static func forwardOperations(_ batch: Int) -> Double {
    let c = DiffusionTransformer.Configuration(
      inputSide: 32, channels: 1, patchSize: 4, width: 192, depth: 12, headCount: 3,
      classCount: 10, learnsSigma: false)
    return 2 * Double(batch * c.depth) * c.blockCost.total
  }
}
