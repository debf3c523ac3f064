/// A linear layer of a block that can be cached.
public enum BlockLinear: String, Sendable, Hashable, CaseIterable {
  /// The layer that makes queries, keys and values of self-attention, side by side.
  case qkv
  /// The output projection of self-attention.
  case projection
  /// The first layer of the feed-forward branch.
  case fc1
  /// The second layer of the feed-forward branch.
  case fc2

  /// The branch that the layer belongs to.
  public var branch: Architecture.Branch {
    switch self {
    case .qkv, .projection: .attention
    case .fc1, .fc2: .feedForward
    }
  }
}

/// A place in the model where a value can be kept and reused instead of being computed.
public enum CacheSite: Sendable, Hashable, CustomStringConvertible {
  /// The offset that a run of blocks adds to the tokens, Δ in Δ-DiT's paper.
  ///
  /// A step that reuses it adds it to its own tokens, so nothing that it has computed is lost.
  case blocks(Range<Int>)
  /// The tokens behind a run of blocks. A step that reuses them replaces its own tokens, so what it
  /// has computed before is lost.
  case output(Range<Int>)
  /// The output of a branch of a block before its gate; the gate is always computed anew.
  case branch(Architecture.Branch, block: Int)
  /// The output of a linear layer of a block.
  case linear(BlockLinear, block: Int)
  /// The model's prediction, guided where guidance is on.
  case prediction
  /// The unconditional prediction of guidance. A step that reuses it computes the conditional one
  /// alone.
  case unconditional

  /// The blocks that a reuse skips, or of which it skips a part; nil for sites outside of the
  /// blocks.
  var range: Range<Int>? {
    switch self {
    case .blocks(let range), .output(let range): range
    case .branch(_, let block), .linear(_, let block): block..<block + 1
    case .prediction, .unconditional: nil
    }
  }

  /// Whether the site is a run of blocks.
  var isRun: Bool {
    switch self {
    case .blocks, .output: true
    default: false
    }
  }

  /// Whether a reuse of one site means that the other is not computed in the same step.
  func overlaps(_ other: CacheSite) -> Bool {
    switch (self, other) {
    case (.prediction, _), (_, .prediction): true
    case (.unconditional, _), (_, .unconditional): self == other
    case (.branch(let a, let i), .branch(let b, let j)): a == b && i == j
    case (.linear(let a, let i), .linear(let b, let j)): a == b && i == j
    case (.branch(let a, let i), .linear(let b, let j)),
      (.linear(let b, let j), .branch(let a, let i)):
      a == b.branch && i == j
    default: (range ?? 0..<0).overlaps(other.range ?? 0..<0)
    }
  }

  /// What is kept, without the numbers of blocks.
  var kind: String {
    switch self {
    case .blocks: "blocks"
    case .output: "output of blocks"
    case .branch(let branch, _): branch.rawValue
    case .linear(let layer, _): layer.rawValue
    case .prediction: "prediction"
    case .unconditional: "unconditional"
    }
  }

  /// The site with both ends included, such as `blocks 3-11` or `attention 4`.
  public var description: String { range.map { "\(kind) \(name(of: $0))" } ?? kind }

  /// Several sites in one line, such as `attention 0-27`.
  static func description(of sites: [CacheSite]) -> String {
    var kinds: [String] = []
    var runs: [String: [Range<Int>]] = [:]
    for site in sites {
      if !kinds.contains(site.kind) { kinds.append(site.kind) }
      guard let range = site.range else { continue }
      // Branches of neighbouring blocks are written as one range.
      var list = runs[site.kind] ?? []
      if let last = list.last, last.upperBound == range.lowerBound, !site.isRun {
        list[list.count - 1] = last.lowerBound..<range.upperBound
      } else {
        list.append(range)
      }
      runs[site.kind] = list
    }
    var words: [String] = []
    for (index, kind) in kinds.enumerated() {
      // Kinds with the same blocks share their list.
      let list = runs[kind].map { $0.map(name(of:)).joined(separator: ",") } ?? ""
      let isShared = index + 1 < kinds.count && runs[kinds[index + 1]] == runs[kind]
      words.append(list.isEmpty || isShared ? kind : "\(kind) \(list)")
    }
    return words.joined(separator: ", ")
  }
}

/// A range with both ends included: `3-11`, or `4`.
private func name(of range: Range<Int>) -> String {
  range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound - 1)"
}
