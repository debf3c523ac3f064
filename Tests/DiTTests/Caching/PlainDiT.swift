import DiT
import Foundation
import Kernels
import NN
import Tensor

/// A small DiT with random weights whose gates are not zero, for tests of caches.
struct SmallDiT: WeightSource {
  static let configuration = DiffusionTransformer.Configuration(
    inputSize: .square(8), channels: 2, patchSize: 2, width: 16, depth: 4, headCount: 2,
    classCount: 3)

  let tensors: [String: Tensor<Float>]
  let description = "a small model"

  init(seed: UInt64 = 1) {
    let c = Self.configuration
    let width = c.width
    var shapes: [String: [Int]] = [
      "x_embedder.proj.weight": [width, c.channels, c.patchSize, c.patchSize],
      "t_embedder.mlp.0.weight": [width, 256], "t_embedder.mlp.2.weight": [width, width],
      "y_embedder.embedding_table.weight": [c.classCount + 1, width],
      "final_layer.linear.weight": [c.patchSize * c.patchSize * c.outputChannels, width],
      "final_layer.adaLN_modulation.1.weight": [2 * width, width],
    ]
    for block in 0..<c.depth {
      for (name, outputs, inputs) in [
        ("attn.qkv", 3 * width, width), ("attn.proj", width, width),
        ("mlp.fc1", c.hiddenWidth, width), ("mlp.fc2", width, c.hiddenWidth),
        ("adaLN_modulation.1", 6 * width, width),
      ] { shapes["blocks.\(block).\(name).weight"] = [outputs, inputs] }
    }
    var generator = TorchGenerator(seed: seed)
    var tensors: [String: Tensor<Float>] = [:]
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      tensors[name] = generator.normal(shape) * (name.contains("embedding_table") ? 1 : 0.25)
      if !name.contains("embedding_table") {
        tensors[name.replacingOccurrences(of: ".weight", with: ".bias")] =
          generator.normal([shape[0]]) * 0.25
      }
    }
    self.tensors = tensors
  }

  var names: [String] { tensors.keys.sorted() }
  func tensor(named name: String) throws -> AnyTensor {
    AnyTensor(try require(tensors[name]))
  }

  private func require(_ tensor: Tensor<Float>?) throws -> Tensor<Float> {
    struct Missing: Error {}
    guard let tensor else { throw Missing() }
    return tensor
  }

  /// The model as the library has it.
  static let model = Result { try DiffusionTransformer(configuration, from: Weights(SmallDiT())) }
}

/// Rows of numbers.
typealias Matrix = [[Double]]

func + (a: Matrix, b: Matrix) -> Matrix { zip(a, b).map { zip($0, $1).map { $0 + $1 } } }
func - (a: Matrix, b: Matrix) -> Matrix { zip(a, b).map { zip($0, $1).map { $0 - $1 } } }
func * (factor: Double, a: Matrix) -> Matrix { a.map { $0.map { factor * $0 } } }
func * (gate: [Double], a: Matrix) -> Matrix { a.map { zip(gate, $0).map { $0 * $1 } } }

/// `Σ|a - b| / Σ|b|`.
func distance(_ a: Matrix, from b: Matrix) -> Double {
  let difference = (a - b).joined().reduce(0) { $0 + abs($1) }
  return difference / b.joined().reduce(0) { $0 + abs($1) }
}

/// The same model in plain loops over Double, one sample at a time, open at every branch: what the
/// tests of cache methods are written with.
struct PlainDiT {
  typealias Branch = Architecture.Branch

  var c: DiffusionTransformer.Configuration { SmallDiT.configuration }

  private static let matrices = SmallDiT().tensors.mapValues { tensor in
    let rows = tensor.reshaped([tensor.shape[0], -1])
    return (0..<rows.shape[0]).map { rows[$0].elements.map(Double.init) }
  }

  private static let positions = {
    let c = SmallDiT.configuration
    let table = sineCosinePositions(width: c.width, rows: c.grid.rows, columns: c.grid.columns)
    return (0..<c.tokenCount).map { table[0, $0].elements.map(Double.init) }
  }()

  func matrix(_ name: String) -> Matrix { Self.matrices[name] ?? [] }

  private func vector(_ name: String) -> [Double] { matrix(name).flatMap { $0 } }

  func linear(_ name: String, _ x: Matrix) -> Matrix {
    let (weight, bias) = (matrix(name + ".weight"), vector(name + ".bias"))
    return x.map { row in
      zip(weight, bias).map { w, b in zip(w, row).reduce(b) { $0 + $1.0 * $1.1 } }
    }
  }

  private func silu(_ x: [Double]) -> [Double] { x.map { $0 / (1 + exp(-$0)) } }

  /// What the layers that modulate take.
  func condition(_ timestep: Double, _ label: Int) -> [Double] {
    let frequencies = (0..<128).map { exp(-log(10_000) * Double($0) / 128) }
    let waves = frequencies.map { cos(timestep * $0) } + frequencies.map { sin(timestep * $0) }
    let hidden = silu(linear("t_embedder.mlp.0", [waves])[0])
    let time = linear("t_embedder.mlp.2", [hidden])[0]
    let table = matrix("y_embedder.embedding_table.weight")
    return silu(zip(time, table[label]).map { $0 + $1 })
  }

  /// The tokens of a sample, `[channels][height · width]`.
  func embed(_ x: Matrix) -> Matrix {
    let (p, side) = (c.patchSize, c.inputSize.width)
    let weight = matrix("x_embedder.proj.weight"), bias = vector("x_embedder.proj.bias")
    return (0..<c.tokenCount).map { token in
      let (row, column) = (token / c.grid.columns, token % c.grid.columns)
      let patch = (0..<c.channels).flatMap { channel in
        (0..<p * p).map { i in
          x[channel][(row * p + i / p) * side + column * p + i % p]
        }
      }
      return (0..<c.width).map { k in
        zip(weight[k], patch).reduce(bias[k]) { $0 + $1.0 * $1.1 }
          + Self.positions[token][k]
      }
    }
  }

  private func norm(_ x: Matrix, shift: [Double], scale: [Double]) -> Matrix {
    x.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.indices.map {
        (row[$0] - mean) / (variance + 1e-6).squareRoot() * (1 + scale[$0]) + shift[$0]
      }
    }
  }

  /// The shift, scale and gate of a branch of a block.
  private func modulation(
    _ block: Int, _ branch: Branch, _ condition: [Double]
  ) -> (shift: [Double], scale: [Double], gate: [Double]) {
    let all = linear("blocks.\(block).adaLN_modulation.1", [condition])[0]
    let first = branch == .attention ? 0 : 3
    func part(_ i: Int) -> [Double] {
      Array(all[(first + i) * c.width..<(first + i + 1) * c.width])
    }
    return (part(0), part(1), part(2))
  }

  /// The input of a branch after its norm and modulation.
  func modulatedInput(
    _ x: Matrix, _ block: Int, _ branch: Branch, _ condition: [Double]
  ) -> Matrix {
    let m = modulation(block, branch, condition)
    return norm(x, shift: m.shift, scale: m.scale)
  }

  /// A branch of a block before its gate; with a window, attention sees so many tokens to either
  /// side.
  func branch(
    _ x: Matrix, _ block: Int, _ branch: Branch, _ condition: [Double], window: Int? = nil
  ) -> Matrix {
    let input = modulatedInput(x, block, branch, condition)
    if branch == .feedForward {
      let hidden = linear("blocks.\(block).mlp.fc1", input).map { row in
        row.map { v in
          0.5 * v * (1 + tanh((2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)))
        }
      }
      return linear("blocks.\(block).mlp.fc2", hidden)
    }
    return linear(
      "blocks.\(block).attn.proj",
      heads(linear("blocks.\(block).attn.qkv", input), window: window))
  }

  /// The heads of attention side by side, of queries, keys and values side by side.
  func heads(_ qkv: Matrix, window: Int? = nil) -> Matrix {
    let size = c.width / c.headCount
    return qkv.indices.map { i in
      (0..<c.headCount).flatMap { head in
        let query = qkv[i][head * size..<(head + 1) * size]
        var scores = qkv.map { row in
          zip(query, row[c.width + head * size..<c.width + (head + 1) * size])
            .reduce(0) { $0 + $1.0 * $1.1 } / Double(size).squareRoot()
        }
        if let window {
          for j in scores.indices where abs(i - j) > window { scores[j] = -.infinity }
        }
        let peak = scores.max() ?? 0
        let weights = scores.map { exp($0 - peak) }
        let sum = weights.reduce(0, +)
        return (0..<size).map { k in
          qkv.indices.reduce(0) {
            $0 + weights[$1] / sum * qkv[$1][2 * c.width + head * size + k]
          }
        }
      }
    }
  }

  /// A block; `value` may put something else in the place of a branch before its gate.
  func block(
    _ x: Matrix, _ index: Int, _ condition: [Double],
    value: ((Branch, _ x: Matrix, _ compute: () -> Matrix) -> Matrix)? = nil
  ) -> Matrix {
    var x = x
    for branch in [Branch.attention, .feedForward] {
      let compute = { self.branch(x, index, branch, condition) }
      let output = value?(branch, x, compute) ?? compute()
      x = x + modulation(index, branch, condition).gate * output
    }
    return x
  }

  /// All blocks.
  func blocks(_ x: Matrix, _ range: Range<Int>, _ condition: [Double]) -> Matrix {
    range.reduce(x) { block($0, $1, condition) }
  }

  /// The prediction of the last tokens, `[outputChannels][height · width]`.
  func predict(_ tokens: Matrix, _ condition: [Double]) -> Matrix {
    let all = linear("final_layer.adaLN_modulation.1", [condition])[0]
    let input = norm(tokens, shift: Array(all[..<c.width]), scale: Array(all[c.width...]))
    let patches = linear("final_layer.linear", input)
    let (p, side) = (c.patchSize, c.inputSize.width)
    var output = Matrix(repeating: .init(repeating: 0, count: side * side), count: c.outputChannels)
    for (token, patch) in patches.enumerated() {
      let (row, column) = (token / c.grid.columns, token % c.grid.columns)
      for (i, value) in patch.enumerated() {
        let (place, channel) = (i / c.outputChannels, i % c.outputChannels)
        output[channel][(row * p + place / p) * side + column * p + place % p] = value
      }
    }
    return output
  }
}

/// A run of the small model for one image, written out: DDIM, guidance, and a model that a test
/// writes.
struct PlainRun {
  let model = PlainDiT()
  var (label, seed, steps, scale) = (1, UInt64(7), 8, 3.0)
  var sampler: DDIM { get throws { try DDIM(steps: steps) } }
  var noise: Tensor<Float> {
    var generator = TorchGenerator(seed: seed)
    return generator.normal([1] + SmallDiT.configuration.sampleShape)
  }

  /// What goes into a step.
  struct Step {
    let index: Int
    let timestep: Double
    /// The sample, `[channels][height · width]`.
    let sample: Matrix
    /// Conditions, the conditional one first.
    let conditions: [[Double]]
  }

  /// The prediction `ε_u + scale · (ε_c - ε_u)`; channels of variance are the conditional ones.
  func guided(_ conditional: Matrix, _ unconditional: Matrix) -> Matrix {
    let channels = model.c.channels
    let noise =
      Matrix(unconditional[..<channels])
      + scale * (Matrix(conditional[..<channels]) - Matrix(unconditional[..<channels]))
    var result = noise
    result.append(contentsOf: conditional[channels...])
    return result
  }

  /// The final sample, given the guided prediction of a step; `correct` makes the sample to go on
  /// with of that of a step.
  func sampled(
    correcting correct: (_ step: Int, Tensor<Float>) -> Tensor<Float> = { $1 },
    _ predict: (Step) -> Matrix
  ) throws -> [Float] {
    let sampler = try sampler
    var (x, history) = (noise, SamplerHistory())
    let workspace = Workspace(threads: 1)
    for (index, timestep) in sampler.timesteps.enumerated() {
      let sample = (0..<model.c.channels).map { x[0, $0].elements.map(Double.init) }
      let output = predict(
        Step(
          index: index, timestep: timestep, sample: sample,
          conditions: [label, model.c.nullClass].map { model.condition(timestep, $0) }))
      let prediction = Tensor(
        output.joined().map { Float($0) }, shape: [1, output.count] + x.shape[2...])
      x = correct(
        index,
        sampler.step(
          index, x, prediction: prediction, noise: nil, history: &history, in: workspace
        ).copied())
    }
    return x.elements
  }

  /// The final sample of a model that both streams pass in the same way: `tokens` gives the last
  /// tokens of stream 0 or 1.
  func sampled(
    tokens: (Step, _ stream: Int, _ first: Matrix, _ condition: [Double]) -> Matrix
  ) throws -> [Float] {
    try sampled { step in
      let outputs = (0..<2).map { stream in
        model.predict(
          tokens(step, stream, model.embed(step.sample), step.conditions[stream]),
          step.conditions[stream])
      }
      return guided(outputs[0], outputs[1])
    }
  }

  /// The run of the library with a cache.
  func run(_ cache: (any CacheMethod)?) throws -> DenoisingRun {
    try DenoisingRun(
      denoiser: try SmallDiT.model.get(), sampler: sampler,
      request: .init(
        labels: [label], noise: noise, generators: [TorchGenerator(seed: seed)],
        guidance: Guidance(scale: Float(scale)), cache: cache))
  }

  /// What a method measures of the library's run.
  func calibration(_ type: any CalibratedCacheMethod.Type) throws -> CacheCalibration {
    try type.calibration(of: run(nil))
  }

  /// The final sample of the library's run.
  func sampled(_ cache: (any CacheMethod)?) throws -> [Float] {
    var run = try run(cache)
    while try run.next() != nil {}
    return run.latents.elements
  }
}
