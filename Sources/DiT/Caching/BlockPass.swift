public import Kernels
public import Tensor

// The way through the blocks.
extension CacheState {
  /// Passes tokens through all blocks, computing or reusing runs of them.
  ///
  /// Lanes that compute the same block do so together. Where some lanes reuse a run of blocks, the
  /// others go through it as a group, and all join again behind it.
  ///
  /// - Parameters:
  ///   - tokens: The residual stream, `[rows, tokens, width]`.
  ///   - workspace: What to compute with.
  ///   - modulatedInput: Computes the input of the first block after its norm and modulation, for
  ///     gates that look at it.
  ///   - block: Passes tokens through the block of an index. It gets the rows of the batch that the
  ///     tokens belong to, and the state, which it asks at each branch.
  /// - Returns: The multiply-adds that the blocks took, for all rows.
  @discardableResult public mutating func passBlocks(
    _ tokens: inout Tensor<Float>, in workspace: Workspace,
    modulatedInput: (Tensor<Float>) -> Tensor<Float> = { $0 },
    _ block: (_ index: Int, inout Tensor<Float>, _ rows: [Int], inout CacheState) throws -> Void
  ) rethrows -> MultiplyAdds {
    let batch = members
    defer { members = batch }
    check(
      batch.last?.rows.upperBound == tokens.shape[0],
      "cache: \(tokens.shape[0]) rows pass through the blocks, not those of the run")
    for member in batch { lanes[member.lane].beginPass(rows: member.rows.count) }
    if lanes[0].watches(.modulatedInput) {
      show(modulatedInput(tokens), .modulatedInput, in: workspace)
    }
    // The tokens are moved, so that this is the only reference and blocks change them in place.
    var moved = Tensor<Float>(zeros: [0])
    swap(&moved, &tokens)
    var groups = [LaneGroup(members: batch, tokens: consume moved)]
    let rowsOfBatch = Dictionary(uniqueKeysWithValues: batch.map { ($0.lane, $0.rows) })
    while let index = groups.map(\.next).min(), index < outline.depth {
      regroup(&groups, before: index)
      for place in groups.indices where groups[place].next == index {
        members = groups[place].members
        for member in members {
          lanes[member.lane].enter(index, groups[place].tokens[member.rows])
        }
        if let end = groups[place].endOfReuse {
          let tokens = groups[place].tokens
          groups[place].tokens = joined(
            members.map {
              lanes[$0.lane].passReused(at: index, tokens[$0.rows], in: workspace)
            })
          groups[place].next = end
        } else {
          let rows = members.flatMap { rowsOfBatch[$0.lane] ?? $0.rows }
          try block(index, &groups[place].tokens, rows, &self)
          groups[place].next = index + 1
        }
        for member in members {
          lanes[member.lane].leave(
            groups[place].next, groups[place].tokens, member.rows, in: workspace)
        }
      }
    }
    tokens = LaneGroup(joining: groups).tokens
    return batch.reduce(MultiplyAdds()) { $0 + lanes[$1.lane].passCost }
  }

  /// Puts all lanes that compute a block in one group, and all that reuse the same run in another.
  private mutating func regroup(_ groups: inout [LaneGroup], before index: Int) {
    let standing = groups.filter { $0.next == index }
    groups.removeAll { $0.next == index }
    let ends = standing.map { group in
      group.members.map { lanes[$0.lane].endOfReuse(at: index, rows: $0.rows.count) }
    }
    for end in Set(ends.joined()) {
      let parts = zip(standing, ends).compactMap { $0.part(of: $1, equal: end) }
      var group = LaneGroup(joining: parts)
      group.endOfReuse = end
      groups.append(group)
    }
  }
}

/// Lanes that stand before the same block, with their tokens.
private struct LaneGroup {
  private(set) var members: [CacheState.Member]
  var tokens: Tensor<Float>
  /// The next block.
  var next = 0
  /// The block behind the run that they reuse; nil where they compute the next block.
  var endOfReuse: Int?

  init(members: [CacheState.Member], tokens: Tensor<Float>) {
    (self.members, self.tokens) = (members, tokens)
  }

  /// One group of several, in the order of their lanes; one alone stays as it is.
  init(joining groups: [LaneGroup]) {
    if groups.count == 1 {
      self = groups[0]
      return
    }
    let all = groups.flatMap { group in
      group.members.map { (lane: $0.lane, tokens: group.tokens[$0.rows]) }
    }.sorted { $0.lane < $1.lane }
    self.init(lanes: all.map(\.lane), tokens: all.map(\.tokens))
    next = groups[0].next
  }

  private init(lanes: [Int], tokens: [Tensor<Float>]) {
    var start = 0
    members = zip(lanes, tokens).map { lane, tokens in
      defer { start += tokens.shape[0] }
      return .init(lane: lane, rows: start..<start + tokens.shape[0])
    }
    self.tokens = joined(tokens)
  }

  /// The group of the lanes whose reuse ends before a given block; nil where there are none.
  func part(of ends: [Int?], equal end: Int?) -> LaneGroup? {
    let chosen = zip(members, ends).filter { $0.1 == end }.map(\.0)
    if chosen.isEmpty { return nil }
    if chosen.count == members.count { return self }
    var part = LaneGroup(lanes: chosen.map(\.lane), tokens: chosen.map { tokens[$0.rows] })
    part.next = next
    return part
  }
}
