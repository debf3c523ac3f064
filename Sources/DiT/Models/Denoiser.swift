public import Kernels
public import Tensor

/// A model that predicts the noise in samples, with a condition for each sample.
///
/// A run knows a model only by this protocol. A new family of models is a type that conforms to it,
/// and a file in `Loading` that reads it.
public protocol Denoiser: Sendable {
  /// The sizes and costs of the model, for samples of the size that it was trained for.
  var architecture: Architecture { get }

  /// The sizes of samples that it draws.
  var sizes: SampleSizes { get }

  /// The unconditional condition, which guidance leads away from: the null class or a null text;
  /// nil where the model has none of its own.
  var unconditional: Condition? { get }

  /// The width of the texts that the model reads; nil where it reads none.
  var textWidth: Int? { get }

  /// The precision of the model's products.
  var precision: Precision { get }

  /// A text that differs between models, which a calibration keeps to be used with its model only.
  var fingerprint: String { get }

  /// The weights of a linear layer of a block, `[outputs, inputs]`; nil where there is none.
  @Sendable func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>?

  /// The sizes and costs of the model, for samples of a size.
  ///
  /// - Throws: `RunError.size` where the size is not among `sizes`.
  func architecture(for size: SampleSize) throws(RunError) -> Architecture

  /// A workspace that suits the model's weights.
  ///
  /// - Parameter threads: The most threads to use; nil is one for each processor.
  /// - Returns: A workspace of the model's precision.
  func workspace(threads: Int?) -> Workspace

  /// Prepares the evaluations of one run.
  ///
  /// - Parameters:
  ///   - conditions: The condition of each row of the run's batch.
  ///   - timesteps: The training timestep of each step.
  ///   - size: The size of the samples.
  ///   - workspace: What to compute with.
  /// - Returns: The state of the run besides its samples.
  /// - Throws: `RunError` where a condition or the size is not for this model.
  func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession
}

extension Denoiser {
  /// The size of samples that the model was trained for.
  public var sampleSize: SampleSize {
    SampleSize(height: architecture.sampleShape[1], width: architecture.sampleShape[2])
  }

  /// It reads none.
  public var textWidth: Int? { nil }

  /// The sizes of the model, which tell it from some others.
  public var fingerprint: String {
    let a = architecture
    return "\(a.name)-\(a.depth)x\(a.width)"
  }

  /// None.
  @Sendable public func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>? { nil }

  /// A workspace of the instruction set that is active.
  public func workspace(threads: Int?) -> Workspace {
    Workspace(threads: threads, precision: precision)
  }
}

/// What one run keeps of a model besides its samples: all that is computed from its conditions and
/// timesteps.
///
/// It is a value, so that the copy of a run is a fork.
public protocol DenoiserSession: Sendable {
  /// The multiply-adds so far, those of the conditions included.
  var executed: MultiplyAdds { get }

  /// Predicts the noise in samples and, where the model learned it, the variance.
  ///
  /// - Parameters:
  ///   - x: Noisy samples, `[rows, channels, height, width]`.
  ///   - rows: The condition of each, as an index into those of the session.
  ///   - step: The index of the step.
  ///   - cache: What the run has kept of earlier steps; the session passes its blocks through
  ///     `CacheState.passBlocks`.
  ///   - workspace: What to compute with.
  /// - Returns: `[rows, outputChannels, height, width]`.
  /// - Throws: `CancellationError` between two blocks where the task is cancelled.
  mutating func predict(
    _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState, in workspace: Workspace
  ) throws -> Tensor<Float>
}
