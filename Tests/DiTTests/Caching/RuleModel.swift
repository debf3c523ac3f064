import DiT
import Kernels
import NN
import _KernelsMicro

/// A small model that the rules of caching are tested with.
enum RuleModel: String, CaseIterable, Sendable {
  case dit = "DiT"
  /// A model with one more branch, and texts as its conditions.
  case pixArt = "PixArt"

  /// The model in 32 bits.
  var denoiser: any Denoiser {
    get throws {
      switch self {
      case .dit: try SmallDiT.model.get()
      case .pixArt: try SmallPixArt.model.get()
      }
    }
  }

  /// The model, packed for a table and a precision.
  func denoiser(_ precision: Precision, _ table: KernelTable) throws -> any Denoiser {
    switch self {
    case .dit:
      try DiffusionTransformer(
        SmallDiT.configuration, from: Weights(SmallDiT(), precision: precision, table: table))
    case .pixArt:
      try PixArtTransformer(
        SmallPixArt.configuration,
        from: Weights(SmallPixArt(), precision: precision, table: table))
    }
  }

  /// The shape of a sample, which is that of both.
  var sampleShape: [Int] { SmallDiT.configuration.sampleShape }

  /// One of three conditions.
  func condition(_ index: Int) -> Condition {
    switch self {
    case .dit: .label(index)
    case .pixArt: .text(SmallPixArt.texts[index])
    }
  }

  /// The condition that stands for none.
  var unconditional: Condition {
    switch self {
    case .dit: .label(SmallDiT.configuration.nullClass)
    case .pixArt: .text(SmallPixArt.texts[3])
    }
  }

  /// The multiply-adds of the linear layers of a block's branches, by hand, for 16 tokens of
  /// width 16.
  var branchCosts: [Architecture.Branch: Double] {
    let (t, d) = (16.0, 16.0)
    let shared: [Architecture.Branch: Double] = [
      .attention: t * 4 * d * d, .feedForward: t * 8 * d * d,
    ]
    return switch self {
    case .dit: shared
    case .pixArt: shared.merging([.crossAttention: t * 2 * d * d]) { $1 }
    }
  }

  /// Those of a block's condition: six modulations, or the keys and values of five tokens of text.
  var conditioningCost: Double {
    switch self {
    case .dit: 6 * 16 * 16
    case .pixArt: 5 * 2 * 16 * 16
    }
  }
}
