internal import Kernels
internal import Tensor

/// Reuses for as many steps as a codebook allows for the change measured in the last computed step.
///
/// The indicator is that change over the largest change for which the codebook allows to reuse this
/// step.
struct CodebookGate: CacheGate {
  let probes: [CacheProbe]
  var threshold: Double
  private let codebook: Codebook
  private var computed: (value: Tensor<Float>, step: Int)?
  /// The relative change per step between the last two computed ones.
  private var rate: Double?

  init(_ probe: CacheProbe, _ codebook: Codebook, threshold: Double) {
    (probes, self.codebook, self.threshold) = ([probe], codebook, threshold)
  }

  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    if let computed {
      rate = relativeDistance(value, from: computed.value) / Double(step.index - computed.step)
    }
    computed = (value, step.index)
  }

  func indicator(at step: CacheStep) -> Double {
    guard let rate, let computed else { return .infinity }
    let limit = codebook.largestChange(reusing: step.index - computed.step)
    return limit > 0 ? rate / limit : .infinity
  }

  mutating func decided(_ reuses: Bool, at step: CacheStep) {}

  var byteCount: Int { computed?.value.byteCount ?? 0 }

  var description: String {
    "the rate of \(probes[0]) is below \(threshold) times that of \(codebook)"
  }
}

/// A table from the change of a value to the number of steps until the next computed one.
public struct Codebook: Sendable, Hashable, CustomStringConvertible {
  /// The number of steps for changes below a limit.
  public struct Entry: Sendable, Hashable {
    /// The limit of the relative change per step.
    public let change: Double
    /// The steps to the next computed one; all before it reuse.
    public let steps: Int

    /// An entry.
    public init(change: Double, steps: Int) { (self.change, self.steps) = (change, steps) }
  }

  /// The entries, changes ascending and steps descending.
  ///
  /// A change above all of them is one step.
  public let entries: [Entry]

  /// A codebook; nil where changes do not ascend, or steps grow with them or are not positive.
  public init?(_ entries: [Entry]) {
    let pairs = zip(entries, entries.dropFirst())
    guard entries.allSatisfy({ $0.steps > 0 && $0.change > 0 }), !entries.isEmpty,
      pairs.allSatisfy({ $0.change < $1.change && $0.steps >= $1.steps })
    else { return nil }
    self.entries = entries
  }

  /// A codebook from a text such as `0.08:6;0.16:5`; nil where the text is not one.
  public init?(_ text: String) {
    var entries: [Entry] = []
    for item in text.split(separator: ";", omittingEmptySubsequences: false) {
      let sides = item.split(separator: ":", omittingEmptySubsequences: false)
      guard sides.count == 2, let change = Double(sides[0]), change.isFinite,
        let steps = Int(sides[1])
      else { return nil }
      entries.append(Entry(change: change, steps: steps))
    }
    self.init(entries)
  }

  /// The change below which so many steps in a row reuse; zero where none is small enough.
  func largestChange(reusing steps: Int) -> Double {
    entries.last { $0.steps > steps }?.change ?? 0
  }

  /// The text from which it can be made.
  public var description: String {
    entries.map { "\($0.change):\($0.steps)" }.joined(separator: ";")
  }
}
