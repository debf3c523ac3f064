internal import Kernels
internal import Tensor

// The prediction of a step.
extension CacheState {
  /// The guided prediction for samples: the model's, or what was kept.
  ///
  /// - Parameters:
  ///   - samples: The model's input for all images, `[images, channels, height, width]`.
  ///   - step: The index of the step, which begins, or begins again where it was cancelled.
  ///   - guidance: The guidance.
  ///   - session: The model's session.
  ///   - workspace: What to compute with.
  /// - Returns: `[images, outputChannels, height, width]`.
  /// - Throws: What the model throws.
  mutating func prediction(
    for samples: Tensor<Float>, step: Int, guidance: Guidance,
    session: inout any DenoiserSession, in workspace: Workspace
  ) throws -> Tensor<Float> {
    members = []
    for lane in lanes.indices {
      lanes[lane].begin(step: step)
      members.append(
        Member(lane: lane, rows: lanes.count == 1 ? 0..<samples.shape[0] : lane..<lane + 1))
    }
    show(samples, .sample, in: workspace)
    let prediction = try value(of: .prediction, input: samples, in: workspace) { cache, images in
      try cache.computed(
        images, of: samples, step: step, guidance: guidance, session: &session, in: workspace)
    }
    show(prediction, .prediction, in: workspace)
    return prediction
  }

  /// The guided prediction for the images of some lanes, in one pass of the model.
  ///
  /// A lane has its conditional rows and then, where they are computed, its unconditional ones.
  private mutating func computed(
    _ images: [Member], of samples: Tensor<Float>, step: Int, guidance: Guidance,
    session: inout any DenoiserSession, in workspace: Workspace
  ) throws -> Tensor<Float> {
    let all = members
    defer { members = all }
    members = []
    // The session has the conditions of all images, then as many unconditional ones.
    var (parts, conditions) = ([Tensor<Float>](), [Int]())
    for image in images {
      let isConditionalAlone =
        !guidance.isOn || lanes[image.lane].reuses(.unconditional, rows: image.rows.count)
      let start = conditions.count
      for stream in 0..<(isConditionalAlone ? 1 : 2) {
        parts.append(samples[image.rows])
        conditions += image.rows.map { $0 + stream * samples.shape[0] }
      }
      members.append(Member(lane: image.lane, rows: start..<conditions.count))
    }
    let output = try session.predict(
      joined(parts), rows: conditions, step: step, cache: &self, in: workspace)
    guard guidance.isOn else { return output }
    let channels = outline.architecture.channels
    return joined(
      zip(members, images).map { member, images in
        guidance(
          bothStreams(output[member.rows], images.rows.count, lane: member.lane, in: workspace),
          sampleChannels: channels, in: workspace)
      })
  }

  /// The predictions of a lane: the conditional ones, then the unconditional ones, either computed
  /// by the model or predicted from what was kept.
  private mutating func bothStreams(
    _ output: Tensor<Float>, _ count: Int, lane: Int, in workspace: Workspace
  ) -> Tensor<Float> {
    let conditional = output[0..<count]
    guard output.shape[0] == count else {
      lanes[lane].keep(
        output[count..<2 * count], .unconditional, input: conditional, in: workspace)
      return output
    }
    let unconditional = require(
      lanes[lane].reused(.unconditional, input: conditional, in: workspace),
      "cache: there is no unconditional prediction")
    return joined([conditional, unconditional])
  }
}
