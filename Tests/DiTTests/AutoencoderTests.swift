import DiT
import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct AutoencoderTests {
  static let names = ["vae-a", "vae-b", "vae-c", "vae-d"]

  /// An autoencoder of a golden file.
  private func model(
    _ file: SafetensorsFile, includesEncoder: Bool = true, precision: Precision = .float32,
    _ table: KernelTable = .active
  ) throws -> AutoencoderKL {
    try AutoencoderKL(
      ConfigurationFile(file.metadata["config"] ?? "").autoencoder(),
      from: Weights(GoldenWeights(file: file), precision: precision, table: table),
      includesEncoder: includesEncoder)
  }

  private func bits(_ x: Tensor<Float>) -> [UInt32] { x.elements.map(\.bitPattern) }

  @Test(arguments: names, KernelTable.supported)
  func agreesWithDiffusers(_ name: String, _ table: KernelTable) throws {
    let file = try Fixtures.open(name)
    let model = try model(file, table)
    let workspace = Workspace(threads: 2, table: table)
    let posterior = model.encode(try file["x"], in: workspace)
    var generator = TorchGenerator(seed: 7)
    for (found, expected) in [
      (posterior.mode, "mode"), (posterior.sample(using: &generator), "sample"),
      (model.decode(try file["z"], in: workspace), "decoded"),
    ] {
      let expected = try file[expected]
      #expect(found.shape == expected.shape)
      #expect(relativeError(found.elements, expected.elements) < 1e-5)
    }
  }

  @Test(arguments: names)
  func tilesAreThoseOfDiffusers(_ name: String) throws {
    let file = try Fixtures.open(name)
    let model = try model(file)
    let (tiling, workspace) = (model.configuration.tiling, Workspace(threads: 2))
    for name in ["tiled", "square"] where file.names.contains("\(name).z") {
      let decoded = model.decode(try file["\(name).z"], tiling: tiling, in: workspace)
      let expected = try file["\(name).decoded"]
      #expect(decoded.shape == expected.shape)
      #expect(relativeError(decoded.elements, expected.elements) < 1e-5)
    }
    let posterior = model.encode(try file["tiled.x"], tiling: tiling, in: workspace)
    let expected = DiagonalGaussian(moments: try file["tiled.moments"])
    #expect(relativeError(posterior.mean.elements, expected.mean.elements) < 1e-5)
    #expect(relativeError(posterior.logVariance.elements, expected.logVariance.elements) < 1e-5)
  }

  /// Where tiles do not overlap, each is what it is alone.
  @Test func tilesWithoutOverlapStandSideBySide() throws {
    let file = try Fixtures.open("vae-c")
    let (model, workspace) = (try model(file), Workspace(threads: 2))
    let z = try file["tiled.z"]
    let tiled = model.decode(z, tiling: .init(side: 5, overlap: 0), in: workspace)
    let part = model.decode(z[.all, .all, 5..., 5..<10], in: workspace)
    #expect(bits(tiled[.all, .all, 5..., 5..<10]) == bits(part))
  }

  @Test(arguments: names)
  func isTheSameOnAnyNumberOfThreadsAndInAnyBatch(_ name: String) throws {
    let file = try Fixtures.open(name)
    for precision in Precision.floatingPoint {
      let model = try model(file, precision: precision)
      let (x, z) = (try file["x"], try file["z"])
      func run(_ rows: Range<Int>, threads: Int) -> [[UInt32]] {
        let workspace = Workspace(threads: threads, precision: precision)
        return [
          bits(model.decode(z[rows], in: workspace)),
          bits(model.encode(x[rows], in: workspace).mean),
        ]
      }
      let together = run(0..<3, threads: 1)
      for threads in 2...4 { #expect(run(0..<3, threads: threads) == together) }
      for (i, threads) in [(0, 1), (1, 2), (2, 4)] {
        let alone = run(i..<i + 1, threads: threads)
        for (all, one) in zip(together, alone) {
          #expect(one == Array(all[i * one.count..<(i + 1) * one.count]))
        }
      }
    }
  }

  @Test(arguments: names)
  func allocatesNothingAfterTheFirstImage(_ name: String) throws {
    let file = try Fixtures.open(name)
    let (model, workspace) = (try model(file), Workspace(threads: 2))
    for tiling in [nil, model.configuration.tiling] {
      func run() throws {
        _ = model.decode(try file["tiled.z"], tiling: tiling, in: workspace)
        _ = model.encode(try file["tiled.x"], tiling: tiling, in: workspace)
      }
      try run()
      let misses = workspace.poolMisses
      #expect(misses > 0)
      try run()
      #expect(workspace.poolMisses == misses)
    }
  }

  /// The bfloat16 of attention and of what else multiplies it is near 32 bits.
  @Test(arguments: KernelTable.supported)
  func bfloat16IsNear32Bits(_ table: KernelTable) throws {
    let file = try Fixtures.open("vae-a")
    let model = try model(file, precision: .bfloat16, table)
    let workspace = Workspace(threads: 2, precision: .bfloat16, table: table)
    let decoded = model.decode(try file["z"], in: workspace)
    #expect(relativeError(decoded.elements, try file["decoded"].elements) < 0.05)
  }

  @Test func decodesWithoutItsEncoder() throws {
    let file = try Fixtures.open("vae-a")
    let workspace = Workspace(threads: 1)
    let whole = try model(file).decode(try file["z"], in: workspace)
    let half = try model(file, includesEncoder: false).decode(try file["z"], in: workspace)
    #expect(bits(whole) == bits(half))
  }

  @Test func scalesLatents() throws {
    let model = try model(try Fixtures.open("vae-b"))
    let z = try Fixtures.open("vae-b")["z"]
    let scaled = z.elements.map { (Double($0) - 0.1159) * 0.3611 }
    #expect(relativeError(model.scaled(z).elements, scaled) < 1e-6)
    #expect(relativeError(model.unscaled(model.scaled(z)).elements, z.elements) < 1e-6)
  }

  @Test func boundsVariances() {
    let moments = Tensor<Float>([1, 2, -100, 50], shape: [1, 4, 1, 1])
    let posterior = DiagonalGaussian(moments: moments)
    #expect(posterior.logVariance.elements == [-30, 20])
    #expect(posterior.sample(noise: Tensor(zeros: [1, 2, 1, 1])).elements == [1, 2])
  }

  @Test func imagesAreThoseOfDiffusers() throws {
    let file = try Fixtures.open("vae-pictures")
    func levels(_ name: String) throws -> Tensor<UInt8> {
      try file.tensor(named: name).converted(to: UInt8.self)
    }
    let values = AutoencoderKL.values(try levels("pixels"))
    #expect(bits(values) == bits(try file["samples"]))
    #expect(AutoencoderKL.images(values) == (try levels("pixels")))
    #expect(AutoencoderKL.images(try file["outputs"]) == (try levels("written")))
  }

  @Test func namesWhatIsMissing() throws {
    let file = try Fixtures.open("vae-a")
    var configuration = try model(file).configuration
    configuration.blocksPerStage = 3
    #expect(
      throws: WeightError.missing(
        file: file.path, tensor: "encoder.down_blocks.0.resnets.2.norm1.weight")
    ) { try AutoencoderKL(configuration, from: Weights(GoldenWeights(file: file))) }
    configuration.blocksPerStage = 2
    configuration.dequantizes = false
    #expect(
      throws: WeightError.unexpected(
        file: file.path, tensors: ["post_quant_conv.bias", "post_quant_conv.weight"])
    ) { try AutoencoderKL(configuration, from: Weights(GoldenWeights(file: file))) }
  }
}
