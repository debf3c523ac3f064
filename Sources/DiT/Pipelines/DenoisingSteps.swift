extension DenoisingRun {
  /// The steps of a run as they are finished.
  ///
  ///     for try await step in run.steps {
  ///       print("step \(step.index + 1) of \(step.count)")
  ///     }
  ///
  /// Each iteration is a copy of this run and goes on from its step. Cancelling the task that
  /// iterates ends it within one block, with a `CancellationError`.
  public var steps: Steps { Steps(run: self) }

  /// The steps of a run, as an asynchronous sequence.
  public struct Steps: AsyncSequence, Sendable {
    let run: DenoisingRun

    /// Takes the steps of one run.
    public struct Iterator: AsyncIteratorProtocol {
      var run: DenoisingRun

      /// Takes the next step.
      ///
      /// - Returns: The step, or nil after the last one.
      /// - Throws: What `DenoisingRun.next()` throws.
      public mutating func next() async throws -> Step? {
        await Task.yield()  // a step is long: let others have the thread before it
        return try run.next()
      }
    }

    /// Starts from where the run stands.
    public func makeAsyncIterator() -> Iterator { Iterator(run: run) }
  }
}
